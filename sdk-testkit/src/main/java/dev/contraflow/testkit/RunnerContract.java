package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.InterceptorException;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.io.TransientFailure;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.NodeCall;
import dev.contraflow.spi.NodeInterceptor;
import dev.contraflow.spi.RunInterceptor;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link PipelineRunner} must do, whatever order and threads it chooses. A runner's test extends it and gives the runner. After each
 * test the suite checks that nothing of the run is left.
 */
public abstract class RunnerContract {
    private static final long DEADLINE_SECONDS = 30;

    private RunBench bench;
    private Path folder;

    /** For subclasses; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // setUp runs before each test
    protected RunnerContract() {}

    /** @return the runner under test; it may be the same for all runs */
    protected abstract PipelineRunner runner();

    /** Makes the bench. */
    @BeforeEach
    void setUp(@TempDir Path stateFolder) {
        folder = stateFolder;
        bench = new RunBench(stateFolder.resolve("state"));
    }

    /** No test leaves the thread interrupted. */
    @AfterEach
    void tearDown() {
        Thread.interrupted();
        bench.close();
    }

    /** @return the id of the I/O manager of the runs: a runner must do the same with any */
    protected String io() {
        return "plain";
    }

    private RunRequest chosen(RunRequest request) {
        return request.withIo(io());
    }

    private PipelineResult run(Node... nodes) {
        return bench.run(runner(), this::chosen, nodes);
    }

    private static Node copy(String name, DatasetRef<List<String>> from, DatasetRef<List<String>> to) {
        return Node.named(name).reads(from).writes(to).by(lines -> new ArrayList<>(lines));
    }

    @Test
    void hasAName() {
        assertThat(runner().id()).isNotBlank();
    }

    @Test
    void runsEveryNodeOnceAfterItsParents() throws IOException {
        DatasetRef<List<String>> in = bench.input("in", "x");
        DatasetRef<List<String>> left = bench.file("left");
        DatasetRef<List<String>> right = bench.file("right");
        DatasetRef<List<String>> joined = bench.file("joined");
        List<String> calls = Collections.synchronizedList(new ArrayList<>());

        PipelineResult result = run(
                Node.named("a_join").reads(left, right).writes(joined).by((l, r) -> {
                    calls.add("join");
                    return List.of(l.get(0), r.get(0));
                }),
                Node.named("b_left").reads(in).writes(left).by(lines -> {
                    calls.add("left");
                    return List.of("l");
                }),
                Node.named("c_right").reads(in).writes(right).by(lines -> {
                    calls.add("right");
                    return List.of("r");
                }),
                Node.named("d_use").reads(joined).runs(lines -> calls.add("use " + lines)));

        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(calls.subList(0, 2)).containsExactlyInAnyOrder("left", "right");
        assertThat(calls.subList(2, calls.size())).containsExactly("join", "use [l, r]");
        assertThat(result.nodes().keySet()).containsExactly("b_left", "c_right", "a_join", "d_use");
        assertThat(result.nodes().values())
                .allSatisfy(node -> assertThat(node.state()).isEqualTo(NodeResult.State.COMPLETED));
        assertThat(result.datasets()).containsOnlyKeys("in", "left", "right", "joined");
    }

    @Test
    void tellsTheListenersEverythingBeforeItReturns() {
        DatasetRef<List<String>> a = bench.file("a");

        run(Node.named("make").readsNothing().writes(a).by(() -> List.of("x"))).orElseThrow();

        assertThat(bench.events().get(0)).isInstanceOf(RunEvent.CatalogCreated.class);
        assertThat(bench.events().get(1)).isInstanceOfSatisfying(RunEvent.RunStarted.class, begin -> {
            assertThat(begin.runner()).isEqualTo(runner().id());
            assertThat(begin.nodes()).containsExactly("make");
        });
        assertThat(bench.events().get(bench.events().size() - 1))
                .isInstanceOfSatisfying(
                        RunEvent.RunFinished.class,
                        end -> assertThat(end.state()).isEqualTo(PipelineResult.State.SUCCEEDED));
    }

    @Test
    void startsNothingAfterAFailureThatDependsOnIt() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        IllegalStateException problem = new IllegalStateException("no");

