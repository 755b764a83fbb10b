package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run promises is forced to the disk first: the JVM's own flight recorder sees every call of fsync. */
class ForcedToDiskTest {
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    @TempDir
    Path folder;

    @Test
    void dataAndItsFolderAndTheJournalAndTheRecordAreForced() throws IOException {
        Map<String, Object> entry = Map.of("type", "text", "filepath", "data/out");
        CatalogConfig config = new CatalogConfig(folder, Map.of("out", entry), Map.of(), Map.of(), Map.of(), null);
        Path recorded = folder.resolve("recording.jfr");
        String runId;
        try (DataCatalog catalog = DataCatalog.of(config, Providers.discover());
                Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withThreshold(Duration.ZERO);
            recording.start();
            Node node = Node.named("n").readsNothing().writes(OUT).by(() -> "value");
            runId = new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(node), catalog)
                            .withIo("tee")
                            .withStateFolder(folder.resolve("state")))
                    .orElseThrow()
                    .runId()
                    .value();
            recording.stop();
            recording.dump(recorded);
        }
        List<String> forced = RecordingFile.readAllEvents(recorded).stream()
                .map(event -> event.getString("path"))
                .filter(path -> path != null && path.startsWith(folder + "/"))
                .map(path -> path.substring(folder.toString().length() + 1))
                .toList();
        assertThat(forced).as("the bytes, under a name of their own").anyMatch(path -> path.startsWith("data/."));
        assertThat(forced).as("the names in the folder of the data").contains("data");
        String run = "state/runs/" + runId;
        assertThat(forced).as("the names in the folder of the run").contains(run);
        assertThat(forced).as("the record").anyMatch(path -> path.startsWith(run + "/run.json."));
        assertThat(forced.stream().filter((run + "/journal-1")::equals))
                .as("the begin of the run, and its save, in the journal")
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(forced.lastIndexOf(run + "/journal-1"))
                .as("a save is noted after it is durable")
                .isGreaterThan(forced.indexOf("data"));
    }
}
