package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Format;
import dev.contraflow.io.StorageException;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link dev.contraflow.spi.IoManager} must do. A test extends it and says how a run chooses the manager. After every run the suite
 * checks that no thread, no spill file and no open write of the run is left; threads are known by the run's id in their name.
 */
public abstract class IoManagerContract extends RestoreIoContract {
    /** For subclasses; JUnit makes one for each test. */
    protected IoManagerContract() {}

    @Test
    void everyOutputIsDurableBeforeTheRunSucceeds() throws IOException {
        DatasetRef<List<String>> in = bench().input("in", "one", "two");
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> b = bench().file("b");

        PipelineResult result = run(copier("first", in, a), copier("second", a, b));

        assertThat(result.state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(result.failures()).isEmpty();
        assertThat(bench().stored("a")).isEqualTo("one\ntwo\n");
        assertThat(bench().stored("b")).isEqualTo("one\ntwo\n");
        for (String name : List.of("a", "b")) {
            assertThat(state(result, name)).isEqualTo(DatasetResult.State.DURABLE);
            assertThat(RunBench.stored(result, name)).satisfies(stored -> {
                assertThat(stored.location()).isEqualTo(bench().at(name));
                assertThat(stored.size()).isEqualTo(8);
            });
            assertThat(bench().storage().count(bench().at(name), Call.COMMIT)).isEqualTo(1);
        }
        assertThat(state(result, "in")).isEqualTo(DatasetResult.State.INPUT);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSFER", "COMMIT"})
    void aSaveThatFailsIsToldOnceWithAllThatAUserNeeds(Call call) {
        DatasetRef<List<String>> a = bench().file("a");
        bench().storage().fail(bench().at("a"), call, 3, "the bucket is gone");

        PipelineResult result = run(writer("make", a, "x"));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(result.failures())
                .singleElement(InstanceOfAssertFactories.type(DatasetException.class))
                .satisfies(failure -> {
                    assertThat(failure)
                            .hasMessage(
                                    "Cannot save dataset 'a' (lines at memory:///a) of node 'make': the bucket is gone"
                                            + " (after 3 attempts).")
                            .hasCauseInstanceOf(StorageException.class);
                    assertThat(failure.operation()).isEqualTo(DatasetException.Operation.SAVE);
                    assertThat(failure.dataset()).isEqualTo("a");
                    assertThat(failure.node()).isEqualTo("make");
                    assertThat(failure.location()).isEqualTo("lines at memory:///a");
                    assertThat(failure.attempts()).isEqualTo(3);
                });
        assertThat(bench().isStored("a")).isFalse();
        assertThat(bench().events().stream().filter(RunEvent.SaveFailed.class::isInstance))
                .hasSize(1);
    }

    @Test
    void whatAStorageShouldNotThrowIsAFailureOfTheDatasetToo() {
        for (Throwable problem : List.of(new IllegalStateException("oops"), new OutOfMemoryError("too large"))) {
            String name = problem.getClass().getSimpleName();
            DatasetRef<List<String>> a = bench().file(name);
            bench().storage().fail(bench().at(name), Call.TRANSFER, problem);

            PipelineResult result = run(writer("make", a, "x"));

            assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(state(result, name)).isEqualTo(DatasetResult.State.FAILED);
            assertThat(result.failures())
                    .singleElement(InstanceOfAssertFactories.type(DatasetException.class))
                    .satisfies(failure -> assertThat(failure)
                            .hasCause(problem)
                            .hasMessageStartingWith("Cannot save dataset '" + name + "'"));
        }
    }

    @Test
    void anEncoderThatFailsFailsItsDataset() {
        List<List<String>> values = List.of(
                new ArrayList<>(List.of("a\nb")),
                new Unvouched(List.of("a\nb")),
                new ArrayList<>(List.of(LinesFormat.FATAL)),
                new Unvouched(List.of(LinesFormat.FATAL)));
        int count = 0;
        for (List<String> value : values) {
            String name = "bad" + count++;
            DatasetRef<List<String>> bad = bench().file(name);

            PipelineResult result =
                    run(Node.named("make").readsNothing().writes(bad).by(() -> value));

            assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(state(result, name)).isEqualTo(DatasetResult.State.FAILED);
            assertThat(result.failures())
                    .singleElement()
                    .asString()
                    .contains("Cannot save dataset '" + name + "' (lines at memory:///" + name + ") of node 'make': ");
            assertThat(bench().events().stream().filter(RunEvent.SaveFailed.class::isInstance))
                    .hasSize(1);
            assertThat(bench().isStored(name)).isFalse();
        }
    }

    /** A list that nobody can vouch for: a subclass may do anything. */
    static final class Unvouched extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Unvouched(List<String> lines) {
            super(lines);
        }
    }

    @Test
    void theErrorOfANodeIsTheFirstFailureAndItsCauseUntouched() {
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> b = bench().file("b");
        for (Throwable problem : List.of(new IllegalArgumentException("no"), new AssertionError("wrong"))) {
            PipelineResult result = run(
                    writer("make", a, "x"), Node.named("use").reads(a).writes(b).by(lines -> {
                        if (problem instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) problem;
                    }));

            assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(nodeState(result, "make")).isEqualTo(NodeResult.State.COMPLETED);
            assertThat(nodeState(result, "use")).isEqualTo(NodeResult.State.FAILED);
            assertThat(result.failures())
                    .singleElement(InstanceOfAssertFactories.type(NodeException.class))
                    .satisfies(failure -> assertThat(failure)
                            .hasMessage("Node 'use' failed: " + problem)
                            .hasCause(problem));
            assertThat(state(result, "a")).as("saves under way end").isEqualTo(DatasetResult.State.DURABLE);
            assertThat(state(result, "b")).isEqualTo(DatasetResult.State.NOT_COMPUTED);
        }
    }

    @Test
    void anInputThatCannotBeReadFailsItsReader() throws IOException {
        DatasetRef<List<String>> in = bench().input("in", "x");
        DatasetRef<List<String>> out = bench().file("out");
        bench().storage().fail(bench().at("in"), Call.READ, 2, "no answer");

        PipelineResult result = run(copier("use", in, out));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(nodeState(result, "use")).isEqualTo(NodeResult.State.FAILED);
        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot load dataset 'in' (lines at memory:///in) for node 'use': no answer"
                        + " (after 2 attempts).");
    }

    @Test
    void everyReaderGetsAValueThatNobodyElseCanChange() {
        DatasetRef<List<String>> vouched = bench().file("vouched");
        DatasetRef<List<String>> unvouched = bench().file("unvouched");
        List<String> first = new ArrayList<>(List.of("x", "y"));
        List<String> second = new Unvouched(List.of("x", "y"));
        List<List<String>> seen = new ArrayList<>();

        PipelineResult result = run(
                Node.named("a_make")
                        .readsNothing()
                        .writesList(List.of(vouched, unvouched))
                        .by(() -> List.of(first, second)),
                Node.named("b_damage").reads(vouched, unvouched).runs((v, u) -> {
                    first.clear();
                    second.clear();
                    damage(v);
                    damage(u);
                }),
                Node.named("c_look").reads(vouched, unvouched).runs((v, u) -> {
                    seen.add(List.copyOf(v));
                    seen.add(List.copyOf(u));
                }));

        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(seen).containsExactly(List.of("x", "y"), List.of("x", "y"));
        assertThat(bench().stored("vouched")).isEqualTo("x\ny\n");
        assertThat(bench().stored("unvouched")).isEqualTo("x\ny\n");
    }

    private static void damage(List<String> lines) {
        try {
            lines.clear();
        } catch (UnsupportedOperationException e) {
            assertThat(lines).isNotEmpty();
        }
    }

    /** A record that holds itself, and texts that may be changed. */
    record Tree(List<String> items, @Nullable Tree only) {
        static Tree of(String item, @Nullable Tree only) {
            return new Tree(new ArrayList<>(List.of(item)), only);
        }
    }

    /** One line for each record; what it reads can be changed. */
    private static final class TreeFormat implements Format<Tree> {
        @Override
        public String typeId() {
            return "tree";
        }

        @Override
        public void encode(Tree value, OutputStream out) throws IOException {
            for (Tree at = value; at != null; at = at.only()) {
                out.write((String.join(",", at.items()) + '\n').getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public Tree decode(InputStream in) throws IOException {
            Tree tree = null;
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int i = lines.size() - 1; i >= 0; i--) {
                tree = Tree.of(lines.get(i), tree);
            }
            return Objects.requireNonNull(tree);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    /** Only the record within the record can be changed: whoever looks at the outer one alone hands on what others change. */
    @Test
    void aChangeWithinARecordThatHoldsItselfIsSeenByNobodyElse() {
        DatasetRef<Tree> tree = bench().file("tree", Tree.class, new TreeFormat());
        Tree inner = Tree.of("below", null);
        List<String> seen = new ArrayList<>();
        PipelineResult result = run(
                Node.named("a_make").readsNothing().writes(tree).by(() -> new Tree(List.of("top"), inner)),
                Node.named("b_damage").reads(tree).runs(value -> {
                    inner.items().add("changed after the return");
                    Objects.requireNonNull(value.only()).items().add("changed by a reader");
                }),
                Node.named("c_look")
                        .reads(tree)
                        .runs(value ->
                                seen.addAll(Objects.requireNonNull(value.only()).items())));
        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(seen).containsExactly("below");
        assertThat(bench().stored("tree")).isEqualTo("top\nbelow\n");
    }

    /** A chain of records too long to be looked into is one that can be changed, and no error. */
    @Test
    void aChainOfRecordsOfAnyLengthIsSavedAsItWas() {
        DatasetRef<Tree> tree = bench().file("tree", Tree.class, new TreeFormat());
        Tree chain = new Tree(List.of("end"), null);
        for (int i = 0; i < 100_000; i++) {
            chain = new Tree(List.of("x"), chain);
        }
        Tree made = chain;
        PipelineResult result = run(
                Node.named("a_make").readsNothing().writes(tree).by(() -> made),
                Node.named("b_read").reads(tree).runs(value -> {}));
        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench().stored("tree")).isEqualTo("x\n".repeat(100_000) + "end\n");
    }

    @Test
    void aReaderGetsWhatTheStorageWouldGive() {
        DatasetRef<List<String>> inexact = bench().file("inexact", LinesFormat.Form.CAPITALS);
        DatasetRef<List<String>> written = bench().file("viewed@small", LinesFormat.Form.EXACT);
        DatasetRef<List<String>> read = bench().file("viewed@capitals", LinesFormat.Form.CAPITALS);
        List<List<String>> seen = new ArrayList<>();

        run(
                        writer("make", inexact, "x"),
                        writer("view", written, "y"),
                        Node.named("use").reads(inexact, read, written, read).runs((a, b, c, d) -> {
                            seen.add(a);
                            seen.add(b);
                            seen.add(c);
                            seen.add(d);
                        }))
                .orElseThrow();

        assertThat(seen).containsExactly(List.of("X"), List.of("Y"), List.of("y"), List.of("Y"));
        assertThat(bench().stored("viewed")).isEqualTo("y\n");
    }

    @Test
    void aDatasetThatIsNoBytesIsSavedAndLoadedAsAWhole() {
        OpaqueLines table = new OpaqueLines(OpaqueLines.Kind.PERSISTENT);
        OpaqueLines other = new OpaqueLines(OpaqueLines.Kind.PERSISTENT);
        DatasetRef<List<String>> frozen = bench().add("frozen", table);
        DatasetRef<List<String>> unvouched = bench().add("unvouched", other);
        DatasetRef<List<String>> out = bench().file("out");

        PipelineResult result = run(
                writer("make", frozen, "x"),
                Node.named("make2").readsNothing().writes(unvouched).by(() -> new Unvouched(List.of("y"))),
                Node.named("use").reads(frozen, unvouched).writes(out).by((a, b) -> List.of(a.get(0), b.get(0))));

        assertThat(result.orElseThrow().datasets().values())
                .allSatisfy(dataset -> assertThat(dataset.state()).isEqualTo(DatasetResult.State.DURABLE));
        assertThat(bench().stored("out")).isEqualTo("x\ny\n");
        assertThat(table.releases()).isEqualTo(1);
        assertThat(other.releases()).isEqualTo(1);
    }

    @Test
    void aSaveOfADatasetThatIsNoBytesMayFail() {
        for (List<String> value : List.of(new ArrayList<>(List.of("x")), new Unvouched(List.of("x")))) {
            String name = "table" + value.getClass().getSimpleName();
            OpaqueLines table = new OpaqueLines(OpaqueLines.Kind.PERSISTENT);
            table.failSaves(new IOException("no such column"));
            DatasetRef<List<String>> ref = bench().add(name, table);

            PipelineResult result =
                    run(Node.named("make").readsNothing().writes(ref).by(() -> value));

            assertThat(state(result, name)).isEqualTo(DatasetResult.State.FAILED);
            assertThat(result.failures())
                    .extracting(ContraflowException::getMessage)
                    .containsExactly("Cannot save dataset '" + name + "' (table) of node 'make': no such column.");
            assertThat(bench().events().stream().filter(RunEvent.SaveFailed.class::isInstance))
                    .hasSize(1);
        }
    }

    @Test
    void aSerialDatasetIsSavedOnTheThreadOfItsNode() {
        OpaqueLines table = new OpaqueLines(OpaqueLines.Kind.SERIAL);
        AtomicReference<Thread> encodedBy = new AtomicReference<>();
        DatasetRef<List<String>> opaque = bench().add("opaque", table);
        DatasetRef<List<String>> encoded = bench().add(
                        "encoded",
                        new ForwardingEncodedDataset<>(bench().fileDataset("encoded", LinesFormat.Form.EXACT)) {
                            @Override
                            public boolean isSerial() {
                                return true;
                            }

                            @Override
                            public dev.contraflow.io.PendingWrite beginWrite(dev.contraflow.io.WriteSpec spec)
                                    throws IOException {
                                encodedBy.set(Thread.currentThread());
                                return super.beginWrite(spec);
                            }
                        });
        DatasetRef<List<String>> out = bench().file("out");

        PipelineResult result = run(
                writer("make", opaque, "x"),
                writer("make2", encoded, "y"),
                Node.named("use").reads(opaque, encoded).writes(out).by((a, b) -> List.of(a.get(0), b.get(0))));

        assertThat(RunBench.stored(result.orElseThrow(), "encoded").size()).isEqualTo(2);
        assertThat(table.savedBy()).isSameAs(Thread.currentThread());
        assertThat(encodedBy).hasValue(Thread.currentThread());
        assertThat(bench().stored("out")).isEqualTo("x\ny\n");
    }

    @Test
    void whatLivesInMemoryIsReleasedAfterItsLastUseOnEveryPath() {
        OpaqueLines read = new OpaqueLines(OpaqueLines.Kind.EPHEMERAL);
        OpaqueLines last = new OpaqueLines(OpaqueLines.Kind.EPHEMERAL);
        DatasetRef<List<String>> kept = bench().add("kept", read);
        DatasetRef<List<String>> result = bench().add("result", last);

        PipelineResult ran = run(
                writer("a_make", kept, "x"),
                Node.named("b_twice")
                        .reads(kept, kept)
                        .runs((a, b) -> assertThat(read.releases()).isZero()),
                copier("c_last", kept, result));
        assertThat(ran.orElseThrow().value(result)).containsExactly("x");
        assertThat(state(ran, "kept")).isEqualTo(DatasetResult.State.IN_MEMORY);
        assertThat(read.releases()).isEqualTo(1);
        assertThat(last.releases()).as("a result stays").isZero();

        PipelineResult failed = run(
                writer("a_make", kept, "x"), Node.named("b_last").reads(kept).runs(lines -> {
                    throw new IllegalStateException("no");
                }));
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(read.releases()).isEqualTo(2);
    }

    @Test
    void theEventsOfADatasetAndOfANodeAreInOrder() throws IOException {
        DatasetRef<List<String>> in = bench().input("in", "x");
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> b = bench().file("b");

        run(copier("first", in, a), copier("second", a, b)).orElseThrow();

        List<String> told = bench().events().stream()
                .filter(event -> !(event instanceof RunEvent.DatasetFetched)) // may come before the run has started
                .map(IoManagerContract::shown)
                .toList();
        assertThat(told).startsWith("CatalogCreated", "RunStarted", "NodeStarted first");
        assertThat(told).endsWith("RunFinished");
        assertThat(told).containsOnlyOnce("RunFinished").doesNotHaveDuplicates();
        for (List<String> of : List.of(
                List.of("DatasetComputed a first", "SaveStarted a first", "DatasetDurable a first"),
                List.of("DatasetComputed b second", "SaveStarted b second", "DatasetDurable b second"),
                List.of(
                        "NodeStarted first",
                        "LoadStarted in first",
                        "DatasetLoaded in first",
                        "NodeCalled first",
                        "NodeReturned first",
                        "NodeCompleted first"),
                List.of(
                        "NodeStarted second",
                        "LoadStarted a second",
                        "DatasetLoaded a second",
                        "NodeCalled second",
                        "NodeReturned second",
                        "NodeCompleted second"),
                List.of("NodeReturned first", "DatasetComputed a first", "NodeCompleted first"))) {
            assertThat(told).containsSubsequence(of);
        }
    }

    /** Its kind, and the dataset and the node that it is about. */
    private static String shown(RunEvent event) {
        StringBuilder shown = new StringBuilder(event.getClass().getSimpleName());
        for (RecordComponent component : event.getClass().getRecordComponents()) {
            if (component.getName().equals("dataset") || component.getName().equals("node")) {
                try {
                    shown.append(' ').append(component.getAccessor().invoke(event));
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return shown.toString();
    }

    @Test
    void interceptorsStandAroundEveryLoadAndSaveWhereverTheValueComesFrom() throws IOException {
        DatasetRef<List<String>> in = bench().input("in", "x");
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> kept = bench().add("kept", new OpaqueLines(OpaqueLines.Kind.EPHEMERAL));
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        DataInterceptor interceptor = new DataInterceptor() {
            @Override
            public void beforeLoad(DatasetRef<?> dataset, Node node) {
                calls.add("load " + dataset + " " + node.name());
            }

            @Override
            public Object afterLoad(DatasetRef<?> dataset, Node node, Object value) {
                calls.add("loaded " + dataset + " " + value);
                return changed(value, ">");
            }

            @Override
            public Object beforeSave(DatasetRef<?> dataset, Node node, Object value) {
                calls.add("save " + dataset + " " + value);
                return changed(value, "!");
            }

            @Override
            public void afterSave(DatasetRef<?> dataset, Node node, Object value) {
                calls.add("saved " + dataset + " " + value);
            }
        };

        PipelineResult result = bench().run(
                        RunBench.oneByOne(),
                        request -> choose(request).withInterceptor(interceptor),
                        copier("first", in, a),
                        Node.named("second").reads(a, a).writes(kept).by((x, same) -> x));

        assertThat(result.orElseThrow().value(kept)).containsExactly("x>!>!");
        assertThat(bench().stored("a")).isEqualTo("x>!\n");
        assertThat(calls)
                .containsExactly(
                        "load in first",
                        "loaded in [x]",
                        "save a [x>]",
                        "saved a [x>!]",
                        "load a second",
                        "loaded a [x>!]",
                        "save kept [x>!>]",
                        "saved kept [x>!>!]");
    }

    private static List<String> changed(Object value, String by) {
        return ((List<?>) value).stream().map(line -> line + by).toList();
    }

    @Test
    void confirmsComeOnceAllOutputsOfTheirNodeAreDurable() throws IOException {
        OpaqueLines inbox = new OpaqueLines(OpaqueLines.Kind.CONFIRMABLE);
        DatasetRef<List<String>> in = bench().add("inbox", inbox);
        inbox.save(List.of("x"));
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> b = bench().file("b");

        run(Node.named("n")
                        .reads(in)
                        .writesList(List.of(a, b))
                        .by(lines -> List.of(lines, lines))
                        .withConfirms(in))
                .orElseThrow();

        assertThat(inbox.confirms()).isEqualTo(1);
        List<String> told =
                bench().events().stream().map(IoManagerContract::shown).toList();
        assertThat(told).containsSubsequence("DatasetDurable a n", "DatasetConfirmed inbox n");
        assertThat(told).containsSubsequence("DatasetDurable b n", "DatasetConfirmed inbox n");
    }

    @Test
    void nothingIsConfirmedIfAnOutputIsNotDurable() throws IOException {
        OpaqueLines inbox = new OpaqueLines(OpaqueLines.Kind.CONFIRMABLE);
        DatasetRef<List<String>> in = bench().add("inbox", inbox);
        inbox.save(List.of("x"));
        DatasetRef<List<String>> a = bench().file("a");
        bench().storage().fail(bench().at("a"), Call.TRANSFER, 1, "no room");

        PipelineResult result = run(copier("n", in, a).withConfirms(in));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(inbox.confirms()).isZero();
    }

    @Test
    void whereTheRunGoesOnOnlyWhatDescendsFromAFailureIsNotRun() throws IOException {
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> b = bench().file("b");
        DatasetRef<List<String>> c = bench().file("c");
        DatasetRef<List<String>> d = bench().file("d");
        bench().storage().fail(bench().at("a"), Call.TRANSFER, 1, "no room");
        CountDownLatch failed = new CountDownLatch(1);

        PipelineResult result = bench().run(
                        RunBench.oneByOne(),
                        request -> choose(request)
                                .onFailure(FailurePolicy.KEEP_GOING)
                                .withListener(event -> {
                                    if (event instanceof RunEvent.SaveFailed) {
                                        failed.countDown();
                                    }
                                }),
                        writer("a_first", a, "x"),
                        Node.named("b_behind")
                                .reads(a)
                                .writes(b)
                                .by(
                                        lines -> { // if the failure is not yet known
                                            assertThat(failed.await(30, TimeUnit.SECONDS))
                                                    .isTrue();
                                            return lines;
                                        }),
                        writer("c_other", c, "y"),
                        copier("d_other", c, d));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.failures()).hasSize(1);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(bench().isStored("b")).isFalse();
        assertThat(nodeState(result, "d_other")).isEqualTo(NodeResult.State.COMPLETED);
        assertThat(bench().stored("d")).isEqualTo("y\n");
        assertThat(result.resume().orElseThrow().fromNodes()).containsExactly("a_first");
    }

    @Test
    void anInterruptThatANodeDoesNotNoticeEndsTheRunBeforeTheNextNode() {
        DatasetRef<List<String>> kept = bench().add("kept", new OpaqueLines(OpaqueLines.Kind.EPHEMERAL));
        DatasetRef<List<String>> never = bench().add("never", new OpaqueLines(OpaqueLines.Kind.EPHEMERAL));

        PipelineResult result = run(
                Node.named("a_compute").readsNothing().writes(kept).by(() -> {
                    Thread.currentThread().interrupt();
                    return List.of("x");
                }),
                copier("b_never", kept, never));

        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(result.exitCode()).isEqualTo(130);
        assertThat(nodeState(result, "b_never")).isEqualTo(NodeResult.State.NOT_RUN);
        assertThat(state(result, "never")).isEqualTo(DatasetResult.State.NOT_COMPUTED);
    }

    @Test
    void anInterruptOfANodeThatWaitsCancelsItAndWhatIsUnderWayIsSettled() {
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<List<String>> b = bench().file("b");

        PipelineResult result = run(
                writer("make", a, "x"), Node.named("wait").reads(a).writes(b).by(lines -> {
                    Thread.currentThread().interrupt();
                    new CountDownLatch(1).await();
                    return lines;
                }));

        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(result.failures()).isEmpty();
        assertThat(nodeState(result, "wait")).isEqualTo(NodeResult.State.CANCELLED);
        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "b")).isEqualTo(DatasetResult.State.NOT_COMPUTED);
        assertThat(bench().stored("a")).isEqualTo("x\n");
    }
}