        PipelineResult result = run(
                Node.named("make").readsNothing().writes(a).by(() -> List.of("x")),
                Node.named("fail").reads(a).writes(b).by(lines -> {
                    throw problem;
                }),
                copy("never", b, c));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(NodeException.class)
                        .hasMessageStartingWith("Node 'fail' failed: java.lang.IllegalStateException: no")
                        .hasCause(problem));
        assertThat(states(result))
                .isEqualTo(Map.of(
                        "make", NodeResult.State.COMPLETED,
                        "fail", NodeResult.State.FAILED,
                        "never", NodeResult.State.NOT_RUN));
        assertThat(RunBench.dataset(result, "c").state()).isEqualTo(DatasetResult.State.NOT_COMPUTED);
        assertThatThrownBy(result::orElseThrow).hasCause(result.failures().get(0));
    }

    private static Map<String, NodeResult.State> states(PipelineResult result) {
        Map<String, NodeResult.State> states = new java.util.HashMap<>();
        result.nodes().values().forEach(node -> states.put(node.name(), node.state()));
        return states;
    }

    @Test
    void aSaveThatFailsFailsTheRun() {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().fail(bench.at("a"), Call.COMMIT, 1, "refused");

        PipelineResult result = run(Node.named("make").readsNothing().writes(a).by(() -> List.of("x")));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasMessage("Cannot save dataset 'a' (lines at memory:///a) of node 'make': refused."));
    }

    @Test
    void refusesAWrongRequestBeforeTheFirstNode() {
        DatasetRef<List<String>> missing = DatasetRef.listOf("missing", String.class);
        List<String> calls = new ArrayList<>();
        Node node = Node.named("use").reads(missing).runs(lines -> calls.add("use"));

        assertThatThrownBy(() -> run(node))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("Dataset 'missing' is read, but no node of the run writes it");
        assertThat(calls).isEmpty();
    }

    @Test
    void aRefusedRunLeavesNoRecord() {
        DatasetRef<List<String>> a = bench.file("a");
        Node node = Node.named("make").readsNothing().writes(a).by(() -> List.of("x"));

        assertThatThrownBy(() -> bench.run(
                        runner(),
                        request -> chosen(request)
                                .withRunOptions(dev.contraflow.config.ConfigSection.of(
                                        "run", Map.of("retry", Map.of("speed", "high")))),
                        node))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("speed");
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void anInterruptCancelsTheRunAndStaysSet() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Thread caller = Thread.currentThread();

        PipelineResult result = run(
                Node.named("wait").readsNothing().writes(a).by(() -> {
                    caller.interrupt();
                    new CountDownLatch(1).await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                    return List.of("x");
                }),
                copy("never", a, b));

        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(result.exitCode()).isEqualTo(130);
        assertThat(states(result))
                .isEqualTo(Map.of("wait", NodeResult.State.CANCELLED, "never", NodeResult.State.NOT_RUN));
        assertThat(bench.isStored("b")).isFalse();
    }

    @Test
    void goesOnAfterAFailureWithWhatDoesNotDescendFromIt() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        DatasetRef<List<String>> d = bench.file("d");
        PipelineResult result = bench.run(
                runner(),
                request -> chosen(request).onFailure(FailurePolicy.KEEP_GOING),
                Node.named("a_fails").readsNothing().writes(a).by(() -> {
                    throw new IllegalStateException("no");
                }),
                copy("b_behind", a, b),
                Node.named("c_other").readsNothing().writes(c).by(() -> List.of("x")),
                copy("d_behind_it", c, d));

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(states(result))
                .isEqualTo(Map.of(
                        "a_fails", NodeResult.State.FAILED,
                        "b_behind", NodeResult.State.NOT_RUN,
                        "c_other", NodeResult.State.COMPLETED,
                        "d_behind_it", NodeResult.State.COMPLETED));
        assertThat(result.nodes().get("b_behind"))
                .extracting(node -> node == null ? "" : node.why())
                .isEqualTo("node 'a_fails' did not complete");
        assertThat(result.resume())
                .get()
                .hasToString("To take the run up again: from node a_fails (2 of 4 nodes are not done).");
        assertThat(bench.stored("d")).isEqualTo("x\n");
    }

    @Test
    void aNodeThatTakesTooLongFailsAndItsOutputsAreNotSaved() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        PipelineResult waiting = run(Node.named("wait")
                .readsNothing()
                .writes(a)
                .by(() -> {
                    new CountDownLatch(1).await();
                    return List.of("x");
                })
                .withTimeLimit(Duration.ofMillis(20)));
        assertThat(waiting.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(waiting.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(NodeException.class)
                        .hasMessage("Node 'wait' took longer than its time limit, PT0.02S, and was interrupted."
                                + " Give it more time, or less to do."));
        PipelineResult deaf = run(
                Node.named("deaf")
                        .readsNothing()
                        .writes(a)
                        .by(() -> {
                            while (!Thread.interrupted()) { // notices it, and goes on all the same
                                Thread.onSpinWait();
                            }
                            return List.of("x");
                        })
                        .withTimeLimit(Duration.ofMillis(20)),
                copy("never", a, b));
        assertThat(states(deaf)).isEqualTo(Map.of("deaf", NodeResult.State.FAILED, "never", NodeResult.State.NOT_RUN));
        assertThat(bench.isStored("a")).isFalse();
        assertThat(Thread.interrupted())
                .as("the interrupt was for the node only")
                .isFalse();
    }

    /** On a slow machine the time may be over before the node begins: then once more, with more of it. */
    @Test
    void aRunThatTakesTooLongFails() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        AtomicBoolean isCalled = new AtomicBoolean();
        Node wait = Node.named("wait").readsNothing().writes(a).by(() -> {
            isCalled.set(true);
            new CountDownLatch(1).await();
            return List.of("x");
        });
        Duration limit = Duration.ofMillis(50);
        PipelineResult result = runWithin(limit, wait, copy("never", a, b));
        while (!isCalled.get() && limit.toSeconds() < DEADLINE_SECONDS) {
            limit = limit.multipliedBy(2);
            result = runWithin(limit, wait, copy("never", a, b));
        }
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.failures())
                .singleElement()
                .asString()
                .contains("The run took longer than its time limit, " + limit);
        assertThat(states(result))
                .isEqualTo(Map.of("wait", NodeResult.State.CANCELLED, "never", NodeResult.State.NOT_RUN));
        assertThat(Thread.interrupted()).isFalse();
    }

    private PipelineResult runWithin(Duration limit, Node... nodes) {
        return bench.run(runner(), request -> chosen(request).withTimeLimit(limit), nodes);
    }

    @Test
    void isCancelledFromAnotherThread() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Cancellation cancellation = new Cancellation();
        PipelineResult result = bench.run(
                runner(),
                request -> chosen(request).withCancellation(cancellation),
                Node.named("wait").readsNothing().writes(a).by(() -> {
                    Thread other = new Thread(cancellation::cancel);
                    other.start();
                    new CountDownLatch(1).await();
                    return List.of("x");
                }),
                copy("never", a, b));
        assertThat(result.state()).isEqualTo(PipelineResult.State.CANCELLED);
        assertThat(result.exitCode()).isEqualTo(130);
        assertThat(states(result))
                .isEqualTo(Map.of("wait", NodeResult.State.CANCELLED, "never", NodeResult.State.NOT_RUN));
        assertThat(Thread.interrupted()).as("only the node was interrupted").isFalse();
    }

    @Test
    void skipsWhatIsThereIfAskedTo() throws IOException {
        DatasetRef<List<String>> in = bench.input("in", "x");
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        Node[] nodes = {copy("first", in, a), copy("second", a, b), copy("third", b, c)};
        run(nodes).orElseThrow();
        bench.storage().delete(bench.at("c"));

        PipelineResult result = bench.run(runner(), request -> chosen(request).onlyMissing(), nodes);

        assertThat(result.orElseThrow().resume()).isEmpty();
        assertThat(states(result))
                .isEqualTo(Map.of(
                        "first", NodeResult.State.SKIPPED,
                        "second", NodeResult.State.SKIPPED,
                        "third", NodeResult.State.COMPLETED));
        assertThat(bench.stored("c")).isEqualTo("x\n");
    }

    @Test
    void whatAFailedRunLeftOldCountsAsMissing() throws IOException {
        DatasetRef<List<String>> in = bench.input("in", "old");
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Node[] nodes = {copy("first", in, a), copy("second", a, b)};
        run(nodes).orElseThrow();
        bench.store("in", "new");
        bench.storage().failOnce(bench.at("b"), Call.COMMIT, new IOException("refused"));
        assertThat(run(nodes).state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(bench.stored("b")).isEqualTo("old\n");

        bench.run(runner(), request -> chosen(request).onlyMissing(), nodes).orElseThrow();

        assertThat(bench.stored("b")).isEqualTo("new\n");
    }

    @Test
    void retriesWhatMayPass() throws IOException {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().failOnce(bench.at("a"), Call.TRANSFER, new PassingException());
        PipelineResult result = bench.run(
                runner(),
                request -> chosen(request).withRetry(new RetryPolicy(3, Duration.ZERO, Duration.ZERO)),
                Node.named("make").readsNothing().writes(a).by(() -> List.of("x")));
        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench.events())
                .filteredOn(RunEvent.Retrying.class::isInstance)
                .singleElement()
                .satisfies(event ->
                        assertThat(((RunEvent.Retrying) event).attempt()).isEqualTo(1));
        assertThat(bench.events())
                .filteredOn(RunEvent.DatasetDurable.class::isInstance)
                .singleElement()
                .satisfies(event ->
                        assertThat(((RunEvent.DatasetDurable) event).attempt()).isEqualTo(2));
    }

    private static final class PassingException extends IOException implements TransientFailure {
        private static final long serialVersionUID = 1L;

        PassingException() {
            super("not now");
        }
    }

    @Test
    void interceptorsMayReplaceInputsAndTheLaterOneWins() throws IOException {
        DatasetRef<List<String>> in = bench.input("in", "x");
        DatasetRef<List<String>> a = bench.file("a");
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        PipelineResult result = bench.run(
                runner(),
                request -> chosen(request)
                        .withInterceptor(replacing(seen, "late", 10))
                        .withInterceptor(replacing(seen, "first", 0))
                        .withInterceptor(replacing(seen, "second", 0)),
                copy("n", in, a));
        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench.stored("a")).isEqualTo("late\n");
        assertThat(seen)
                .containsExactly(
                        "before first {in=[x]}",
                        "before second {in=[first]}",
                        "before late {in=[second]}",
                        "after first {a=[late]}",
                        "after second {a=[late]}",
                        "after late {a=[late]}");
    }

    private static NodeInterceptor replacing(List<String> seen, String by, int order) {
        return new NodeInterceptor() {
            @Override
            public int order() {
                return order;
            }

            @Override
            public Map<String, Object> beforeNode(NodeCall call) {
                seen.add("before " + by + " " + call.inputs());
                return Map.of("in", List.of(by));
            }

            @Override
            public void afterNode(NodeCall call, Map<String, Object> outputs) {
                seen.add("after " + by + " " + outputs);
            }
        };
    }

    @Test
    void anInterceptorThatFailsFailsTheNodeAndNeverMasksItsFailure() {
        DatasetRef<List<String>> a = bench.file("a");
        NodeInterceptor failing = new NodeInterceptor() {
            @Override
            public void onNodeError(NodeCall call, Throwable failure) {
                throw new IllegalArgumentException("interceptor");
            }
        };
        PipelineResult result = bench.run(
                runner(),
                request -> chosen(request).withInterceptor(failing),
                Node.named("n").readsNothing().writes(a).by(() -> {
                    throw new IllegalStateException("node");
                }));
        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasMessageStartingWith("Node 'n' failed: java.lang.IllegalStateException: node")
                        .satisfies(primary -> assertThat(primary.getSuppressed())
                                .singleElement()
                                .isInstanceOf(InterceptorException.class)));
    }

    @Test
    void interceptorsOfTheRunAddDatasetsRefuseAndJudge() throws IOException {
        DatasetRef<List<String>> given = DatasetRef.listOf("given", String.class);
        DatasetRef<List<String>> a = bench.file("a");
        MemoryDataset<List<String>> value = new MemoryDataset<>("given");
        value.save(List.of("v"));
        List<String> seen = new ArrayList<>();
        RunInterceptor adding = new RunInterceptor() {
            @Override
            public void beforeRun(StartingRun run) {
                seen.add("before " + run.pipeline().nodes().size());
                run.add(given, value);
            }

            @Override
            public void afterRun(PipelineResult result) {
                seen.add("after " + result.state());
                throw new IllegalStateException("not good enough");
            }

            @Override
            public void onRunError(ContraflowException failure) {
                seen.add("error " + failure.getMessage());
            }
        };
        PipelineResult result =
                bench.run(runner(), request -> chosen(request).withInterceptor(adding), copy("n", given, a));
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(InterceptorException.class)
                        .hasMessageEndingWith(" failed after the run: not good enough."));
        assertThat(bench.stored("a")).isEqualTo("v\n");
        assertThat(seen).containsExactly("before 1", "after SUCCEEDED");
    }

    @Test
    void twoRunsAtOnceDoNotMeet() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        ExecutorService callers = Executors.newFixedThreadPool(2);
        PipelineRunner shared = runner();
        try (RunBench other = new RunBench(folder.resolve("other"))) {
            List<Callable<PipelineResult>> runs = new ArrayList<>();
            for (RunBench at : List.of(bench, other)) {
                DatasetRef<List<String>> a = at.file("a");
                DatasetRef<List<String>> kept = DatasetRef.listOf("kept", String.class);
                String line = at == bench ? "one" : "other";
                Node make = Node.named("make").readsNothing().writes(kept).by(() -> {
                    both.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                    return List.of(line);
                });
                runs.add(() -> at.run(shared, this::chosen, make, copy("store", kept, a)));
            }
            for (Future<PipelineResult> run : callers.invokeAll(runs)) {
                run.get().orElseThrow();
            }
            assertThat(bench.stored("a")).isEqualTo("one\n");
            assertThat(other.stored("a")).isEqualTo("other\n");
        } finally {
            callers.shutdownNow();
        }
    }
}
