package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Location;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.LinesFormat;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.SimulatedStorage.Call;
import dev.contraflow.testkit.SimulatedStorage.Script;
import dev.contraflow.testkit.Simulation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storages that do not answer for a day: every wait has a deadline before that, and its end is told as what it is. */
class WaitsTest {
    private static final DatasetRef<List<String>> FIRST = DatasetRef.listOf("first", String.class);
    private static final DatasetRef<List<String>> SECOND = DatasetRef.listOf("second", String.class);
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final ExecutorService carriers = Executors.newCachedThreadPool();
    private final Simulation simulation = new Simulation(1, carriers);
    private final InMemoryStorage objects = new InMemoryStorage();

    @AfterEach
    void stop() {
        carriers.shutdownNow();
    }

    private static Location at(String name) {
        return new Location("memory", "b", "/" + name);
    }

    private SimulatedStorage storage(Script script) {
        return new SimulatedStorage(
                simulation, SimulatedNetwork.ofLatency(simulation, Duration.ofMillis(20)), script, objects, 1 << 20);
    }

    /** Never used beside another. */
    private static final class Serial extends ForwardingEncodedDataset<List<String>> {
        Serial(EncodedDataset<List<String>> inner) {
            super(inner);
        }

        @Override
        public boolean isSerial() {
            return true;
        }
    }

    private PipelineResult run(Script data, Script state, Visibility visibility) throws Exception {
        LinesFormat lines = new LinesFormat(LinesFormat.Form.EXACT);
        SimulatedStorage storage = storage(data);
        DataCatalog catalog = DataCatalog.builder()
                .add(FIRST, new FileDataset<>(storage, at("first"), lines))
                .add(SECOND, new Serial(new FileDataset<>(storage, at("second"), lines)))
                .build();
        Pipeline pipeline = Pipeline.of(
                Node.named("a").readsNothing().writes(FIRST).by(() -> List.of("x")),
                Node.named("b").reads(FIRST).writes(SECOND).by(read -> read));
        return simulation.run(() -> new SequentialRunner()
                .run(RunRequest.of(pipeline, catalog)
                        .withThreads(simulation)
                        .withStateFolder(folder)
                        .withState(storage(state), at("state/"))
                        .withVisibility(visibility)
                        .withDrainLimit(Duration.ofMinutes(1))
                        .withRunOptions(ConfigSection.of("run", Map.of("tee", Map.of("wait_limit", "10s"))))
                        .withIo("tee")));
    }

    private Script silentAt(Call which, String part) {
        return (call, moment, at) -> {
            if (call == which && at.path().contains(part)) {
                simulation.sleep(DAY);
            }
        };
    }

    @Test
    void aSaveThatWaitsForItsAncestorTooLongIsASaveThatFailed() throws Exception {
        PipelineResult result = run(silentAt(Call.COMMIT, "first"), Script.GOOD_WEATHER, Visibility.ORDERED);
        assertThat(result.failures().get(0))
                .isInstanceOf(DatasetException.class)
                .hasMessage("Cannot save dataset 'second' (lines at memory://b/second) of node 'b': it must not become"
                        + " visible before 'first', which was not durable after PT10S (wait_limit of the tee).");
        assertThat(RunBench.dataset(result, "second").state()).isEqualTo(DatasetResult.State.FAILED);
        assertThat(RunBench.dataset(result, "first").state()).isEqualTo(DatasetResult.State.UNFINISHED);
        assertThat(result.exitCode()).as("only saves failed").isEqualTo(3);
        assertThat(simulation.elapsed()).isLessThan(Duration.ofMinutes(2));
    }

    /** Its first entry stands there already when the run begins. */
    @Test
    void aJournalThatDoesNotAnswerFailsTheSave() throws Exception {
        int[] entries = new int[1];
        Script second = (call, moment, at) -> {
            if (call == Call.COMMIT && at.path().contains("journal-1") && entries[0]++ >= 2) {
                simulation.sleep(DAY);
            }
        };
        PipelineResult result = run(Script.GOOD_WEATHER, second, Visibility.EACH);
        assertThat(result.failures())
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(DatasetException.class)
                        .hasMessageContaining(
                                "the journal in memory://b/state/ did not become durable within 15 minutes: its disk or"
                                        + " server does not answer."))
                .extracting(failure -> ((DatasetException) failure).dataset())
                .contains("first");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.took()).isBetween(Duration.ofMinutes(15), Duration.ofHours(1));
    }

    @Test
    void aJournalThatDoesNotAnswerAtTheBeginningRefusesTheRun() throws Exception {
        assertThatThrownBy(() -> run(Script.GOOD_WEATHER, silentAt(Call.COMMIT, "journal-1"), Visibility.EACH))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("Cannot write the record of the run into memory://b/state")
                .hasMessageContaining("did not become durable within 15 minutes");
        assertThat(objects.exists(at("first"))).isFalse();
    }
}
