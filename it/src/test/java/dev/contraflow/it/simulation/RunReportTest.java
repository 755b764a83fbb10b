package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import dev.contraflow.run.LowerBound;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunReport;
import dev.contraflow.run.RunReport.Cause;
import dev.contraflow.run.RunReport.Stall;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.RunShape.Store;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.Simulation;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On virtual time the figures of a report are exactly those that can be worked out on paper. */
class RunReportTest {
    private static ExecutorService carriers;

    @TempDir
    Path folder;

    private final InMemoryStorage objects = new InMemoryStorage();
    private SimulatedStorage.Script script = SimulatedStorage.Script.GOOD_WEATHER;
    private PipelineRunner runner = new SequentialRunner();
    private RetryPolicy retry = RetryPolicy.ofAttempts(1);
    private boolean mayFail;

    @BeforeAll
    static void start() {
        carriers = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        carriers.shutdownNow();
    }

    /** Bytes are encoded on the node's thread: nobody can vouch for an array. */
    private static DatasetRef<byte[]> ref(String name) {
        return DatasetRef.of(name, byte[].class);
    }

    private static Format<byte[]> bytes() {
        return Providers.discover()
                .format("bytes")
                .orElseThrow()
                .create(ref("any").type(), FormatOptions.none());
    }

    private interface Pipelines {
        List<Node> on(Simulation simulation);
    }

    private static byte[] work(Simulation simulation, int seconds, int bytes) throws InterruptedException {
        simulation.sleep(Duration.ofSeconds(seconds));
        return new byte[bytes];
    }

    private RunReport report(String io, Map<String, Object> tee, Store store, Pipelines pipelines) throws Exception {
        Simulation simulation = new Simulation(1, carriers);
        SimulatedNetwork network = new SimulatedNetwork(simulation, store.latency(), store.connection(), store.total());
        SimulatedStorage storage = new SimulatedStorage(simulation, network, script, objects, 1 << 20);
        Pipeline pipeline = Pipeline.of(pipelines.on(simulation));
        DataCatalog.Builder catalog = DataCatalog.builder();
        pipeline.datasets().stream()
                .filter(ref -> !ref.name().startsWith("memory"))
                .forEach(ref -> catalog.add(
                        ref(ref.name()),
                        new FileDataset<>(storage, new Location("memory", "b", "/" + ref.name()), bytes())));
        List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
        PipelineResult result = simulation.run(() -> runner.run(RunRequest.of(pipeline, catalog.build())
                .withThreads(simulation)
                .withStateFolder(folder)
                .withListener(events::add)
                .withRetry(retry)
                .withRunOptions(ConfigSection.of("run", tee.isEmpty() ? Map.of() : Map.of("tee", tee)))
                .withIo(io)));
        if (!mayFail) {
            result.orElseThrow();
        }
        RunReport report = RunReport.of(events, result);
        assertThat(report.times().values().stream().reduce(Duration.ZERO, Duration::plus))
                .as("every second has a cause")
                .isEqualTo(report.makespan());
        assertThat(report.plain()
                        .loadsNotWaitedFor()
                        .plus(report.plain().savesNotWaitedFor())
                        .plus(report.plain().sideBySide()))
                .as("the split adds up")
                .isEqualTo(report.plain().time().minus(report.makespan()));
        assertThat(report.toText().lines().count()).isLessThanOrEqualTo(14);
        return report;
    }

