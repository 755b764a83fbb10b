package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.Simulation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On virtual time a run takes exactly what the arithmetic of its pipeline says. */
class FormulaTest {
    private static ExecutorService carriers;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        carriers = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        carriers.shutdownNow();
    }

    private static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    /** Kedro-Accelerator's example: four nodes, six intermediates, and D for each load and save. */
    private static final List<Node> IRIS = List.of(
            Node.named("split")
                    .readsNothing()
                    .writesList(List.of(ref("train_x"), ref("train_y"), ref("test_x"), ref("test_y")))
                    .by(() -> List.of("a", "b", "c", "d")),
            Node.named("train")
                    .reads(ref("train_x"), ref("train_y"))
                    .writes(ref("model"))
                    .by((x, y) -> x + y),
            Node.named("predict")
                    .reads(ref("model"), ref("test_x"))
                    .writes(ref("predictions"))
                    .by((m, x) -> m + x),
            Node.named("report").reads(ref("predictions"), ref("test_y")).runs((p, y) -> {}));

    private Duration iris(String io, Map<String, Object> options) throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        SimulatedStorage storage = new SimulatedStorage(
                simulation,
                SimulatedNetwork.ofLatency(simulation, Duration.ofSeconds(10)),
                SimulatedStorage.Script.GOOD_WEATHER,
                new InMemoryStorage(),
                1 << 20);
        Format<String> text = Providers.discover()
                .format("text")
                .orElseThrow()
                .create(ref("any").type(), FormatOptions.none());
        DataCatalog.Builder catalog = DataCatalog.builder();
        for (String name : List.of("train_x", "train_y", "test_x", "test_y", "model", "predictions")) {
            catalog.add(ref(name), new FileDataset<>(storage, new Location("memory", "b", "/" + name), text));
        }
        simulation.run(() -> new SequentialRunner()
                .run(RunRequest.of(Pipeline.of(IRIS), catalog.build())
                        .withThreads(simulation)
                        .withStateFolder(Files.createTempDirectory(folder, "state")) // no run knows of another
                        .withRunOptions(ConfigSection.of("run", options))
                        .withIo(io))
                .orElseThrow());
        return simulation.elapsed();
    }

    @Test
    void irisTakesTwelveDelaysThenSixThenThreeThenOne() throws Exception {
        assertThat(iris("plain", Map.of())).isEqualTo(Duration.ofSeconds(120));
        assertThat(iris("async", Map.of())).isEqualTo(Duration.ofSeconds(60));
        assertThat(iris("cache", Map.of())).isEqualTo(Duration.ofSeconds(60));
        assertThat(iris("cache-async", Map.of())).isEqualTo(Duration.ofSeconds(30));
        assertThat(iris("tee", Map.of())).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void withFewerChannelsTheTeeTakesWhatTheyNeed() throws Exception {
        assertThat(iris("tee", Map.of("tee", Map.of("transfers", 3)))).isEqualTo(Duration.ofSeconds(20));
        assertThat(iris("tee", Map.of("tee", Map.of("transfers", 1)))).isEqualTo(Duration.ofSeconds(60));
    }
}
