package dev.contraflow.plugins.tee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Immutable;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.Outputs;
import dev.contraflow.Rows;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.ForwardingContent;
import dev.contraflow.io.Grant;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunThreads;
import dev.contraflow.testkit.LinesFormat;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import dev.contraflow.testkit.ScriptedStorage.Hold;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

    /** Says that it is immutable, and is not. */
    @Immutable
    static final class Liar {
        private String text = "as it was";

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class LiarFormat implements Format<Liar> {
        @Override
        public String typeId() {
            return "liar";
        }

        @Override
        public void encode(Liar value, OutputStream out) throws IOException {
            out.write(value.text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Liar decode(InputStream in) throws IOException {
            Liar liar = new Liar();
            liar.text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return liar;
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    @Test
    void whoChangesWhatIsSharedIsNamed() {
        options = new TeeOptions(1 << 20, 1 << 20, 4, 2, Duration.ofSeconds(20), 0, true);
        DatasetRef<Liar> liar = bench.file("liar", Liar.class, new LiarFormat());
        DatasetRef<List<String>> copy = bench.file("copy");
        PipelineResult result = run(
                Node.named("a_make").readsNothing().writes(liar).by(Liar::new),
                Node.named("b_read").reads(liar).runs(value -> {}),
                Node.named("c_change").reads(liar).writes(copy).by(value -> {
                    value.text = "changed";
                    return List.of("x");
                }),
                Node.named("d_read").reads(liar).runs(value -> {}));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.failures())
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo(
                        "Node 'c_change' has changed its input 'liar', which it shares with others: what is stored is what it"
                                + " was. Its type, Liar"
                                + ", is taken for immutable: leave its values alone, or take the mark @Immutable from what can be"
                                + " changed.");
        assertThat(bench.stored("liar")).isEqualTo("as it was");
        assertThat(RunBench.dataset(result, "copy").state()).isEqualTo(DatasetResult.State.NOT_COMPUTED);
    }

    @Test
    void whoChangesItsOutputAfterwardsIsNamed() {
        options = new TeeOptions(1 << 20, 1 << 20, 4, 2, Duration.ofSeconds(20), 0, true);
        DatasetRef<Liar> liar = bench.file("liar", Liar.class, new LiarFormat());
        Liar kept = new Liar();
        PipelineResult result = run(
                Node.named("a_make").readsNothing().writes(liar).by(() -> kept),
                Node.named("b_other").readsNothing().writes(bench.file("other")).by(() -> {
                    kept.text = "changed";
                    return List.of("x");
                }),
                Node.named("c_read").reads(liar).runs(value -> {}));

        assertThat(result.failures())
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .startsWith(
                        "Dataset 'liar' has changed in memory after node 'a_make' returned it, and before node 'c_read' got"
                                + " it: what is stored is what it was.");
    }

    @Test
    void withoutADiskForWhatDoesNotFitEachNodeWaitsUntilEverythingIsSaved() throws IOException {
        options = new TeeOptions(1_000, 1 << 20, 4, 2, Duration.ofSeconds(20));
        RunId id = new RunId("2026-01-01T00.00.00.000Z-disk");
        Path spill = Files.createDirectories(folder.resolve("runs").resolve(id.value()))
                .resolve("spill");
        Files.writeString(spill, "not a folder");
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            nodes.add(Node.named("make" + i)
                    .readsNothing()
                    .writes(bench.file("d" + i))
                    .by(() -> {
                        if (number > 0) {
                            assertThat(bench.stored("d" + (number - 1))).startsWith("line " + (number - 1));
                        }
                        return new ArrayList<>(List.of("line " + number, "x".repeat(5_000))) {}; // encoded at once
                    }));
        }

        PipelineResult result = run(request -> request.withRunId(id), nodes.toArray(Node[]::new));

        assertThat(result.orElseThrow().datasets()).hasSize(6);
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

    /** The files of the spools; folders that vanish meanwhile have none. */
    private List<Path> spool() {
        return files(folder.resolve("runs")).stream()
                .flatMap(run -> files(run.resolve("spool")).stream())
                .toList();
    }

    private static List<Path> files(Path folder) {
        File[] found = folder.toFile().listFiles(); // null if it is not there
        return found == null ? List.of() : Stream.of(found).map(File::toPath).toList();
    }

    @Test
    void whatIsComputedStandsOnTheDiskUntilItIsDurable() throws Exception {
        options = new TeeOptions(1 << 20, 1 << 20, 4, 0, Duration.ofSeconds(20), 1 << 20, false);
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        CountDownLatch durable = new CountDownLatch(1);
        run(
                        request -> request.withListener(event -> {
                            if (event instanceof RunEvent.DatasetDurable) {
                                durable.countDown();
                            }
                        }),
                        writer("a_make", a, "kept"),
                        Node.named("b_look").reads(a).writes(b).by(lines -> {
                            upload.awaitReached();
                            while (spool().isEmpty() || Files.size(spool().get(0)) < 5) {
                                Thread.onSpinWait(); // the time limit of this class ends it
                            }
                            assertThat(spool())
                                    .singleElement()
                                    .satisfies(file -> assertThat(file).hasContent("kept\n"));
                            upload.release();
                            assertThat(durable.await(20, TimeUnit.SECONDS)).isTrue();
                            while (!spool().isEmpty()) {
                                Thread.onSpinWait();
                            }
                            return lines;
                        }))
                .orElseThrow();
        assertThat(spool()).isEmpty();
    }

    @Test
    void whatCouldNotBeStoredStaysUntilItIsInTheSpool() throws Exception {
        options = new TeeOptions(1 << 20, 1 << 20, 4, 0, Duration.ofSeconds(20), 1 << 20, false);
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");
        DatasetRef<List<String>> a =
                bench.add("a", new ForwardingEncodedDataset<>(bench.fileDataset("a", LinesFormat.Form.EXACT)) {
                    @Override
                    public Content encode(List<String> lines, Grant memory) throws IOException {
                        return new LateForTheSpool(super.encode(lines, memory), failed);
                    }
                });
        bench.storage().fail(bench.at("a"), Call.TRANSFER, 1, "gone");
        PipelineResult result = run(all(choices), writer("a_make", a, "kept"));
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(spool()).singleElement().satisfies(file -> assertThat(file).hasContent("kept\n"));
    }

    /** Bytes that are written to the spool only after their save has failed. */
    private static final class LateForTheSpool extends ForwardingContent {
        private final CountDownLatch failed;

        LateForTheSpool(Content bytes, CountDownLatch failed) {
            super(bytes);
            this.failed = failed;
        }

        @Override
        public InputStream open(long offset, long length) throws IOException {
            if (Thread.currentThread().getName().startsWith("contraflow-spool")) {
                try {
                    await(failed);
                } catch (InterruptedException e) {
                    throw (IOException) new InterruptedIOException().initCause(e);
                }
            }
            return super.open(offset, length);
        }
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
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");

        PipelineResult result = run(
                all(choices),
                writer("a_make", a, "x"),
                Node.named("b_wait").readsNothing().writes(b).by(() -> {
                    upload.awaitReached();
                    upload.releaseFailing("gone");
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
                        .hasMessage("Cannot save dataset 'a' (lines at memory:///a) of node 'a_make': gone."));
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

    /** Its node ran when the other dataset failed, and saves it itself. */
    @ParameterizedTest
    @EnumSource(FailurePolicy.class)
    void whatDescendsFromAFailedDatasetIsNotStoredOnItsNodesThreadEither(FailurePolicy policy) {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b =
                bench.add("b", new ForwardingEncodedDataset<>(bench.fileDataset("b", LinesFormat.Form.EXACT)) {
                    @Override
                    public boolean isSerial() {
                        return true;
                    }
                });
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");
        choices.add(request -> request.onFailure(policy));

        PipelineResult result = run(
                all(choices),
                writer("make", a, "x"),
                Node.named("use").reads(a).writes(b).by(lines -> {
                    upload.awaitReached();
                    upload.releaseFailing("gone");
                    await(failed);
                    return lines;
                }));

        assertThat(state(result, "b")).isEqualTo(DatasetResult.State.DISCARDED);
        assertThat(bench.isStored("b")).isFalse();
        assertThat(result.failures()).hasSize(1);
    }

    /** Its node waits to save it when the other dataset fails. */
    @ParameterizedTest
    @EnumSource(FailurePolicy.class)
    void whatWaitsOnItsNodesThreadForADatasetThatFailsIsDiscarded(FailurePolicy policy) {
        DatasetRef<List<String>> a = bench.file("a");
        AtomicReference<Thread> waiting = new AtomicReference<>();
        DatasetRef<List<String>> b =
                bench.add("b", new ForwardingEncodedDataset<>(bench.fileDataset("b", LinesFormat.Form.EXACT)) {
                    @Override
                    public boolean isSerial() {
                        return true;
                    }
                });
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);

        PipelineResult result = run(
                request -> request.onFailure(policy)
                        .withVisibility(Visibility.ORDERED)
                        .withListener(event -> {
                            if (event instanceof RunEvent.DatasetComputed computed
                                    && computed.dataset().equals("b")) {
                                awaitWaiting(waiting.get());
                                upload.releaseFailing("gone");
                            }
                        }),
                writer("make", a, "x"),
                Node.named("use").reads(a).writes(b).by(lines -> {
                    waiting.set(Thread.currentThread());
                    upload.awaitReached();
                    return lines;
                }));

        assertThat(state(result, "b")).isEqualTo(DatasetResult.State.DISCARDED);
        assertThat(bench.isStored("b")).isFalse();
        assertThat(result.failures()).hasSize(1);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
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

    /** Its save dies of an Error that comes again when the dataset is described, as one of class loading does. */
    private static final class Cursed implements Dataset<List<String>> {
        private volatile boolean isCursed;

        @Override
        public List<String> load() throws IOException {
            throw new IOException("empty");
        }

        @Override
        public void save(List<String> value) {
            isCursed = true;
            throw new NoClassDefFoundError("org/example/Driver");
        }

        @Override
        public boolean exists() {
            return false;
        }

        @Override
        public String describe() {
            if (isCursed) {
                throw new NoClassDefFoundError("org/example/Driver");
            }
            return "cursed";
        }
    }

    @Test
    void anErrorThatComesAgainWhileItIsToldEndsTheRunAndAllThatWaits() {
        DatasetRef<List<String>> cursed = bench.add("cursed", new Cursed());
        DatasetRef<List<String>> b = bench.file("b");

        PipelineResult result = run(writer("make", cursed, "x"), copier("use", cursed, b));

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.failures())
                .anySatisfy(failure -> assertThat(failure)
                        .hasMessageStartingWith("The I/O manager 'tee' could not say what became of the run's datasets")
                        .hasMessageContaining("org/example/Driver"));
    }

    /** The threads of this JVM, but a pool whose name begins so gets none. */
    private static RunThreads without(String pool) {
        RunThreads jvm = RunThreads.ofJvm();
        return (RunThreads) Proxy.newProxyInstance(
                RunThreads.class.getClassLoader(), new Class<?>[] {RunThreads.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("pool") && ((String) arguments[0]).startsWith(pool)) {
                        ExecutorService none = jvm.pool(pool, 1, new LinkedBlockingQueue<>());
                        none.shutdown();
                        return none;
                    }
                    return method.invoke(jvm, arguments);
                });
    }

    @Test
    void whatCannotBeSpooledForLackOfAThreadFailsAndHoldsNoMemory() {
        options = new TeeOptions(1 << 20, 1 << 20, 8, 4, Duration.ofSeconds(20), 1 << 20, false);
        DatasetRef<List<String>> a = bench.file("a");

        PipelineResult result = run(
                request -> request.withThreads(without("contraflow-spool-")),
                writer("make", a, "x"),
                copier("use", a, bench.file("b")));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(Objects.requireNonNull(opened).memory().peak()).isPositive();
    }

    /** More nodes than values may wait for an encoder: none of them must take a place for good. */
    @Test
    void everySaveThatFindsNoEncoderFails() {
        Node[] nodes = IntStream.rangeClosed(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(i -> writer("make" + i, bench.file("a" + i), "x"))
                .toArray(Node[]::new);

        PipelineResult result = run(
                request -> request.withThreads(without("contraflow-encode-")).onFailure(FailurePolicy.KEEP_GOING),
                nodes);

        assertThat(result.datasets().values())
                .hasSize(nodes.length)
                .allSatisfy(dataset -> assertThat(dataset.state()).isEqualTo(DatasetResult.State.FAILED));
    }

    @Test
    void theErrorOfANodeComesBeforeAFailureInTheBackground() {
        DatasetRef<List<String>> a = bench.file("a");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        List<UnaryOperator<RunRequest>> choices = new ArrayList<>();
        CountDownLatch failed = onEvent(choices, RunEvent.SaveFailed.class, "a");

        PipelineResult result = run(
                all(choices), writer("make", a, "x"), Node.named("use").reads(a).runs(lines -> {
                    upload.awaitReached();
                    upload.releaseFailing("gone");
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

    /** Does something once a thread waits in a method of the tee, and nowhere else. */
    private static Thread whenWaiting(Thread waiting, String method, Hold upload, Runnable action) {
        Thread helper = new Thread(() -> {
            try {
                upload.awaitReached();
            } catch (InterruptedException e) {
                return;
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!(isIn(waiting, method) && waiting.getState() == Thread.State.TIMED_WAITING)
                    && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            action.run();
        });
        helper.start();
        return helper;
    }

    private static boolean isIn(Thread thread, String method) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method)
                        && frame.getClassName().equals(Bookkeeping.class.getName()));
    }

    @Test
    void aNodeIsAdmittedWhenEnoughIsDurable() throws InterruptedException {
        options = new TeeOptions(0, 10, 4, 0, Duration.ofSeconds(20));
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        Thread helper = whenWaiting(Thread.currentThread(), "admit", upload, upload::release);
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
        Thread helper = whenWaiting(runs, "admit", upload, () -> {
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
        Thread helper = whenWaiting(runs, "settle", upload, runs::interrupt);

        PipelineResult result = run(
                all(choices),
                writer("a_make", a, "x"),
                Node.named("b_make").readsNothing().writes(b).by(() -> {
                    await(durable);
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
