package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
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
        List<String> runIds = new ArrayList<>();
        List<String> forced = forcedWhile(() -> {
            try (DataCatalog catalog = DataCatalog.of(config, Providers.discover())) {
                Node node = Node.named("n").readsNothing().writes(OUT).by(() -> "value");
                runIds.add(new SequentialRunner()
                        .run(RunRequest.of(Pipeline.of(node), catalog)
                                .withIo("tee")
                                .withStateFolder(folder.resolve("state")))
                        .orElseThrow()
                        .runId()
                        .value());
            }
        });
        String runId = runIds.get(0);
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

    @Test
    void whatIsKeptUntilItIsDurableIsForcedTooBeforeItIsNoted() throws IOException {
        List<String> runIds = new ArrayList<>();
        List<String> forced = forcedWhile(() -> {
            try (RunBench bench = new RunBench(folder)) {
                bench.storage().fail(bench.at("out"), Call.TRANSFER, 1, "the line is dead");
                Node node =
                        Node.named("n").readsNothing().writes(bench.file("out")).by(() -> List.of("value"));
                runIds.add(bench.run(
                                new SequentialRunner(),
                                request -> request.withIo("tee")
                                        .withRunOptions(ConfigSection.of("run", Map.of("tee", Map.of("spool", 100)))),
                                node)
                        .runId()
                        .value());
            }
        });
        String run = "runs/" + runIds.get(0);
        List<String> inOrder = forced.stream()
                .filter(path -> path.startsWith(run + "/spool") || path.equals(run) || path.equals(run + "/journal-1"))
                .map(path -> path.startsWith(run + "/spool/output-") ? "file" : path)
                .dropWhile(path -> !path.equals("file"))
                .limit(4)
                .toList();
        assertThat(inOrder)
                .as("the bytes, their name, that of the spool, and the note")
                .containsExactly("file", run + "/spool", run, run + "/journal-1");
    }

    /** What is forced in the folder, in its order. */
    private List<String> forcedWhile(Runnable work) throws IOException {
        Path recorded = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withThreshold(Duration.ZERO);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(recorded);
        }
        return RecordingFile.readAllEvents(recorded).stream()
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .map(event -> event.getString("path"))
                .filter(path -> path != null && path.startsWith(folder + "/"))
                .map(path -> path.substring(folder.toString().length() + 1))
                .toList();
    }
}
