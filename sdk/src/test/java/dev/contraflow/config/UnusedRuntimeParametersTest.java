package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters given for one run that nothing uses. */
class UnusedRuntimeParametersTest {
    @TempDir
    Path root;

    @BeforeEach
    void configure() throws IOException {
        write("conf/base/parameters.yml", """
                ratio: 0.2
                model:
                  depth: 3
                  kind: tree
                  half: ${half_of}
                  twice: ${.width}
                half_of: 1
                open: {}
                """);
        write("conf/base/catalog.yml", """
                orders:
                  type: csv
                  filepath: data/${runtime_params:day, latest}.csv
                """);
        write("conf/local/parameters.yml", "only_local: 1\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    private List<String> unused(String given, String... read) {
        return Config.load(ConfigSource.of(root).withRuntimeParameters("model.width=1," + given))
                .unusedRuntimeParameters(List.of(read));
    }

    private static String nothing(String name, String didYouMean) {
        return "The runtime parameter '" + name + "' changes nothing: no pipeline of the project reads it, and the"
                + " configuration neither sets it nor refers to it." + didYouMean;
    }

    @ParameterizedTest
    @CsvSource({
        "raito, ratio", // of a file
        "modle.depth, model.depth",
        "model.depht, model.depth",
        "only_locla, only_local", // of the environment
        "dya, day", // of a reference with a default
        "treshold, threshold" // of a node
    })
    void saysWhichNameWasProbablyMeant(String misspelt, String meant) {
        assertThat(unused(misspelt + "=7", "threshold"))
                .containsExactly(nothing(misspelt, " Did you mean '" + meant + "'?"));
    }

    @Test
    void saysThatAParameterChangesNothingIfNoNameIsNear() {
        assertThat(unused("colour=blue,ratio=0.5")).containsExactly(nothing("colour", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ratio=0.5", // set in a file
                "model.depth=5",
                "model={depth: 5}",
                "half_of=3",
                "open.anything=1",
                "only_local=2",
                "day=monday", // a reference asks for it
                "threshold=1", // a node reads it
                "limits.high=1", // part of what a node reads
                "tree=[1]", // a node reads part of it
                "half_of=${other},other=1" // another one refers to it
            })
    void saysNothingOfWhatIsUsed(String given) {
        assertThat(unused(given, "threshold", "limits", "tree.0")).isEmpty();
    }

    @Test
    void whatIsReadAsAWholeMayHaveMoreUnlessItLooksMisspelt() {
        assertThat(unused("model.seed=1,colour=blue", "")).isEmpty();
        assertThat(unused("model.depht=5", "model"))
                .containsExactly("The runtime parameter 'model.depht' stands in no file of the configuration."
                        + " Did you mean 'model.depth'?");
    }

    @Test
    void neverSaysAValue() {
        assertThat(unused("passwrod=hunter2", "password"))
                .containsExactly(nothing("passwrod", " Did you mean 'password'?"));
    }

    @Test
    void thereIsNothingToSayWithoutAny() {
        assertThat(Config.load(ConfigSource.of(root).withRuntimeParameter("model.width", 1))
                        .unusedRuntimeParameters(List.of()))
                .isEmpty();
        assertThat(Config.empty().unusedRuntimeParameters(List.of())).isEmpty();
    }
}
