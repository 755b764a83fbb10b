package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MisspeltEntriesTest {
    private static final Project PROJECT = () -> Map.of(
            "main",
            Pipeline.of(Node.named("train")
                    .reads(DatasetRef.of("orders", String.class))
                    .writes(DatasetRef.of("model", String.class))
                    .by(orders -> orders)));

    @TempDir
    Path root;

    private List<String> find(String base, String local) throws IOException {
        write("conf/base/catalog.yml", base);
        write("conf/local/catalog.yml", local);
        try (DataCatalog catalog = DataCatalog.load(
                Config.load(ConfigSource.of(root)), Providers.builder().build())) {
            return MisspeltEntries.find(PROJECT, catalog);
        }
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    @Test
    void aDatasetWithoutEntryAndAnEntryOfNearlyItsName() throws IOException {
        assertThat(find("orders: {type: memory}\nmodle: {type: memory}\n", ""))
                .containsExactly("conf/base/catalog.yml:2:1: no pipeline of the project uses the dataset 'modle'."
                        + " Did you mean 'model', which has no entry and lives in memory only?");
    }

    @Test
    void anEntryOfTheEnvironmentThatWouldHaveReplacedOneOfBase() throws IOException {
        assertThat(find("orders: {type: memory}\nmodel: {type: memory}\n", "ordres: {type: memory}\n"))
                .containsExactly("conf/local/catalog.yml:1:1: no pipeline of the project uses the dataset 'ordres'."
                        + " Did you mean 'orders', which is described at conf/base/catalog.yml:1:1?");
    }

    @Test
    void entriesThatAreOnlyNotUsedYet() throws IOException {
        assertThat(find("orders: {type: memory}\nmodel: {type: memory}\nmodel2: {type: memory}\n", ""))
                .isEmpty();
        assertThat(find("orders: {type: memory}\nreport: {type: memory}\n", "")).isEmpty();
    }
}
