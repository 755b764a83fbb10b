package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is asked to end (SIGTERM) while it stores and computes: it stores what is under way, says what is not durable, and ends. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ShutdownIT {
    private static final DatasetRef<String> FIRST = DatasetRef.of("first", String.class);
    private static final DatasetRef<String> SECOND = DatasetRef.of("second", String.class);

    @TempDir
    Path folder;

    /** A process whose second node computes for ever while the output of the first is on its way. */
    static final class Endless {
        public static void main(String[] args) {
            Path folder = Path.of(args[0]);
            Map<String, Object> file = Map.of("type", "text", "filepath", "first");
            Map<String, Object> slow = Map.of("type", "slow", "save_delay", "500ms", "dataset", file);
            Map<String, Object> second = Map.of("type", "text", "filepath", "second");
            CatalogConfig config = new CatalogConfig(
                    folder, Map.of("first", slow, "second", second), Map.of(), Map.of(), Map.of(), null);
            Pipeline pipeline = Pipeline.of(
                    Node.named("quick").readsNothing().writes(FIRST).by(() -> "value"),
                    Node.named("endless").reads(FIRST).writes(SECOND).by(first -> {
                        System.out.println("computing");
                        System.out.flush();
                        new CountDownLatch(1).await();
                        return "never";
                    }));
            try (DataCatalog catalog = DataCatalog.of(config, Providers.discover())) {
                new SequentialRunner()
                        .run(RunRequest.of(pipeline, catalog)
                                .withIo("tee")
                                .withStateFolder(folder.resolve("state"))
                                .withCancellation(Cancellation.onShutdown(Duration.ofSeconds(30)))
                                .withListener(event -> {
                                    if (event instanceof RunEvent.DatasetDurable) {
                                        System.out.println("durable");
                                        System.out.flush();
                                    }
                                }));
            }
        }
    }

    @Test
    void whatIsUnderWayIsStoredAndTheRecordSaysWhatIsNot() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Endless.class.getName(),
                        folder.toString()))
                .redirectError(folder.resolve("log").toFile())
                .start();
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("computing");
            assertThat(folder.resolve("first")).as("still on its way").doesNotExist();
            process.toHandle().destroy();
            assertThat(lines.readLine()).isEqualTo("durable");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(folder.resolve("first")).hasContent("value");
        assertThat(folder.resolve("second")).doesNotExist();
        JsonNode record = record();
        assertThat(record.path("state").asText()).isEqualTo("CANCELLED");
        assertThat(record.path("datasets").findValuesAsText("name")).contains("first");
        assertThat(record.path("datasets").path(0).path("state").asText()).isEqualTo("DURABLE");
    }

    private JsonNode record() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("state/runs"))) {
            Path record =
                    files.filter(file -> file.endsWith("run.json")).findFirst().orElseThrow();
            return new ObjectMapper().readTree(record.toFile());
        }
    }
}
