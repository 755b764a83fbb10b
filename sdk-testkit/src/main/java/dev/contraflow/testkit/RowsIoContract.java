package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every I/O manager must do with {@link Rows}, and what its tests work with: the first part of {@link IoManagerContract}. */
abstract class RowsIoContract {
    private RunBench bench;

    /** For subclasses; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // setUp runs before each test
    RowsIoContract() {}

    /**
     * Chooses the manager under test: {@code request.withIo("plain")}, after adding its plugin to the request's providers if it has one.
     *
     * @param request a request
     * @return the request with the manager
     */
    protected abstract RunRequest choose(RunRequest request);

    /** @return what the test works with */
    protected final RunBench bench() {
        return bench;
    }

    /**
     * Runs nodes one by one with the manager under test.
     *
     * @param nodes the nodes
     * @return what happened
     */
    protected final PipelineResult run(Node... nodes) {
        return bench.run(RunBench.oneByOne(), this::choose, nodes);
    }

    /** Makes the bench. */
    @BeforeEach
    void setUp(@TempDir Path stateFolder) {
        bench = new RunBench(stateFolder);
    }

    /** No test leaves the thread interrupted. */
    @AfterEach
    void tearDown() {
        Thread.interrupted();
        bench.close();
    }

    /**
     * A node that writes lines.
     *
     * @param name its name
     * @param output what it writes
     * @param lines the lines
     * @return the node
     */
    protected static Node writer(String name, DatasetRef<List<String>> output, String... lines) {
        return Node.named(name).readsNothing().writes(output).by(() -> new ArrayList<>(List.of(lines)));
    }

    /**
     * A node that copies lines.
     *
     * @param name its name
     * @param input what it reads
     * @param output what it writes
     * @return the node
     */
    protected static Node copier(String name, DatasetRef<List<String>> input, DatasetRef<List<String>> output) {
        return Node.named(name).reads(input).writes(output).by(lines -> new ArrayList<>(lines));
    }

    static DatasetResult.State state(PipelineResult result, String dataset) {
        return RunBench.dataset(result, dataset).state();
    }

    static NodeResult.State nodeState(PipelineResult result, String node) {
        return Objects.requireNonNull(result.nodes().get(node), node).state();
    }

