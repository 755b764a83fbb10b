package dev.contraflow.plugins.tee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.Outputs;
import dev.contraflow.Rows;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import dev.contraflow.testkit.ScriptedStorage.Hold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tee does besides the contract: it overlaps, within its memory, and stops in time. */
@Timeout(60)
class TeeIoTest {
    private static final TeeOptions ROOMY = new TeeOptions(1 << 20, 1 << 20, 8, 4, Duration.ofSeconds(20));

    @TempDir
    private Path folder;

    private RunBench bench;
    private TeeOptions options = ROOMY;
    private Duration lastWait = Duration.ofSeconds(20);
    private @Nullable TeeIo opened;

    @BeforeEach
    void setUp() {
        bench = new RunBench(folder);
    }

    @AfterEach
    void nothingIsHeld() {
        Thread.interrupted();
        TeeIo tee = Objects.requireNonNull(opened);
        tee.close(); // a second time: it must do nothing
        assertThat(tee.memory().used()).as("memory in use after the run").isZero();
        assertThat(tee.memory().peak()).as("peak").isLessThanOrEqualTo(options.memory());
        bench.close();
    }

    private PipelineResult run(UnaryOperator<RunRequest> choice, Node... nodes) {
        Plugin plugin = new Plugin() {
            @Override
            public String id() {
                return "tee";
            }

            @Override
            public void contribute(Contributions contributions) {
                contributions.ioManager(new IoManager.Factory() {
                    @Override
                    public String id() {
                        return "tee";
                    }

                    @Override
                    public IoManager open(IoContext context) {
                        opened = new TeeIo(context, options, lastWait);
                        return opened;
                    }
                });
            }
        };
        return bench.run(
                RunBench.oneByOne(),
                request -> choice.apply(
                        request.withProviders(Providers.builder().plugin(plugin).build())),
                nodes);
    }

    private PipelineResult run(Node... nodes) {
        return run(request -> request, nodes);
    }

    private static Node writer(String name, DatasetRef<List<String>> output, String... lines) {
        return Node.named(name).readsNothing().writes(output).by(() -> new ArrayList<>(List.of(lines)));
    }

    private static Node copier(String name, DatasetRef<List<String>> input, DatasetRef<List<String>> output) {
        return Node.named(name).reads(input).writes(output).by(lines -> new ArrayList<>(lines));
    }

    /** Copies once an upload is held: so its own output is transferred after that. */
    private static Node copierOnce(
            Hold held, String name, DatasetRef<List<String>> input, DatasetRef<List<String>> output) {
        return Node.named(name).reads(input).writes(output).by(lines -> {
            held.awaitReached();
            return new ArrayList<>(lines);
        });
    }

    private static DatasetResult.State state(PipelineResult result, String dataset) {
        return RunBench.dataset(result, dataset).state();
    }

    private static NodeResult.State nodeState(PipelineResult result, String node) {
        return Objects.requireNonNull(result.nodes().get(node), node).state();
    }

    /** Counted down when an event of that kind, of that dataset or node, is told. */
    private static CountDownLatch onEvent(List<UnaryOperator<RunRequest>> into, Class<?> kind, String of) {
        CountDownLatch told = new CountDownLatch(1);
        into.add(request -> request.withListener(event -> {
            if (kind.isInstance(event) && event.toString().contains("=" + of + ",")) {
                told.countDown();
            }
        }));
        return told;
    }

