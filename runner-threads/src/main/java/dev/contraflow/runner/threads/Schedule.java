package dev.contraflow.runner.threads;

import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.run.RunPlan;
import dev.contraflow.spi.RunExecution;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts every node of one run once its parents are done. After a node its thread goes on with one of the children that have become ready, and
 * the pool gets the others, so that a chain of nodes stays on one thread. Used once.
 */
final class Schedule {
    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
    private static final Duration LAST_NODES = Duration.ofMinutes(10);

    private final RunExecution run;
    private final RunPlan plan;
    private final Pipeline pipeline;
    private final Map<Node, AtomicInteger> openParents = new HashMap<>();
    private final AtomicInteger started = new AtomicInteger(); // tasks in the pool: queued or running
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final ExecutorService pool;
    private volatile boolean stopped;

    Schedule(RunExecution run, int threads) {
        this.run = run;
        this.plan = run.plan();
        this.pipeline = plan.pipeline();
        plan.nodes()
                .forEach(node -> openParents.put(
                        node, new AtomicInteger(pipeline.parents(node).size())));
        int most = Math.max(1, Math.min(threads, plan.nodes().size()));
        this.pool = run.threads().pool("contraflow-node-" + run.runId(), most, new PriorityBlockingQueue<>());
    }

    /** Runs all nodes, and returns when none is running any more; says whether the calling thread was interrupted meanwhile. */
    boolean run() {
        started.incrementAndGet(); // this method itself, so that the end is not seen before all first nodes are in
        plan.nodes().stream().filter(node -> pipeline.parents(node).isEmpty()).forEach(this::start);
        ended();
        boolean interrupted = false;
        try {
            run.threads().get(end, Long.MAX_VALUE);
            pool.shutdown();
        } catch (InterruptedException e) {
            interrupted = true;
            run.cancel();
            stopped = true;
            pool.shutdownNow();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("it is completed, and waited for without a limit", e);
        }
        awaitThreads();
        return interrupted;
    }

    /** Nodes that run must have ended before what they work with is closed. */
    private void awaitThreads() {
        try {
            if (!pool.awaitTermination(LAST_NODES.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error("Nodes of run {} do not end, though they were interrupted", run.runId());
            }
        } catch (InterruptedException e) { // a second interrupt: do not wait any longer
            Thread.currentThread().interrupt();
        }
    }

    private void start(Node node) {
        started.incrementAndGet();
        pool.execute(new Task(node));
    }

    private void ended() {
        if (started.decrementAndGet() == 0) {
            end.complete(null);
        }
    }

    /** A node, and then whatever its thread goes on with. Ordered as the plan is. */
    private final class Task implements Runnable, Comparable<Task> {
        private final Node first;
        private final int place;

        Task(Node first) {
            this.first = first;
            this.place = plan.position(first);
        }

        @Override
        public void run() {
            try {
                Node next = first;
                while (next != null && !stopped) {
                    if (run.execute(next)) {
                        next = startChildren(next);
                    } else {
                        stopped = true;
                    }
                }
            } finally {
                ended();
            }
        }

        /** The ready child to go on with, after the pool has got the others. */
        private @Nullable Node startChildren(Node done) {
            List<Node> ready = pipeline.children(done).stream()
                    .filter(child ->
                            Objects.requireNonNull(openParents.get(child)).decrementAndGet() == 0)
                    .sorted((a, b) -> Integer.compare(plan.position(a), plan.position(b)))
                    .toList();
            ready.stream().skip(1).forEach(Schedule.this::start);
            return ready.isEmpty() ? null : ready.get(0);
        }

        @Override
        public int compareTo(Task other) {
            return Integer.compare(place, other.place);
        }
    }
}
