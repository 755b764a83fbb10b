package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.Simulation;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    private interface Work {
        String run() throws Exception;
    }

    private PipelineResult run(Simulation simulation, String host, Work work) {
        return run(new SimulatedHost(simulation, "1@" + host + " since noon"), work);
    }

    private PipelineResult run(SimulatedHost host, Work work) {
        return run(host, SimulatedStorage.Script.GOOD_WEATHER, work);
    }

    private PipelineResult run(SimulatedHost host, SimulatedStorage.Script script, Work work) {
        Simulation simulation = host.simulation();
        SimulatedStorage storage = new SimulatedStorage(
                simulation, SimulatedNetwork.ofLatency(simulation, Duration.ofMillis(20)), script, objects, 1 << 20);
        Format<String> text =
                Providers.discover().format("text").orElseThrow().create(OUT.type(), FormatOptions.none());
        DataCatalog catalog = DataCatalog.builder()
                .add(OUT, new FileDataset<>(storage, new Location("memory", "b", "/out"), text))
                .build();
        Node node = Node.named("work").readsNothing().writes(OUT).by(work::run);
        return new SequentialRunner()
                .run(RunRequest.of(Pipeline.of(node), catalog)
                        .withThreads(host)
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

    /**
     * Host a stands still for minutes, as in a long pause of its machine; host b takes over; then a goes on. It does not even count what is
     * there already as its own, or touch its record, which may be another attempt's by now.
     */
    @ParameterizedTest
    @ValueSource(strings = {"a", "as before"})
    void aRunThatWasTakenForDeadStoresNothingAnyMore(String value) throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        Map<String, PipelineResult> results = simulation.run(() -> {
            run(simulation, "earlier", () -> "as before").orElseThrow();
            CompletableFuture<PipelineResult> paused = new CompletableFuture<>();
            ExecutorService pool = simulation.pool("host a", 1, new java.util.concurrent.LinkedBlockingQueue<>());
            pool.execute(() -> paused.complete(run(simulation, "a", () -> {
                for (var slot : objects.list(new Location("memory", "b", "/state/locks/"))) {
                    objects.delete(slot.location()); // what b does with a slot that has been silent
                }
                simulation.sleep(Duration.ofMinutes(1));
                return value;
            })));
            simulation.sleep(Duration.ofSeconds(5));
            PipelineResult second = run(simulation, "b", () -> "as before");
            PipelineResult first = simulation.get(paused, Long.MAX_VALUE);
            pool.shutdown();
            return Map.of("a", first, "b", second);
        });
        assertThat(results.get("b")).extracting(PipelineResult::state).isEqualTo(PipelineResult.State.SUCCEEDED);
        PipelineResult first = Objects.requireNonNull(results.get("a"));
        assertThat(first).extracting(PipelineResult::state).isEqualTo(PipelineResult.State.FAILED);
        assertThat(String.valueOf(first))
                .contains(
                        "Cannot save dataset 'out' (text at memory://b/out) of node 'work': another run has taken this"
                                + " one for dead, and may be writing it now.");
        Location record = new Location("memory", "b", "/state/runs/" + first.runId() + "/run.json");
        try (Content json = objects.read(record, Grant.unbounded());
                InputStream in = json.open()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("\"state\" : \"RUNNING\"");
        }
    }

    /**
     * From its first second on nothing that host a sends arrives, and what it stores is held up on the way; then all goes on. Host b has begun
     * meanwhile, or has not. It watches until 35 seconds are over, and runs then: host a must have ended before, or stores nothing any more.
     */
    @ParameterizedTest
    @CsvSource({
        "12, true, SUCCEEDED",
        "18, true, SUCCEEDED",
        "25, true, FAILED",
        "33, true, FAILED",
        "40, true, FAILED",
        "75, true, FAILED",
        "45, false, SUCCEEDED",
        "200, false, SUCCEEDED"
    })
    void whoWasCutOffStoresOnlyIfNobodyHasTakenItsPlace(
            int until, boolean isThereAnother, PipelineResult.State expected) throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        SimulatedStorage.Script cut = (call, moment, at) -> {
            Duration left = Duration.ofSeconds(until).minus(simulation.elapsed());
            boolean isCut = simulation.elapsed().toSeconds() >= 1 && left.compareTo(Duration.ZERO) > 0;
            if (isCut && at.path().startsWith("/state/")) {
                throw new StorageException("no route to host", at, 1, null);
            } else if (isCut && moment == SimulatedStorage.Moment.BEFORE) {
                simulation.sleep(left);
            }
        };
        PipelineResult first = simulation.run(() -> {
            CompletableFuture<PipelineResult> cutOff = new CompletableFuture<>();
            ExecutorService pool = simulation.pool("host a", 1, new java.util.concurrent.LinkedBlockingQueue<>());
            pool.execute(() -> cutOff.complete(run(new SimulatedHost(simulation, "1@a since noon"), cut, () -> {
                simulation.sleep(Duration.ofSeconds(2));
                return "a";
            })));
            simulation.sleep(Duration.ofSeconds(5));
            if (isThereAnother) {
                assertThat(run(simulation, "b", () -> "b").state()).isEqualTo(PipelineResult.State.SUCCEEDED);
            }
            PipelineResult result = simulation.get(cutOff, Long.MAX_VALUE);
            pool.shutdown();
            return result;
        });
        assertThat(first.state()).as(first.summary()).isEqualTo(expected);
        try (Content stored = objects.read(new Location("memory", "b", "/out"), Grant.unbounded());
                InputStream in = stored.open()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(isThereAnother ? "b" : "a");
        }
    }

    /** What became of one of two runs. */
    private record Outcome(String host, Duration begin, Duration end, String refusal) {
        boolean hasRun() {
            return refusal.isEmpty();
        }
    }

    private Outcome outcome(SimulatedHost host, Duration work, Duration after) throws InterruptedException {
        Simulation simulation = host.simulation();
        simulation.sleep(after);
        Duration[] begin = new Duration[1];
        try {
            PipelineResult result = run(host, () -> {
                begin[0] = simulation.elapsed();
                simulation.sleep(work);
                return host.process();
            });
            assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
            return new Outcome(host.process(), begin[0], simulation.elapsed(), "");
        } catch (CatalogException e) {
            assertThat(begin[0]).as("refused before its first node").isNull();
            return new Outcome(host.process(), simulation.elapsed(), simulation.elapsed(), e.getMessage());
        }
    }

    /** {@code -Dcontraflow.two-runs.seeds=from..to} chooses the moments at which they begin, and who goes on when. */
    @Test
    void wheneverTwoRunsBeginOneStoresAfterTheOtherOrOneIsRefusedByName() throws Exception {
        Seeds seeds = Seeds.of("contraflow.two-runs.seeds", "0..499");
        int refused = 0;
        int oneAfterTheOther = 0;
        while (seeds.hasNext()) {
            long seed = seeds.next();
            List<Outcome> outcomes = twoRuns(seed);
            List<Outcome> ran = outcomes.stream().filter(Outcome::hasRun).toList();
            assertThat(ran).as("seed %d, %s", seed, outcomes).isNotEmpty();
            if (ran.size() == 2) {
                oneAfterTheOther++;
                assertThat(ran.get(0).end().compareTo(ran.get(1).begin()) <= 0
                                || ran.get(1).end().compareTo(ran.get(0).begin()) <= 0)
                        .as("seed %d: they did not overlap, %s", seed, outcomes)
                        .isTrue();
            } else {
                refused++;
                outcomes.stream()
                        .filter(outcome -> !outcome.hasRun())
                        .forEach(loser -> assertThat(loser.refusal())
                                .as("seed %d", seed)
                                .contains("(process " + ran.get(0).host() + ") is writing memory://b/out"));
            }
            assertThat(objects.list(new Location("memory", "b", "/state/locks/")))
                    .as("seed %d: slots left", seed)
                    .isEmpty();
        }
        System.out.printf(
                "two runs at once: seeds %s, one refused in %d, one after the other in %d; both stored 0%n",
                seeds, refused, oneAfterTheOther);
        if (seeds.count() >= 100) {
            assertThat(refused).isPositive();
            assertThat(oneAfterTheOther).isPositive();
        }
    }

    private List<Outcome> twoRuns(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Simulation simulation = new Simulation(seed, carriers);
        Duration work = Duration.ofMillis(random.nextInt(120_000)); // who waits watches the other for 30 seconds
        Duration skew = Duration.ofMillis(random.nextInt(seed % 3 == 0 ? 50 : 1000 + (int) work.toMillis()));
        return simulation.run(() -> {
            CompletableFuture<Outcome> first = new CompletableFuture<>();
            ExecutorService pool = simulation.pool("host a", 1, new java.util.concurrent.LinkedBlockingQueue<>());
            pool.execute(() -> {
                try {
                    first.complete(outcome(host(simulation, "a" + seed), work, Duration.ZERO));
                } catch (Throwable e) {
                    first.completeExceptionally(e);
                }
            });
            Outcome second = outcome(host(simulation, "b" + seed), work, skew);
            List<Outcome> both = List.of(simulation.get(first, Long.MAX_VALUE), second);
            pool.shutdown();
            return both;
        });
    }

    private static SimulatedHost host(Simulation simulation, String name) {
        return new SimulatedHost(simulation, "1@" + name + " since noon");
    }

    /** The clocks of the two hosts are wrong, and one of them is put back while its run goes on. */
    @Test
    void theLockDoesNotLookAtTheClock() throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        Instant begin = simulation.now();
        UnaryOperator<Instant> jumpsBack =
                now -> now.isBefore(begin.plusSeconds(20)) ? now : now.minus(Duration.ofHours(1));
        UnaryOperator<Instant> isAhead = now -> now.plus(Duration.ofHours(1));
        simulation.run(() -> {
            CompletableFuture<PipelineResult> winner = new CompletableFuture<>();
            ExecutorService pool = simulation.pool("host a", 1, new java.util.concurrent.LinkedBlockingQueue<>());
            pool.execute(() -> winner.complete(run(new SimulatedHost(simulation, "a", jumpsBack), () -> {
                simulation.sleep(Duration.ofMinutes(5));
                return "a";
            })));
            simulation.sleep(Duration.ofSeconds(5));
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> run(new SimulatedHost(simulation, "b", isAhead), () -> "b"))
                        .isInstanceOf(CatalogException.class)
                        .hasMessageContaining("(process a) is writing memory://b/out");
            }
            assertThat(simulation.get(winner, Long.MAX_VALUE).state()).isEqualTo(PipelineResult.State.SUCCEEDED);
            pool.shutdown();
            return true;
        });
    }
}