    private static UnaryOperator<RunRequest> all(List<UnaryOperator<RunRequest>> choices) {
        return request -> {
            RunRequest chosen = request;
            for (UnaryOperator<RunRequest> choice : choices) {
                chosen = choice.apply(chosen);
            }
            return chosen;
        };
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).as("told in time").isTrue();
    }

    @Test
    void aConsumerRunsWhileTheUploadOfItsInputIsHeld() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);

        PipelineResult result =
                run(writer("make", a, "x"), Node.named("use").reads(a).writes(b).by(lines -> {
                    upload.awaitReached();
                    assertThat(upload.isHolding()).isTrue();
                    assertThat(bench.isStored("a")).isFalse();
                    upload.release();
                    return lines;
                }));

        assertThat(result.orElseThrow().datasets().values())
                .allSatisfy(dataset -> assertThat(dataset.state()).isEqualTo(DatasetResult.State.DURABLE));
        assertThat(bench.storage().count(bench.at("a"), Call.READ))
                .as("nothing is read back")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1024, 3000, 20_000, 1 << 20})
    void theBudgetIsNeverExceededAndWhatDoesNotFitIsSpilledOrLoadedAgain(long memory) {
        options = new TeeOptions(memory, 1 << 20, 3, 2, Duration.ofSeconds(20));
        List<Node> nodes = new ArrayList<>();
        List<DatasetRef<List<String>>> written = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            DatasetRef<List<String>> ref = bench.file("d" + i);
            nodes.add(writer("a_make" + i, ref, "line " + i, "x".repeat(700 * (i % 5))));
            written.add(ref);
        }
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int far = 11 - i;
            nodes.add(Node.named("b_use" + i)
                    .reads(written.get(i), written.get(far))
                    .runs((one, other) -> seen.add(one.get(0) + "/" + other.get(0))));
        }

        run(nodes.toArray(Node[]::new)).orElseThrow();

        assertThat(seen).hasSize(12).contains("line 0/line 11", "line 5/line 6", "line 11/line 0");
        for (int i = 0; i < 12; i++) {
            assertThat(bench.stored("d" + i)).isEqualTo("line " + i + "\n" + "x".repeat(700 * (i % 5)) + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5_000, 100_000, 1 << 20})
    void rowsAreNotEvictedWhileTheyAreReadAndAreLetGoAfterwards(long memory) {
        options = new TeeOptions(memory, 1 << 30, 4, 4, Duration.ofSeconds(20));
        DatasetRef<Rows<String>> first = bench.rowsFile("first");
        DatasetRef<Rows<String>> twice = bench.rowsFile("twice");
        DatasetRef<Rows<String>> thrice = bench.rowsFile("thrice");
        DatasetRef<List<String>> counted = bench.file("counted");
        List<Integer> spilled = new ArrayList<>();

        PipelineResult result = run(
                Node.named("make")
                        .readsNothing()
                        .writes(first)
                        .by(() -> Rows.from(() -> IntStream.range(0, 10_000).mapToObj(Integer::toString))),
                Node.named("use").reads(first).writes(twice, thrice).by(rows -> {
                    try (Rows.Cursor<String> open = rows.open()) {
                        assertThat(open.advance()).isTrue();
                        return Outputs.of(rows.map(row -> row + row), rows.map(row -> row + row + row));
                    }
                }),
                Node.named("count").reads(first, thrice, twice).writes(counted).by((a, b, c) -> {
                    spilled.add(bench.spillFiles().size());
                    return List.of("" + a.count(), "" + b.count(), "" + c.count());
                }),
                Node.named("look").reads(counted).runs(lines -> {
                    while (bench.spillFiles().size() > 1 && !Thread.interrupted()) { // one may be what it reads
                        Thread.onSpinWait(); // the time limit of this class ends it
                    }
                    assertThat(bench.spillFiles()).hasSizeLessThan(2);
                }));

        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench.stored("counted")).isEqualTo("10000\n10000\n10000\n");
        assertThat(bench.stored("thrice")).startsWith("000\n111\n").endsWith("999999999999\n");
        assertThat(spilled.get(0)).isBetween(memory > 200_000 ? 0 : memory > 10_000 ? 1 : 3, memory > 200_000 ? 0 : 3);
    }

    @Test
    void whatIsDurableIsEvictedForWhatIsNotAndLoadedAgain() {
        options = new TeeOptions(4096, 1 << 20, 4, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> far = bench.file("far");
        DatasetRef<List<String>> big = bench.file("big");
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch durable = onEvent(choices, RunEvent.DatasetDurable.class, "far");
        List<String> seen = new ArrayList<>();

        run(
                        all(choices),
                        writer("a_far", far, "x".repeat(1500)),
                        Node.named("b_big").readsNothing().writes(big).by(() -> {
                            await(durable);
                            return new Unvouched("y".repeat(3000)); // encoded before the next node begins
                        }),
                        Node.named("c_use").reads(big, far).runs((b, f) -> seen.add(b.get(0) + f.get(0))))
                .orElseThrow();

        assertThat(seen).containsExactly("y".repeat(3000) + "x".repeat(1500));
        assertThat(bench.storage().count(bench.at("far"), Call.READ)).isEqualTo(1);
    }

    @Test
    void aFailedUploadStopsTheRunBeforeTheNextNode() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        bench.storage().fail(bench.at("a"), Call.TRANSFER, 5, "gone");
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");

        PipelineResult result = run(
                all(choices),
                writer("a_make", a, "x"),
                Node.named("b_wait").readsNothing().writes(b).by(() -> {
                    await(failed);
                    return List.of("y");
                }),
                writer("c_never", c, "z"));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(nodeState(result, "b_wait")).isEqualTo(NodeResult.State.COMPLETED);
        assertThat(nodeState(result, "c_never")).isEqualTo(NodeResult.State.NOT_RUN);
        assertThat(state(result, "b")).as("it does not descend from a").isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "c")).isEqualTo(DatasetResult.State.NOT_COMPUTED);
        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasMessage("Cannot save dataset 'a' (lines at memory:///a) of node 'a_make': gone"
                                + " (after 5 attempts)."));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void whatDescendsFromAFailedDatasetIsDiscarded(int transfers) {
        options = new TeeOptions(1 << 20, 1 << 20, transfers, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        Hold uploadA = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        Hold uploadB = bench.storage().hold(bench.at("b"), Call.TRANSFER);
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");

        PipelineResult result = run(
                all(choices),
                writer("make", a, "x"),
                copierOnce(uploadA, "second", a, b),
                Node.named("third").reads(b).writes(c).by(lines -> {
                    if (transfers > 1) {
                        uploadB.awaitReached();
                    }
                    uploadA.releaseFailing("gone");
                    await(failed);
                    uploadB.release();
                    return lines;
                }));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(state(result, "b")).isEqualTo(DatasetResult.State.DISCARDED);
        assertThat(state(result, "c")).isEqualTo(DatasetResult.State.DISCARDED);
        assertThat(bench.isStored("b")).isFalse();
        assertThat(bench.isStored("c")).isFalse();
        assertThat(result.failures()).hasSize(1);
    }

    @Test
    void aNodeThatWaitsForADiscardedDatasetIsWokenAndNothingIsDiscardedUnseen() {
        options = new TeeOptions(1 << 20, 1 << 20, 1, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> table = bench.add("table", new Table());
        DatasetRef<List<String>> c = bench.file("c");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);

        PipelineResult result = run(
                request -> request.withListener(event -> {
                    if (event instanceof RunEvent.NodeStarted started
                            && started.node().equals("third")) {
                        upload.releaseFailing("gone");
                    }
                }),
                writer("make", a, "x"),
                copierOnce(upload, "second", a, table),
                copier("third", table, c));

        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot save dataset 'a' (lines at memory:///a) of node 'make': gone.");
        assertThat(state(result, "table")).isEqualTo(DatasetResult.State.DISCARDED);
        assertThat(nodeState(result, "third")).isIn(NodeResult.State.CANCELLED, NodeResult.State.NOT_RUN);
    }

    /** Not made of bytes, and not exact: its readers wait until it is saved. */
    private static final class Table implements Dataset<List<String>> {
        private @Nullable List<String> rows;

        @Override
        public synchronized List<String> load() throws IOException {
            if (rows == null) {
                throw new IOException("empty");
            }
            return rows;
        }

        @Override
        public synchronized void save(List<String> value) {
            rows = value;
        }

        @Override
        public synchronized boolean exists() {
            return rows != null;
        }

        @Override
        public void release() {
            throw new IllegalStateException("the pool of connections is closed");
        }

        @Override
        public String describe() {
            return "table";
        }
    }

    @Test
    void aReleaseThatFailsTakesNothingFromTheRun() {
        options = new TeeOptions(1 << 20, 1 << 20, 1, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> table = bench.add("table", new Table());
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");

        PipelineResult result = run(writer("a_make", table, "x"), writer("b_make", a, "y"), copier("use", table, b));

        assertThat(result.orElseThrow().datasets().values())
                .allSatisfy(dataset -> assertThat(dataset.state()).isEqualTo(DatasetResult.State.DURABLE));
    }

    @Test
    void theErrorOfANodeComesBeforeAFailureInTheBackground() {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().fail(bench.at("a"), Call.TRANSFER, 1, "gone");
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");

        PipelineResult result = run(
                all(choices), writer("make", a, "x"), Node.named("use").reads(a).runs(lines -> {
                    await(failed);
                    throw new IllegalStateException("mine");
                }));

        assertThat(result.failures()).hasSize(2);
        assertThat(result.failures().get(0)).isInstanceOf(NodeException.class).hasMessageContaining("mine");
        assertThat(result.failures().get(1))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("gone");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void anInputIsFetchedWhileAnEarlierNodeRuns() throws IOException {
        DatasetRef<List<String>> in = bench.input("in", "x");
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold fetch = bench.storage().hold(bench.at("in"), Call.READ);

        run(
                        Node.named("a_make").readsNothing().writes(a).by(() -> {
                            fetch.awaitReached();
                            fetch.release();
                            return List.of("y");
                        }),
                        Node.named("b_use").reads(in, a, in).writes(b).by((i, made, again) -> i))
                .orElseThrow();

        assertThat(bench.storage().count(bench.at("in"), Call.READ)).isEqualTo(1);
        assertThat(bench.events())
                .filteredOn(event -> event instanceof RunEvent.DatasetLoaded loaded
                        && loaded.dataset().equals("in"))
                .hasSize(1)
                .allSatisfy(event ->
                        assertThat(((RunEvent.DatasetLoaded) event).source()).isEqualTo(RunEvent.Source.PREFETCHED));
    }

    /** Does something once a thread waits with a deadline. */
    private static Thread whenWaiting(Thread waiting, Hold upload, Runnable action) {
        Thread helper = new Thread(() -> {
            try {
                upload.awaitReached();
            } catch (InterruptedException e) {
                return;
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (waiting.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            action.run();
        });
        helper.start();
        return helper;
    }

    @Test
    void aNodeIsAdmittedWhenEnoughIsDurable() throws InterruptedException {
        options = new TeeOptions(0, 10, 4, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        Thread helper = whenWaiting(Thread.currentThread(), upload, upload::release);
        List<Boolean> wasStored = new ArrayList<>();

        run(
                        Node.named("a_make").readsNothing().writes(a).by(() -> new Unvouched("more than ten bytes")),
                        Node.named("b_next").readsNothing().writes(b).by(() -> {
                            wasStored.add(bench.isStored("a"));
                            return List.of("y");
                        }))
                .orElseThrow();
        helper.join();

        assertThat(wasStored).containsExactly(true);
    }

    /** Encoded at once, since nobody can vouch for a subclass: so its bytes are known when the next node asks. */
    private static final class Unvouched extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Unvouched(String line) {
            super(List.of(line));
        }
    }

    @Test
    void anInterruptEndsTheWaitForAdmissionAndWhatIsUnderWayIsSettled() throws InterruptedException {
        options = new TeeOptions(0, 10, 4, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        Thread runs = Thread.currentThread();
        Thread helper = whenWaiting(runs, upload, () -> {
            runs.interrupt();
            upload.release();
        });

        PipelineResult result = run(
                Node.named("a_make").readsNothing().writes(a).by(() -> new Unvouched("more than ten bytes")),
                writer("b_next", b, "y"));

        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        helper.join();
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.DURABLE);
    }

    @Test
    void anInterruptOfTheSettlementGivesUpWhatIsUnderWayAndLosesNothingThatIsKnown() throws Exception {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch durable = onEvent(choices, RunEvent.DatasetDurable.class, "a");
        Hold upload = bench.storage().hold(bench.at("b"), Call.TRANSFER);
        Thread runs = Thread.currentThread();
        Thread helper = whenWaiting(runs, upload, runs::interrupt);

        PipelineResult result = run(
                all(choices),
                writer("a_make", a, "x"),
                Node.named("b_make").readsNothing().writes(b).by(() -> {
                    durable.await(); // not with a deadline: that is what the helper waits for
                    return List.of("y");
                }));

        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        helper.join();
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "b")).isEqualTo(DatasetResult.State.UNFINISHED);
        assertThat(bench.isStored("b")).isFalse();
        Path record = folder.resolve("runs").resolve(result.runId().value()).resolve("run.json");
        assertThat(Files.readString(record)).contains("\"CANCELLED\"", "\"UNFINISHED\"");
    }

    @Test
    void anUploadThatMissesTheDeadlineIsGivenUpAndIsAFailure() {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().hold(bench.at("a"), Call.TRANSFER);

        PipelineResult result = run(request -> request.withDrainLimit(Duration.ofMillis(20)), writer("make", a, "x"));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.UNFINISHED);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot save dataset 'a' (lines at memory:///a) of node 'make':"
                        + " it did not end before the run's deadline, and was given up.");
    }

    @Test
    void anUploadThatIgnoresItsInterruptDoesNotHoldTheRunForever() {
        lastWait = Duration.ofMillis(20);
        DatasetRef<List<String>> a = bench.file("a");
        Hold upload = bench.storage().holdAgainstInterrupts(bench.at("a"), Call.TRANSFER);

        PipelineResult result = run(
                request -> request.withDrainLimit(Duration.ofMillis(20)).withListener(event -> {
                    if (event instanceof RunEvent.RunFinished) {
                        upload.release();
                    }
                }),
                writer("make", a, "x"));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.UNFINISHED);
        assertThat(result.failures()).hasSize(1);
    }
}
