package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunThreads;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.Simulation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts run pipelines that write one dataset, and share a place for their records. */
class TwoRunsTest {
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    @TempDir
    Path folder;

    private final ExecutorService carriers = Executors.newCachedThreadPool();
    private final InMemoryStorage objects = new InMemoryStorage();

    @AfterEach
    void stop() {
        carriers.shutdownNow();
    }

    /** The threads of a simulation as those of a process on another host. */
    private record OnHost(Simulation simulation, String process) implements RunThreads {
        @Override
        public String process() {
            return process;
        }

        @Override
        public boolean isAlive(String other) {
            return other.equals(process);
        }

        @Override
        public RandomGenerator random() {
            return simulation.random();
        }

        @Override
        public Instant now() {
            return simulation.now();
        }

        @Override
        public long nanoTime() {
            return simulation.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            simulation.sleep(time);
        }

        @Override
        public ExecutorService pool(String name, int threads, BlockingQueue<Runnable> waiting) {
            return simulation.pool(name, threads, waiting);
        }

        @Override
        public void await(Object monitor, long nanos) throws InterruptedException {
            simulation.await(monitor, nanos);
        }

        @Override
        public void wakeAll(Object monitor) {
            simulation.wakeAll(monitor);
        }

        @Override
        public void interrupt(Thread thread) {
            simulation.interrupt(thread);
        }

        @Override
        public <T> T get(CompletableFuture<T> future, long nanos)
                throws InterruptedException, ExecutionException, TimeoutException {
            return simulation.get(future, nanos);
        }
    }

    private interface Work {
        String run() throws Exception;
    }

    private PipelineResult run(Simulation simulation, String host, Work work) {
        SimulatedStorage storage = new SimulatedStorage(
                simulation,
                SimulatedNetwork.ofLatency(simulation, Duration.ofMillis(20)),
                SimulatedStorage.Script.GOOD_WEATHER,
                objects,
                1 << 20);
        Format<String> text =
                Providers.discover().format("text").orElseThrow().create(OUT.type(), FormatOptions.none());
        DataCatalog catalog = DataCatalog.builder()
                .add(OUT, new FileDataset<>(storage, new Location("memory", "b", "/out"), text))
                .build();
        Node node = Node.named("work").readsNothing().writes(OUT).by(work::run);
        return new SequentialRunner()
                .run(RunRequest.of(Pipeline.of(node), catalog)
                        .withThreads(new OnHost(simulation, "1@" + host + " since noon"))
                        .withStateFolder(folder)
                        .withState(storage, new Location("memory", "b", "/state/"))
                        .withIo("tee"));
    }

    @Test
    void oneWinsAndTheOtherStopsWithTheWinnersRunId() throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        CompletableFuture<PipelineResult> winner = new CompletableFuture<>();
        PipelineResult won = simulation.run(() -> {
            ExecutorService pool = simulation.pool("host a", 1, new java.util.concurrent.LinkedBlockingQueue<>());
            pool.execute(() -> winner.complete(run(simulation, "a", () -> {
                simulation.sleep(Duration.ofMinutes(5));
                return "a";
            })));
            simulation.sleep(Duration.ofSeconds(5));
            assertThatThrownBy(() -> run(simulation, "b", () -> "b"))
                    .isInstanceOf(CatalogException.class)
                    .hasMessageMatching(
                            "Run 2024\\S+ \\(process 1@a since noon\\) is writing memory://b/out, which this"
                                    + " run would write too. Wait for its end, or end it. Nothing has been run.");
            PipelineResult result = simulation.get(winner, Long.MAX_VALUE);
            pool.shutdown();
            assertThat(run(simulation, "b", () -> "b").state())
                    .as("once the first is over")
                    .isEqualTo(PipelineResult.State.SUCCEEDED);
            return result;
        });
        assertThat(won.state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(objects.list(new Location("memory", "b", "/state/locks/"))).isEmpty();
    }

    @Test
    void aHostThatDoesNotBeatIsTakenForDead() throws Exception {
        Simulation first = new Simulation(1, carriers);
        assertThatThrownBy(() -> first.run(() -> run(first, "a", () -> {
                    first.sleep(Duration.ofSeconds(25));
                    first.crash();
                    return "never";
                })))
                .isInstanceOf(Simulation.CrashError.class);
        Simulation second = new Simulation(2, carriers);
        PipelineResult result = second.run(() -> run(second, "b", () -> "b"));
        assertThat(result.state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(second.elapsed()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(32));
    }

    /** Host a stands still for minutes, as in a long pause of its machine; host b takes over; then a goes on. */
    @Test
    void aRunThatWasTakenForDeadStoresNothingAnyMore() throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        Map<String, PipelineResult> results = simulation.run(() -> {
            CompletableFuture<PipelineResult> paused = new CompletableFuture<>();
            ExecutorService pool = simulation.pool("host a", 1, new java.util.concurrent.LinkedBlockingQueue<>());
            pool.execute(() -> paused.complete(run(simulation, "a", () -> {
                for (var slot : objects.list(new Location("memory", "b", "/state/locks/"))) {
                    objects.delete(slot.location()); // what b does with a slot that has been silent
                }
                simulation.sleep(Duration.ofMinutes(1));
                return "a";
            })));
            simulation.sleep(Duration.ofSeconds(5));
            PipelineResult second = run(simulation, "b", () -> "b");
            PipelineResult first = simulation.get(paused, Long.MAX_VALUE);
            pool.shutdown();
            return Map.of("a", first, "b", second);
        });
        assertThat(results.get("b")).extracting(PipelineResult::state).isEqualTo(PipelineResult.State.SUCCEEDED);
        PipelineResult first = results.get("a");
        assertThat(first).extracting(PipelineResult::state).isEqualTo(PipelineResult.State.FAILED);
        assertThat(String.valueOf(first))
                .contains(
                        "Cannot save dataset 'out' (text at memory://b/out) of node 'work': another run has taken this"
                                + " one for dead, and may be writing it now.");
    }
}
