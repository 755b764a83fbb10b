package dev.contraflow.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParametersTest {
    /** Parameters of a model. */
    public record Model(int depth, double rate, List<String> features) {}

    private static final String PARAMETERS = """
            rate: 1
            name: seven
            digits: '7'
            half: 0.5
            flag: true
            nothing:
            unit: days
            big: 3000000000
            model:
              depth: 3
              rate: 0.5
              features: [a, b]
            wrong:
              depth: deep
              rate: 0.5
              features: []
            misspelt: {dept: 3, rate: 0.5, features: []}
            incomplete: {depth: 3, rate: 0.5}
            list: [1, 2, x]
            a.b: dotted
            extra: {depth: 3, rate: 0.5, features: [], depht: 1}
            model.rate: 5
            """;

    @TempDir
    Path root;

    @BeforeEach
    void writeParameters() throws IOException {
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
        Files.writeString(root.resolve("conf/base/parameters.yml"), PARAMETERS);
    }

    @Test
    void bindsParametersByTheirType() throws IOException {
        assertThat(value(DatasetRef.parameter("rate", Double.class))).isEqualTo(1.0);
        assertThat(value(DatasetRef.parameter("rate", int.class))).isEqualTo(1);
        assertThat(value(DatasetRef.parameter("big", Long.class))).isEqualTo(3_000_000_000L);
        assertThat(value(DatasetRef.parameter("digits", String.class))).isEqualTo("7");
        assertThat(value(DatasetRef.parameter("flag", Boolean.class))).isTrue();
        assertThat(value(DatasetRef.parameter("unit", String.class))).isEqualTo("days");
        assertThat(value(DatasetRef.parameter("model.depth", Integer.class))).isEqualTo(3);
        assertThat(value(DatasetRef.parameter("model", Model.class))).isEqualTo(new Model(3, 0.5, List.of("a", "b")));
        assertThat(value(DatasetRef.of("params:model.features", new TypeRef<List<String>>() {})))
                .containsExactly("a", "b");
        assertThat(value(DatasetRef.of("params:model", new TypeRef<Map<String, Object>>() {})))
                .isEqualTo(Map.of("depth", 3L, "rate", 0.5, "features", List.of("a", "b")));
        assertThat(value(DatasetRef.parameter("a.b", Object.class))).isEqualTo("dotted");
    }

    @Test
    void bindsAllParametersAsAMapInTheOrderOfTheFile() throws IOException {
        Map<String, Object> all = value(DatasetRef.parameters());
        assertThat(all.keySet()).startsWith("rate", "name").hasSize(16);
        assertThat(all).containsEntry("model", Map.of("depth", 3L, "rate", 0.5, "features", List.of("a", "b")));
    }

    @Test
    void knowsWhereAParameterIsSet() {
        DatasetRef<Integer> depth = DatasetRef.parameter("model.depth", Integer.class);
        try (DataCatalog catalog = catalog()) {
            assertThat(catalog.bind(request(depth)).position("params:model.depth"))
                    .contains(new SourcePosition("conf/base/parameters.yml", 10, 3));
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        DatasetRef.parameter("name", Double.class),
                        "conf/base/parameters.yml:2:1: parameter 'name' must be Double, but is a text (seven)"
                                + " (params:name is read as Double)."),
                Arguments.of(
                        DatasetRef.parameter("digits", Integer.class),
                        "conf/base/parameters.yml:3:1: parameter 'digits' must be Integer, but is a text (7)"
                                + " (params:digits is read as Integer)."),
                Arguments.of(
                        DatasetRef.parameter("rate", String.class),
                        "conf/base/parameters.yml:1:1: parameter 'rate' must be String, but is a number (1)"
                                + " (params:rate is read as String)."),
                Arguments.of(
                        DatasetRef.parameter("flag", String.class),
                        "conf/base/parameters.yml:5:1: parameter 'flag' must be String, but is true/false (true)"
                                + " (params:flag is read as String)."),
                Arguments.of(
                        DatasetRef.parameter("half", Integer.class),
                        "conf/base/parameters.yml:4:1: parameter 'half' must be Integer, but is a number (0.5)"
                                + " (params:half is read as Integer)."),
                Arguments.of(
                        DatasetRef.parameter("flag", Integer.class),
                        "conf/base/parameters.yml:5:1: parameter 'flag' must be Integer, but is true/false (true)"
                                + " (params:flag is read as Integer)."),
                Arguments.of(
                        DatasetRef.parameter("rate", Boolean.class),
                        "conf/base/parameters.yml:1:1: parameter 'rate' must be Boolean, but is a number (1)"
                                + " (params:rate is read as Boolean)."),
                Arguments.of(
                        DatasetRef.parameter("unit", TimeUnit.class),
                        "conf/base/parameters.yml:7:1: parameter 'unit' must be TimeUnit, but is a text (days)"
                                + " (params:unit is read as TimeUnit). Did you mean 'DAYS'? Known: NANOSECONDS,"
                                + " MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS."),
                Arguments.of(
                        DatasetRef.parameter("nothing", String.class),
                        "conf/base/parameters.yml:6:1: parameter 'nothing' is nothing, but must be String. Give it a value."),
                Arguments.of(
                        DatasetRef.parameter("model", Double.class),
                        "conf/base/parameters.yml:9:1: parameter 'model' must be Double, but is a map"
                                + " (params:model is read as Double)."),
                Arguments.of(
                        DatasetRef.parameter("wrong", Model.class),
                        "conf/base/parameters.yml:14:3: parameter 'wrong.depth' must be int, but is a text (deep)"
                                + " (params:wrong is read as Model)."),
                Arguments.of(
                        DatasetRef.parameter("misspelt", Model.class),
                        "conf/base/parameters.yml:17:12: unknown parameter 'misspelt.dept' (params:misspelt is read as"
                                + " Model). Did you mean 'depth'? Known there: depth, features, rate."),
                Arguments.of(
                        DatasetRef.parameter("incomplete", Model.class),
                        "conf/base/parameters.yml:18:1: parameter 'incomplete.features' is missing"
                                + " (params:incomplete is read as Model)."),
                Arguments.of(
                        DatasetRef.parameter("extra", Model.class),
                        "conf/base/parameters.yml:21:44: unknown parameter 'extra.depht' (params:extra is read as"
                                + " Model). Did you mean 'depth'? Known there: depth, features, rate."),
                Arguments.of(
                        DatasetRef.listOf("params:list", Integer.class),
                        "conf/base/parameters.yml:19:14: parameter 'list.2' must be Integer, but is a text (x)"
                                + " (params:list is read as List<Integer>)."),
                Arguments.of(
                        DatasetRef.parameter("modl.depth", Integer.class),
                        "There is no parameter 'params:modl.depth' of type Integer. Did you mean 'model.depth' (conf/base/parameters.yml:10:3)?"
                                + " Set it in conf/base/parameters.yml or give it to the run."),
                Arguments.of(
                        DatasetRef.parameter("model.rate", Double.class),
                        "conf/base/parameters.yml:22:1: 'params:model.rate' means this value and also the one at"
                                + " conf/base/parameters.yml:11:3: one has a key with a dot, the other stands in a map."
                                + " Rename one of them."),
                Arguments.of(
                        DatasetRef.parameter("big", Integer.class),
                        "conf/base/parameters.yml:8:1: parameter 'big' must be Integer, but is a number (3000000000), which is"
                                + " out of its range (params:big is read as Integer)."));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void refusesWhatIsNotOfTheType(DatasetRef<?> ref, String message) {
        try (DataCatalog catalog = catalog()) {
            assertThatThrownBy(() -> catalog.bind(request(ref)))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(message);
        }
    }

    private <T> T value(DatasetRef<T> ref) throws IOException {
        try (DataCatalog catalog = catalog()) {
            return catalog.bind(request(ref)).dataset(ref).load();
        }
    }

    private static BindRequest request(DatasetRef<?> ref) {
        return new BindRequest(Set.of(ref), Set.of(ref.name()), Set.of());
    }

    private DataCatalog catalog() {
        return DataCatalog.load(
                Config.load(ConfigSource.of(root)), Providers.builder().build());
    }
}