    private static Store only(int latency) {
        double noTime = Double.MAX_VALUE;
        return new Store(Duration.ofSeconds(latency), noTime, noTime, Integer.MAX_VALUE);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static List<Node> iris(Simulation simulation) {
        return List.of(
                Node.named("split")
                        .readsNothing()
                        .writesList(List.of(ref("train_x"), ref("train_y"), ref("test_x"), ref("test_y")))
                        .by(() -> List.of(new byte[4], new byte[3], new byte[2], new byte[1])),
                Node.named("train")
                        .reads(ref("train_x"), ref("train_y"))
                        .writes(ref("model"))
                        .by((x, y) -> work(simulation, 0, 5)),
                Node.named("predict")
                        .reads(ref("model"), ref("test_x"))
                        .writes(ref("predictions"))
                        .by((m, x) -> work(simulation, 0, 6)),
                Node.named("report").reads(ref("predictions"), ref("test_y")).runs((p, y) -> {}));
    }

    @Test
    void aPlainRunWaitsForEverything() throws Exception {
        RunReport report = report("plain", Map.of(), only(10), RunReportTest::iris);

        assertThat(report.makespan()).isEqualTo(seconds(120));
        assertThat(report.bound().time()).isEqualTo(seconds(10));
        assertThat(report.bound().binding().kind()).isEqualTo(LowerBound.Kind.TAIL);
        assertThat(report.eta()).isEqualTo(1 / 12.0);
        assertThat(report.time(Cause.LOAD)).isEqualTo(seconds(60));
        assertThat(report.time(Cause.SAVE)).isEqualTo(seconds(60));
        assertThat(report.stalls()).hasSize(12).contains(new Stall(Cause.LOAD, "model", seconds(10)));
        assertThat(report.plain())
                .isEqualTo(new RunReport.Plain(seconds(120), Duration.ZERO, Duration.ZERO, Duration.ZERO));
        assertThat(report.traffic()).isEqualTo(new RunReport.Traffic(21, 21, 6, 6, 0, 12, 6));
        assertThat(report.speedUp()).isEqualTo(1);
    }

    @Test
    void noGainIsToldAsLessThanNothing() throws Exception {
        RunReport report =
                report("plain", Map.of(), only(10), RunReportTest::iris).withStore(only(1));

        assertThat(report.plain().savesNotWaitedFor()).isNegative();
        assertThat(report.toText())
                .contains("loads not waited for 0.000 s, saves 0.000 s")
                .endsWith("  storage       as given: latency 1000.0 ms, no limit to the bytes per second");
    }

    @Test
    void theTeeWaitsForTheTailOnly() throws Exception {
        RunReport report = report("tee", Map.of(), only(10), RunReportTest::iris);

        assertThat(report.makespan()).isEqualTo(seconds(10));
        assertThat(report.eta()).isEqualTo(1);
        assertThat(report.time(Cause.TAIL)).isEqualTo(seconds(10));
        assertThat(report.plain())
                .isEqualTo(new RunReport.Plain(seconds(120), seconds(60), seconds(50), Duration.ZERO));
        assertThat(report.traffic()).isEqualTo(new RunReport.Traffic(0, 21, 0, 6, 0, 6, 21));
        assertThat(report.toText())
                .contains("makespan 10.000 s, at least 10.000 s (TAIL at ")
                .contains("eta 1.000")
                .contains("  tail             10.000 s  ")
                .contains("0 B in 0 loads, 21 B in 6 saves, 6 attempts; at most 21 B computed and not durable")
                .contains("about 120.000 s, 12.00 times as long: loads not waited for 60.000 s, saves 50.000 s");
    }

    /** Three nodes of a second that write 1000 bytes each, which take ten seconds on the only channel. */
    @Test
    void whatWaitsForMemoryIsTold() throws Exception {
        Store slow = new Store(Duration.ZERO, 100, 100, 1);
        Map<String, Object> little = Map.of("memory", 500, "spill_limit", 0, "transfers", 1);
        RunReport report = report(
                        "tee",
                        little,
                        slow,
                        simulation -> List.of(
                                Node.named("a").readsNothing().writes(ref("x")).by(() -> work(simulation, 1, 1000)),
                                Node.named("b").reads(ref("x")).writes(ref("y")).by(x -> work(simulation, 1, 1000)),
                                Node.named("c").reads(ref("y")).writes(ref("z")).by(y -> work(simulation, 1, 1000))))
                .withStore(slow);

        assertThat(report.makespan()).isEqualTo(seconds(33));
        assertThat(report.time(Cause.COMPUTE)).isEqualTo(seconds(3));
        assertThat(report.stalls())
                .containsExactly(
                        new Stall(Cause.MEMORY, "x", seconds(10)),
                        new Stall(Cause.MEMORY, "y", seconds(10)),
                        new Stall(Cause.TAIL, "z", seconds(10)));
        assertThat(report.traffic().peakUndurable()).isEqualTo(1000);
        assertThat(report.bound().time()).isEqualTo(seconds(31)); // the channel is never idle after the first second
        assertThat(report.bound().binding().kind()).isEqualTo(LowerBound.Kind.SAVES);
        assertThat(report.eta()).isCloseTo(31 / 33.0, within(1e-9));
        assertThat(report.plain().time()).isEqualTo(seconds(3 + 20 + 30));
    }

    /** An input of 300 bytes at 100 bytes a second after a second of latency, asked for before it is loaded ahead. */
    @Test
    void anInputIsWaitedForAndTheStorageIsMeasured() throws Exception {
        new FileDataset<>(objects, new Location("memory", "b", "/in"), bytes()).save(new byte[300]);
        Store known = new Store(seconds(1), 100, 1000, 8);
        Pipelines pipeline = simulation -> List.of(
                Node.named("a").reads(ref("in")).writes(ref("x")).by(in -> work(simulation, 2, 0)),
                Node.named("b")
                        .reads(ref("x"), ref("in"))
                        .writes(ref("memory_y"))
                        .by((x, in) -> work(simulation, 3, 9)));
        RunReport report = report("tee", Map.of(), known, pipeline);

        assertThat(report.stalls()).containsExactly(new Stall(Cause.LOAD, "in", seconds(4)));
        assertThat(report.makespan()).isEqualTo(seconds(4 + 5));
        Store seen = report.shape().store();
        assertThat(seen.latency()).isEqualTo(seconds(1)); // x is empty
        assertThat(seen.connection()).isCloseTo(100, within(1e-6));
        assertThat(report.bound().time()).isEqualTo(seconds(4 + 5));
        assertThat(report.withStore(known).bound().time()).isEqualTo(Duration.ofMillis(1000 + 375 + 5000));
        assertThat(report.shape().inMemory()).containsExactly("memory_y");
        // twice loaded, once saved
        assertThat(report.plain().time()).isEqualTo(seconds(4 + 2 + 1 + 1 + 4 + 3));
    }

    @Test
    void nodesSideBySideAreASpeedUpOfTheirOwn() throws Exception {
        runner = new ThreadRunner(2);
        RunReport report = report(
                "plain",
                Map.of(),
                only(1),
                simulation -> List.of(
                        Node.named("a").readsNothing().writes(ref("x")).by(() -> work(simulation, 5, 1)),
                        Node.named("b").readsNothing().writes(ref("y")).by(() -> work(simulation, 5, 1))));

        assertThat(report.makespan()).isEqualTo(seconds(6));
        assertThat(report.shape().lanes()).isEqualTo(2);
        assertThat(report.bound().time()).isEqualTo(seconds(6));
        assertThat(report.plain()).isEqualTo(new RunReport.Plain(seconds(12), Duration.ZERO, seconds(1), seconds(5)));
    }

    @Test
    void aRunThatFailedHasAReportOfWhatItDid() throws Exception {
        mayFail = true;
        RunReport report = report(
                "plain",
                Map.of(),
                only(1),
                simulation -> List.of(
                        Node.named("a").readsNothing().writes(ref("x")).by(() -> work(simulation, 2, 1)),
                        Node.named("b").reads(ref("x")).writes(ref("y")).by(x -> {
                            simulation.sleep(seconds(3));
                            throw new IllegalStateException("no");
                        }),
                        Node.named("c").reads(ref("y")).writes(ref("z")).by(y -> work(simulation, 9, 1))));

        assertThat(report.makespan()).isEqualTo(seconds(2 + 1 + 1 + 3));
        assertThat(report.time(Cause.COMPUTE)).isEqualTo(seconds(5));
        assertThat(report.stalls())
                .containsExactly(new Stall(Cause.LOAD, "x", seconds(1)), new Stall(Cause.SAVE, "x", seconds(1)));
        assertThat(report.bound().time()).isEqualTo(seconds(5));
        assertThat(report.toText()).contains(", FAILED, io=plain");
    }

    @Test
    void attemptsAreCounted() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        retry = RetryPolicy.ofAttempts(2);
        script = (call, moment, at) -> {
            if (call == SimulatedStorage.Call.COMMIT && asked.getAndIncrement() == 0) {
                throw new SocketTimeoutException("once");
            }
        };
        RunReport report = report("tee", Map.of(), only(1), RunReportTest::iris);

        assertThat(report.traffic().saves()).isEqualTo(6);
        assertThat(report.traffic().attempts()).isEqualTo(7);
    }

    @Test
    void theReportStandsBesideTheRecord() throws Exception {
        RunReport report = report("tee", Map.of(), only(10), RunReportTest::iris);

        JsonNode json;
        try (var runs = Files.list(folder.resolve("runs"))) {
            Path run = runs.filter(Files::isDirectory).findFirst().orElseThrow();
            assertThat(run.resolve("run.json")).exists();
            json = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        }
        assertThat(json).isEqualTo(new ObjectMapper().readTree(report.toJson()));
        assertThat(json.path("makespanSeconds").asDouble()).isEqualTo(10);
        assertThat(json.path("lowerBoundSeconds").asDouble()).isEqualTo(10);
        assertThat(json.path("eta").asDouble()).isEqualTo(1);
        assertThat(json.path("seconds").path("TAIL").asDouble()).isEqualTo(10);
        assertThat(json.path("peakUndurableBytes").asLong()).isEqualTo(21);
        assertThat(json.path("store").path("known").asBoolean()).isFalse();
    }
}