    @Test
    void rowsGoFromNodeToNodeAndAreStoredAsAListIs() throws IOException {
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one", "two", "three");
        DatasetRef<Rows<String>> some = bench.rowsFile("some");
        DatasetRef<Rows<String>> kept = DatasetRef.rowsOf("kept", String.class);
        DatasetRef<List<String>> out = bench.file("out");

        PipelineResult result = run(
                Node.named("a_filter").reads(in).writes(some).by(rows -> rows.filter(row -> row.startsWith("t"))),
                Node.named("b_keep").reads(some, in).writes(kept).by((a, b) -> a.map(row -> row + b.count())),
                Node.named("c_list").reads(kept, some).writes(out).by((a, b) -> {
                    List<String> all = new ArrayList<>(a.toList());
                    all.addAll(b.toList());
                    all.addAll(a.toList());
                    return all;
                }));

        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench.stored("some")).isEqualTo("two\nthree\n");
        assertThat(bench.stored("out")).isEqualTo("two3\nthree3\ntwo\nthree\ntwo3\nthree3\n");
        assertThat(state(result, "kept")).isEqualTo(DatasetResult.State.IN_MEMORY);
    }

    @Test
    void rowsOfAFinalOutputInMemoryOutliveTheRun() throws IOException {
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one", "two");
        DatasetRef<Rows<String>> result = DatasetRef.rowsOf("result", String.class);

        PipelineResult ran = run(Node.named("copy").reads(in).writes(result).by(rows -> rows));

        assertThat(Objects.requireNonNull(ran.orElseThrow().value(result)).toList())
                .containsExactly("one", "two");
    }

    @Test
    void viewsOfListsAndOfRowsReadEachOther() {
        DatasetRef<List<String>> list = bench.file("a@list");
        DatasetRef<Rows<String>> rowsOfList = bench.rowsFile("a@rows");
        DatasetRef<Rows<String>> rows = bench.rowsFile("b@rows");
        DatasetRef<List<String>> listOfRows = bench.file("b@list");
        List<List<String>> seen = new ArrayList<>();

        run(
                        writer("a_write", list, "x", "y"),
                        Node.named("b_copy").reads(rowsOfList).writes(rows).by(a -> a),
                        Node.named("c_look").reads(rows, listOfRows).runs((a, b) -> {
                            seen.add(a.toList());
                            seen.add(b);
                        }))
                .orElseThrow();

        assertThat(seen).containsExactly(List.of("x", "y"), List.of("x", "y"));
    }

    @Test
    void rowsAreReadOnTheThreadOfTheirNodeBeforeOtherOutputsAreSaved() {
        OpaqueLines table = new OpaqueLines(OpaqueLines.Kind.PERSISTENT);
        DatasetRef<List<String>> first = bench.file("first");
        DatasetRef<Rows<String>> rows = bench.rowsFile("rows");
        DatasetRef<Rows<String>> opaque = bench.add(DatasetRef.rowsOf("opaque", String.class), new OpaqueRows(table));
        DatasetRef<Rows<String>> memory = DatasetRef.rowsOf("memory", String.class);
        List<Thread> readBy = new ArrayList<>();
        Rows<String> lazy = Rows.of(List.of("x")).map(row -> {
            readBy.add(Thread.currentThread());
            assertThat(bench.storage().count(bench.at("first"), Call.TRANSFER)).isZero();
            return row;
        });

        run(Node.named("make")
                        .readsNothing()
                        .writes(first, rows, opaque, memory)
                        .by(() -> Outputs.of(List.of("y"), lazy, lazy, lazy)))
                .orElseThrow();

        assertThat(readBy).hasSize(3).containsOnly(Thread.currentThread());
        assertThat(bench.stored("rows")).isEqualTo("x\n");
        assertThat(bench.stored("first")).isEqualTo("y\n");
    }

    /** A table that takes rows. */
    private record OpaqueRows(OpaqueLines lines) implements Dataset<Rows<String>> {
        @Override
        public Rows<String> load() throws IOException {
            return Rows.of(lines.load());
        }

        @Override
        public void save(Rows<String> value) throws IOException {
            lines.save(value.toList());
        }

        @Override
        public boolean exists() {
            return lines.exists();
        }

        @Override
        public String describe() {
            return "table";
        }
    }

    @Test
    void aFunctionOnRowsThatFailsFailsItsNodeAndNothingIsSaved() throws IOException {
        OpaqueLines table = new OpaqueLines(OpaqueLines.Kind.PERSISTENT);
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one", "two");
        DatasetRef<List<String>> other = bench.file("other");
        List<DatasetRef<Rows<String>>> outputs = List.of(
                bench.rowsFile("file"),
                DatasetRef.rowsOf("memory", String.class),
                bench.add(DatasetRef.rowsOf("table", String.class), new OpaqueRows(table)));
        for (Exception problem : List.of(new IllegalStateException("no"), new IOException("no"), new Exception("no"))) {
            for (DatasetRef<Rows<String>> output : outputs) {
                PipelineResult result = run(Node.named("make")
                        .reads(in)
                        .writes(other, output)
                        .by(rows -> Outputs.of(List.of("x"), rows.map(row -> failAt("two", row, problem)))));

                assertThat(result.failures())
                        .singleElement(InstanceOfAssertFactories.type(NodeException.class))
                        .satisfies(failure -> assertThat(failure)
                                .hasMessage("Node 'make' failed in the rows that it returned for dataset '" + output
                                        + "': " + problem)
                                .hasCause(problem));
                assertThat(nodeState(result, "make")).isEqualTo(NodeResult.State.FAILED);
                assertThat(state(result, "other")).isEqualTo(DatasetResult.State.NOT_COMPUTED);
                boolean isTable = output.name().equals("table"); // it may have taken a part
                assertThat(state(result, output.name()))
                        .isEqualTo(isTable ? DatasetResult.State.FAILED : DatasetResult.State.NOT_COMPUTED);
                assertThat(bench.events().stream().filter(RunEvent.SaveFailed.class::isInstance))
                        .hasSize(isTable ? 1 : 0);
                assertThat(bench.isStored("file") || bench.isStored("other")).isFalse();
            }
        }
    }

    private static String failAt(String bad, String row, Exception problem) throws Exception {
        if (row.equals(bad)) {
            throw problem;
        }
        return row;
    }

    @Test
    void rowsThatCannotBeReadToTheirEndAreAFailureOfTheirDataset() throws IOException {
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one", LineRowsFormat.BROKEN);
        DatasetRef<Rows<String>> rows = bench.rowsFile("rows");
        DatasetRef<Rows<String>> memory = DatasetRef.rowsOf("memory", String.class);
        for (Node node : List.of(
                Node.named("use").reads(in).runs(Rows::toList),
                Node.named("use").reads(in).runs(read -> {
                    try (Stream<String> stream = read.stream()) {
                        stream.forEach(row -> {});
                    }
                }),
                Node.named("use").reads(in).writes(rows).by(read -> read.map(row -> row + row)),
                Node.named("use").reads(in).writes(memory).by(read -> Rows.from(read::stream)))) {
            PipelineResult result = run(node);

            assertThat(result.failures())
                    .singleElement(InstanceOfAssertFactories.type(DatasetException.class))
                    .satisfies(failure -> {
                        assertThat(failure)
                                .hasMessage("Cannot load dataset 'in' (lines at memory:///in) for node 'use':"
                                        + " Cannot read lines: a line is broken.");
                        assertThat(failure.operation()).isEqualTo(DatasetException.Operation.LOAD);
                    });
            assertThat(nodeState(result, "use")).isEqualTo(NodeResult.State.FAILED);
            node.outputs()
                    .forEach(output ->
                            assertThat(state(result, output.name())).isEqualTo(DatasetResult.State.NOT_COMPUTED));
            assertThat(bench.events()).noneMatch(RunEvent.SaveFailed.class::isInstance);
        }
    }

    @Test
    void aRowThatTheFormatCannotHoldIsAFailedSave() {
        DatasetRef<Rows<String>> rows = bench.rowsFile("rows");

        PipelineResult result =
                run(Node.named("make").readsNothing().writes(rows).by(() -> Rows.of(List.of("x", "a\nb"))));

        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot save dataset 'rows' (lines at memory:///rows) of node 'make':"
                        + " a line feed cannot be written.");
        assertThat(state(result, "rows")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(bench.isStored("rows")).isFalse();
    }

    @Test
    void anUploadOfRowsThatFailsIsAFailedSave() throws IOException {
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one");
        DatasetRef<Rows<String>> rows = bench.rowsFile("rows");
        bench.storage().fail(bench.at("rows"), Call.TRANSFER, 3, "no space");

        PipelineResult result = run(Node.named("make").reads(in).writes(rows).by(read -> read.map(row -> row + row)));

        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot save dataset 'rows' (lines at memory:///rows) of node 'make': no space"
                        + " (after 3 attempts).");
        assertThat(state(result, "rows")).isEqualTo(DatasetResult.State.FAILED);
    }

    @Test
    void rowsEndWithTheirNode() throws IOException {
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one", "two");
        List<Rows<String>> leaked = new ArrayList<>();
        List<Rows.Cursor<String>> open = new ArrayList<>();

        run(Node.named("leak").reads(in).runs(rows -> {
                    leaked.add(rows);
                    open.add(rows.open());
                    assertThat(open.get(0).advance()).isTrue();
                    assertThat(rows.stream().findFirst()).contains("one"); // never closed
                }))
                .orElseThrow();

        String tooLate = "The rows of dataset 'in' were opened after node 'leak' had ended, which they were read for."
                + " Read them within the node.";
        assertThatThrownBy(() -> leaked.get(0).open())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(tooLate);
        assertThatThrownBy(() -> open.get(0).advance())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(tooLate);
        assertThatThrownBy(() -> open.get(0).row()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rowsAreReadByManyThreadsOfTheirNodeAtOnce() throws IOException {
        String[] lines = IntStream.range(0, 10_000).mapToObj(i -> "line " + i).toArray(String[]::new);
        DatasetRef<Rows<String>> in = bench.rowsInput("in", lines);
        List<Long> counts = new ArrayList<>();

        run(Node.named("count")
                        .reads(in)
                        .runs(rows -> counts.addAll(IntStream.range(0, 8)
                                .parallel()
                                .mapToObj(i -> rows.stream()
                                        .filter(line -> !line.isEmpty())
                                        .count())
                                .toList())))
                .orElseThrow();

        assertThat(counts).hasSize(8).containsOnly(10_000L);
    }

    @Test
    void anInterruptWhileRowsAreReadCancelsTheNode() throws IOException {
        DatasetRef<Rows<String>> in = bench.rowsInput("in", "one");
        DatasetRef<Rows<String>> rows = bench.rowsFile("rows");

        PipelineResult result = run(Node.named("wait")
                .reads(in)
                .writes(rows)
                .by(read -> read.map(row -> {
                    Thread.currentThread().interrupt();
                    new CountDownLatch(1).await();
                    return row;
                })));

        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(result.failures()).isEmpty();
        assertThat(nodeState(result, "wait")).isEqualTo(NodeResult.State.CANCELLED);
        assertThat(bench.isStored("rows")).isFalse();
    }

    @Test
    void rowsThatTheBudgetRefusesSpillAndTheirFilesGoWithTheirLastReader() throws IOException {
        DatasetRef<Rows<String>> big = bench.rowsFile("big");
        DatasetRef<Rows<String>> copy = bench.rowsFile("copy");
        DatasetRef<List<String>> out = bench.file("out");
        int count = 30_000;
        String line = "x".repeat(1000);
        List<Long> seen = new ArrayList<>();

        PipelineResult result = run(
                Node.named("a_make")
                        .readsNothing()
                        .writes(big)
                        .by(() -> Rows.from(() -> IntStream.range(0, count).mapToObj(i -> line))),
                Node.named("b_copy").reads(big).writes(copy).by(rows -> rows),
                Node.named("c_count").reads(copy).runs(rows -> seen.add(rows.count())),
                Node.named("d_look").readsNothing().writes(out).by(() -> {
                    awaitNoSpillFiles(Duration.ofSeconds(30));
                    return List.of("looked");
                }));

        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(seen).containsExactly((long) count);
        assertThat(RunBench.stored(result, "copy").size()).isEqualTo(count * 1001L);
    }

    private void awaitNoSpillFiles(Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!bench.spillFiles().isEmpty()) {
            assertThat(System.nanoTime())
                    .as("spill files left: " + bench.spillFiles())
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
