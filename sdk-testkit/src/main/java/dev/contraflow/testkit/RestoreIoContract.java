package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Outputs;
import dev.contraflow.Rows;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunReport;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every I/O manager must do with outputs that an earlier attempt of the run has computed and not stored ({@link
 * dev.contraflow.spi.IoManager.NodeIo#restore}): a part of {@link IoManagerContract}.
 */
abstract class RestoreIoContract extends RowsIoContract {
    private final List<String> called = new ArrayList<>();

    /** For subclasses; JUnit makes one for each test. */
    RestoreIoContract() {}

    private Node making(DatasetRef<List<String>> output, String... lines) {
        return Node.named("make").readsNothing().writes(output).by(() -> {
            called.add("make");
            return List.of(lines);
        });
    }

    /** An attempt that leaves the outputs of all its nodes in the spool, and none in the storage. */
    private void spool(Node... nodes) {
        PipelineResult spooled = bench().run(
                        RunBench.oneByOne(),
                        request -> request.withProviders(Providers.builder()
                                        .plugin(new SpoolOnlyIo())
                                        .build())
                                .withIo("spool-only"),
                        nodes);
        assertThat(spooled.state()).as(spooled.summary()).isEqualTo(PipelineResult.State.FAILED);
    }

    /** Two nodes, of which {@code make} writes {@code a}, and {@code use} makes {@code b} of it: both outputs are in the spool. */
    private Node[] spooledChain() {
        DatasetRef<List<String>> a = bench().file("a");
        Node use = Node.named("use").reads(a).writes(bench().file("b")).by(lines -> {
            called.add("use");
            return List.of(String.join("+", lines));
        });
        Node[] nodes = {making(a, "one", "two"), use};
        spool(nodes);
        return nodes;
    }

    /** The same run again, with the manager under test. */
    private PipelineResult resume(Node... nodes) {
        called.clear();
        return bench().run(RunBench.oneByOne(), request -> choose(request).resume(), nodes);
    }

    private void heal(String dataset, Call call) {
        bench().storage().hold(bench().at(dataset), call).release();
    }

    private void assertNotCalled() {
        assertThat(called).isEmpty();
        assertThat(bench().events())
                .noneMatch(event -> event instanceof RunEvent.NodeStarted
                        || event instanceof RunEvent.NodeCalled
                        || event instanceof RunEvent.NodeReturned
                        || event instanceof RunEvent.NodeCompleted
                        || event instanceof RunEvent.LoadStarted
                        || event instanceof RunEvent.DatasetComputed);
    }

    @Test
    void whatIsRestoredIsStoredAsItWasComputedAndItsNodesCountAsSkipped() {
        Node[] nodes = spooledChain();
        assertThat(bench().isStored("a")).isFalse();

        PipelineResult result = resume(nodes);

        assertThat(result.orElseThrow().resume()).isEmpty();
        assertThat(bench().stored("a")).isEqualTo("one\ntwo\n");
        assertThat(bench().stored("b")).isEqualTo("one+two\n");
        for (String node : List.of("make", "use")) {
            assertThat(nodeState(result, node)).isEqualTo(NodeResult.State.SKIPPED);
            assertThat(bench().events())
                    .filteredOn(RunEvent.NodeSkipped.class::isInstance)
                    .filteredOn(event -> ((RunEvent.NodeSkipped) event).node().equals(node))
                    .hasSize(1);
        }
        assertNotCalled();
    }

    @Test
    void theEventsAndTheReportTellEachSaveOfWhatIsRestoredOnce() {
        Node[] nodes = spooledChain();

        PipelineResult result = resume(nodes);

        for (String name : List.of("a", "b")) {
            assertThat(state(result, name)).isEqualTo(DatasetResult.State.DURABLE);
            assertThat(RunBench.stored(result, name).size()).isEqualTo(8);
            assertThat(bench().storage().count(bench().at(name), Call.COMMIT)).isEqualTo(1);
            assertThat(bench().events())
                    .filteredOn(RunEvent.SaveStarted.class::isInstance)
                    .filteredOn(
                            event -> ((RunEvent.SaveStarted) event).dataset().equals(name))
                    .hasSize(1);
            assertThat(bench().events())
                    .filteredOn(RunEvent.DatasetDurable.class::isInstance)
                    .extracting(event -> ((RunEvent.DatasetDurable) event).stored())
                    .containsOnlyOnce(RunBench.stored(result, name));
        }
        RunReport.Traffic traffic = RunReport.of(bench().events(), result).traffic();
        assertThat(traffic.saves()).isEqualTo(2);
        assertThat(traffic.bytesUp()).isEqualTo(16);
        assertThat(traffic.loads()).isZero();
    }

    @Test
    void aNodeThatRunsAgainReadsWhatIsRestored() {
        DatasetRef<List<String>> a = bench().file("a");
        DatasetRef<Rows<String>> rows = bench().rowsFile("rows");
        DatasetRef<List<String>> b = bench().file("b");
        Node make = Node.named("make").readsNothing().writes(a, rows).by(() -> {
            called.add("make");
            return Outputs.of(List.of("one", "two"), Rows.of(List.of("x", "y")));
        });
        List<String> broken = new ArrayList<>(List.of("at first"));
        Node use = Node.named("use").reads(a, rows).writes(b).by((lines, more) -> {
            called.add("use");
            if (broken.remove("at first")) {
                throw new IllegalStateException("not yet");
            }
            return List.of(String.join("+", lines), String.join("+", more.toList()));
        });
        spool(make, use);

        PipelineResult result = resume(make, use);

        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(called).containsExactly("use");
        assertThat(bench().stored("rows")).isEqualTo("x\ny\n");
        assertThat(bench().stored("b")).isEqualTo("one+two\nx+y\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSFER", "COMMIT"})
    void aSaveOfWhatIsRestoredThatFailsIsToldAndTheNextAttemptStillHasIt(Call call) {
        Node[] nodes = spooledChain();
        bench().storage().fail(bench().at("a"), call, 3, "the bucket is gone");

        PipelineResult failed = resume(nodes);

        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(failed.exitCode()).isEqualTo(3);
        assertThat(state(failed, "a")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(failed.failures())
                .singleElement(InstanceOfAssertFactories.type(DatasetException.class))
                .satisfies(failure -> assertThat(failure)
                        .hasMessage("Cannot save dataset 'a' (lines at memory:///a) of node 'make': the bucket is gone"
                                + " (after 3 attempts)."));
        assertThat(bench().events().stream().filter(RunEvent.SaveFailed.class::isInstance))
                .hasSize(1);
        assertThat(bench().isStored("b"))
                .as("it may have been stored before the failure")
                .isEqualTo(state(failed, "b") == DatasetResult.State.DURABLE);
        assertNotCalled();

        heal("a", call);
        assertThat(resume(nodes).orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertNotCalled();
        assertThat(bench().stored("a")).isEqualTo("one\ntwo\n");
        assertThat(bench().stored("b")).isEqualTo("one+two\n");
    }

    @Test
    void interceptorsDoNotSeeWhatIsRestoredAgain() {
        DatasetRef<List<String>> a = bench().file("a");
        Node make = making(a, "one");
        spool(make);
        List<String> seen = new ArrayList<>();
        DataInterceptor interceptor = new DataInterceptor() {
            @Override
            public Object beforeSave(DatasetRef<?> dataset, Node node, Object value) {
                seen.add("before " + dataset);
                return List.of("changed");
            }

            @Override
            public void afterSave(DatasetRef<?> dataset, Node node, Object value) {
                seen.add("after " + dataset);
            }
        };

        bench().run(RunBench.oneByOne(), request -> choose(request).resume().withInterceptor(interceptor), make)
                .orElseThrow();

        assertThat(seen).isEmpty();
        assertThat(bench().stored("a")).isEqualTo("one\n");
    }

    @Test
    void aNodeThatIsRestoredConfirmsOnceItsOutputsAreDurable() throws IOException {
        OpaqueLines inbox = new OpaqueLines(OpaqueLines.Kind.CONFIRMABLE);
        inbox.save(List.of("x"));
        DatasetRef<List<String>> in = bench().add("inbox", inbox);
        DatasetRef<List<String>> a = bench().file("a");
        Node make = making(a, "one").withConfirms(in);
        spool(make);
        bench().storage().fail(bench().at("a"), Call.TRANSFER, 1, "no room");

        assertThat(resume(make).failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot save dataset 'a' (lines at memory:///a) of node 'make': no room.");
        assertThat(inbox.confirms()).isZero();

        heal("a", Call.TRANSFER);
        resume(make).orElseThrow();
        assertThat(inbox.confirms()).isEqualTo(1);
    }
}
