package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/partitions.md} shows does what it says. */
class PartitionsDocTest {
    private static final String ENTRY = """
            fares_by_day:
              type: partitioned
              path: data/fares                           # s3://bucket/fares too
              dataset: csv                               # a format, or a map: {type: csv, load_args: .., save_args: ..}
              filename_suffix: .csv
              overwrite: true
            """;

    @TempDir
    Path root;

    @BeforeEach
    void writeInput() throws IOException {
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
        Files.createDirectories(root.resolve("data/fares"));
        Files.writeString(root.resolve("data/fares.csv"), "day,price\n2026-03-02,1.5\n2026-03-01,2\n2026-03-02,3\n");
        Files.writeString(root.resolve("data/fares/day=2025-12-31.csv"), "day,price\n2025-12-31,9\n");
        Files.writeString(root.resolve("data/fares/README"), "not a partition");
    }

    private PipelineResult run(String entry, UnaryOperator<RunRequest> choice) throws IOException {
        Files.writeString(
                root.resolve("conf/base/catalog.yml"),
                entry
                        + "fares: {type: csv, filepath: data/fares.csv}\ncounts: {type: json, filepath: data/counts.json}\n");
        Config config = Config.load(ConfigSource.of(root));
        try (DataCatalog catalog = DataCatalog.load(config, Providers.discover())) {
            RunRequest request =
                    RunRequest.of(Pipeline.of(PartitionsSnippets.SPLIT, PartitionsSnippets.COUNT), catalog);
            return new SequentialRunner().run(choice.apply(request.withStateFolder(root.resolve("state"))));
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("data/fares"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void thePartitionsReplaceThoseBefore() throws IOException {
        for (String io : List.of("plain", "async", "cache", "tee")) {
            run(ENTRY, request -> request.withIo(io)).orElseThrow();
            assertThat(files()).containsExactly("README", "day=2026-03-01.csv", "day=2026-03-02.csv");
            assertThat(root.resolve("data/fares/day=2026-03-02.csv"))
                    .hasContent("day,price\n2026-03-02,1.5\n2026-03-02,3.0\n");
            assertThat(root.resolve("data/counts.json")).hasContent("{\"day=2026-03-01\":1,\"day=2026-03-02\":2}");
        }
    }

    @Test
    void orTheyAreAddedAsInKedro() throws IOException {
        String entry = ENTRY.replace("overwrite: true", "save_lazily: true")
                .replace("type: partitioned", "type: kedro_datasets.partitions.PartitionedDataset")
                .replace("dataset: csv ", "dataset: {type: pandas.CSVDataset, save_args: {index: false}} ");
        for (String io : List.of("plain", "async", "cache", "tee")) {
            run(entry, request -> request.withIo(io)).orElseThrow();
            assertThat(files()).contains("day=2025-12-31.csv", "day=2026-03-01.csv");
            assertThat(root.resolve("data/counts.json"))
                    .hasContent("{\"day=2025-12-31\":1,\"day=2026-03-01\":1,\"day=2026-03-02\":2}");
        }
    }

    @Test
    void aManifestNeedsSingleFiles() {
        Assertions.assertThatThrownBy(
                        () -> run(ENTRY, request -> request.withIo("tee").withVisibility(Visibility.MANIFEST)))
                .hasMessageContaining("fares_by_day");
    }
}
