package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The record of a run is there before its first save, and an unfinished run is known by it. */
class RunRecordIT {
    static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);
    private static final DatasetRef<String> OTHER = DatasetRef.of("other", String.class);

    @TempDir
    Path folder;

    static RunRequest request(Path folder, Node node) {
        Providers providers = Providers.discover();
        Storage storage = providers
                .storage("file")
                .orElseThrow()
                .open(new StorageConfig("file", ConfigSection.empty("file"), ConfigSection.empty("none"), folder));
        Format<String> text = providers.format("text").orElseThrow().create(OUT.type(), FormatOptions.none());
        DataCatalog catalog = DataCatalog.builder()
                .add(OUT, new FileDataset<>(storage, Location.file(folder.resolve("out.txt")), text))
                .add(OTHER, new FileDataset<>(storage, Location.file(folder.resolve("other.txt")), text))
                .build();
        return RunRequest.of(Pipeline.of(node), catalog).withIo("tee").withStateFolder(folder.resolve("state"));
    }

    private JsonNode onlyRecord() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("state/runs"))) {
            List<Path> records = files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("journal-1") && !file.endsWith("report.json"))
                    .toList();
            assertThat(records)
                    .singleElement()
                    .extracting(f -> String.valueOf(f.getFileName()))
                    .isEqualTo("run.json");
            return new ObjectMapper().readTree(records.get(0).toFile());
        }
    }

    @Test
    void isBegunBeforeTheFirstNodeAndFinishedAtTheEnd() throws IOException {
        String[] duringTheRun = new String[1];
        Node node = Node.named("n").readsNothing().writes(OUT).by(() -> {
            duringTheRun[0] = onlyRecord().path("state").asText();
            return "v";
        });
        PipelineResult result =
                new SequentialRunner().run(request(folder, node)).orElseThrow();
        assertThat(duringTheRun).containsExactly("RUNNING");
        JsonNode record = onlyRecord();
        assertThat(record.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(record.path("runId").asText()).isEqualTo(result.runId().value());
        assertThat(record.path("datasets").path(0).path("name").asText()).isEqualTo("out");
        assertThat(record.path("datasets").path(0).path("state").asText()).isEqualTo("DURABLE");
        assertThat(record.path("datasets").path(0).path("size").asLong()).isOne();
        assertThat(folder.resolve("state/runs/" + result.runId() + "/journal-1"))
                .as("the record says it all")
                .doesNotExist();
    }

    /** A process that is killed in the middle of its only node. */
    static final class KilledInTheMiddle {
        public static void main(String[] args) {
            Node node = Node.named("n").readsNothing().writes(OUT).by(() -> {
                Runtime.getRuntime().halt(137);
                return "never";
            });
            new SequentialRunner().run(request(Path.of(args[0]), node));
        }
    }

    /** A process with a run that succeeds, but writes another dataset. */
    static final class WritesSomethingElse {
        public static void main(String[] args) {
            Node node = Node.named("n").readsNothing().writes(OTHER).by(() -> "v");
            new SequentialRunner().run(request(Path.of(args[0]), node)).orElseThrow();
        }
    }

    /** A process with a run that succeeds. */
    static final class Succeeds {
        public static void main(String[] args) {
            Node node = Node.named("n").readsNothing().writes(OUT).by(() -> "v");
            new SequentialRunner().run(request(Path.of(args[0]), node)).orElseThrow();
        }
    }

    private String log(Class<?> main, int exit) throws Exception {
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.log.dev.contraflow=info",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(exit);
        return Files.readString(log);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void theFirstLogLineNamesTheManagerAndThePlugins() throws Exception {
        String first = log(Succeeds.class, 0).lines().findFirst().orElse("");
        assertThat(first)
                .contains(
                        "run 20", "runner=sequential", "io=tee (chosen for this run)", "plugins: cache, tee", "1 node")
                .doesNotContain("1 nodes");
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aRunThatWasKilledIsNamedByTheNextOne() throws Exception {
        log(KilledInTheMiddle.class, 137);
        JsonNode record = onlyRecord();
        assertThat(record.path("state").asText()).isEqualTo("RUNNING");
        assertThat(folder.resolve("out.txt")).doesNotExist();
        String other = log(WritesSomethingElse.class, 0);
        assertThat(other)
                .contains("run " + record.path("runId").asText()
                        + " did not finish: out may be missing, or older than what");
        assertThat(log(Succeeds.class, 0)).as("it writes what was left").doesNotContain("did not finish");
        assertThat(folder.resolve("out.txt")).hasContent("v");
        assertThat(log(WritesSomethingElse.class, 0)).as("nothing is left").doesNotContain("did not finish");
    }
}
