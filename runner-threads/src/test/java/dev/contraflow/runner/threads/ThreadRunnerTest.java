package dev.contraflow.runner.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.testkit.RunnerContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadRunnerTest extends RunnerContract {
    @TempDir
    Path state;

    @Override
    protected PipelineRunner runner() {
        return new ThreadRunner();
    }

    private static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    private PipelineResult run(ThreadRunner runner, Node... nodes) {
        return runner.run(
                RunRequest.of(Pipeline.of(nodes), DataCatalog.builder().build())
                        .withIo("plain")
                        .withStateFolder(state));
    }

    @Test
    void independentNodesRunAtOnce() {
        CyclicBarrier both = new CyclicBarrier(2);
        run(
                        new ThreadRunner(2),
                        Node.named("a").readsNothing().writes(ref("x")).by(() -> {
                            both.await(30, TimeUnit.SECONDS);
                            return "x";
                        }),
                        Node.named("b").readsNothing().writes(ref("y")).by(() -> {
                            both.await(30, TimeUnit.SECONDS);
                            return "y";
                        }))
                .orElseThrow();
    }

    @Test
    void aNodeStartsWhenItsOwnParentsAreDoneAndWaitsForNoLevel() {
        CountDownLatch secondOfTheShortChain = new CountDownLatch(1);
        run(
                        new ThreadRunner(2),
                        Node.named("a_long").readsNothing().writes(ref("slow")).by(() -> {
                            assertThat(secondOfTheShortChain.await(30, TimeUnit.SECONDS))
                                    .as("the second level began while the first was not done")
                                    .isTrue();
                            return "slow";
                        }),
                        Node.named("b_first").readsNothing().writes(ref("x")).by(() -> "x"),
                        Node.named("c_second").reads(ref("x")).writes(ref("y")).by(x -> {
                            secondOfTheShortChain.countDown();
                            return x;
                        }))
                .orElseThrow();
    }

    @Test
    void nodesThatRunGoOnToTheirEndAfterAFailureAndCountAsDone() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch failing = new CountDownLatch(1);
        PipelineResult result = run(
                new ThreadRunner(2),
                Node.named("a_fails").readsNothing().writes(ref("x")).by(() -> {
                    running.await(30, TimeUnit.SECONDS);
                    failing.countDown();
                    throw new IllegalStateException("no");
                }),
                Node.named("b_runs").readsNothing().writes(ref("y")).by(() -> {
                    running.countDown();
                    failing.await(30, TimeUnit.SECONDS);
                    return "y";
                }),
                Node.named("c_never").reads(ref("x")).writes(ref("z")).by(x -> x));
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.nodes().get("b_runs"))
                .extracting(node -> node == null ? null : node.state())
                .isEqualTo(NodeResult.State.COMPLETED);
        assertThat(result.value(ref("y"))).isEqualTo("y");
    }

    @Test
    void oneThreadRunsTheNodesInTheOrderOfThePlan() throws InterruptedException {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
        List<Node> nodes = new ArrayList<>();
        for (String name : List.of("d", "b", "a", "c")) {
            nodes.add(Node.named(name).readsNothing().writes(ref("out_" + name)).by(() -> {
                calls.add(name);
                threads.add(Thread.currentThread());
                return name;
            }));
        }
        run(new ThreadRunner(1), nodes.toArray(Node[]::new)).orElseThrow();
        assertThat(calls).containsExactly("a", "b", "c", "d");
        assertThat(threads).hasSize(1);
        Thread only = threads.iterator().next();
        only.join(30_000); // the pool has ended, its last thread may take a moment
        assertThat(only.isAlive()).as("its threads end with the run").isFalse();
    }

    @Test
    void needsAThread() {
        assertThatThrownBy(() -> new ThreadRunner(0)).hasMessage("threads is 0, not at least 1");
    }
}
