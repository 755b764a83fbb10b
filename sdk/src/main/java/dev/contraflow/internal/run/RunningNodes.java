package dev.contraflow.internal.run;

import dev.contraflow.Node;
import dev.contraflow.run.RunId;
import dev.contraflow.spi.RunThreads;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that run now, and their threads: it interrupts them when their time is up, or the run's, or when the run is cancelled. An
 * interrupt never reaches a thread after its node has ended. Thread-safe.
 */
public final class RunningNodes implements AutoCloseable {
    /** Why a node was interrupted. */
    public enum Reason {
        /** Its own time limit. */
        NODE_TIME_LIMIT,
        /** The time limit of the run. */
        RUN_TIME_LIMIT,
        /** The run was cancelled. */
        CANCELLED
    }

    private static final Duration EXIT_LOOK = Duration.ofMillis(100);

    private final RunId runId;
    private final RunThreads threads;
    private final Set<Running> running = new HashSet<>(); // guarded by this
    private @Nullable ScheduledThreadPoolExecutor clock; // made when the first limit is set
    private boolean closed;
    private @Nullable Reason all; // why every node is interrupted, those that begin later too

    /**
     * @param runId the run, after which the thread that watches the time is named
     * @param threads the threads of the run
     */
    public RunningNodes(RunId runId, RunThreads threads) {
        this.threads = threads;
        this.runId = runId;
    }

    /**
     * Sets the time limit of the run.
     *
     * @param limit the time from now
     * @param then done before the nodes are interrupted
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it throws nothing, and is cancelled with the executor
    public synchronized void limitRun(Duration limit, Runnable then) {
        in(limit, () -> {
            then.run();
            interruptAll(Reason.RUN_TIME_LIMIT);
        });
    }

    private ScheduledFuture<?> in(Duration limit, Runnable task) {
        ScheduledThreadPoolExecutor executor = clock;
        if (executor == null) {
            executor = new ScheduledThreadPoolExecutor(1, work -> {
                Thread thread = new Thread(work, "contraflow-time-limits-" + runId);
                thread.setDaemon(true);
                return thread;
            });
            executor.setRemoveOnCancelPolicy(true);
            clock = executor;
        }
        return executor.schedule(task, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Interrupts every node, and those that begin later.
     *
     * @param reason why
     */
    public synchronized void interruptAll(Reason reason) {
        if (all == null) {
            all = reason;
            running.forEach(node -> node.interrupt(reason));
        }
    }

    /**
     * A node begins on the calling thread.
     *
     * @param node the node
     * @return what ends with it
     */
    public synchronized Running begin(Node node) {
        Running begun = new Running(Thread.currentThread());
        running.add(begun);
        Reason reason = all;
        if (reason != null) {
            begun.interrupt(reason);
        }
        node.timeLimit().ifPresent(limit -> begun.alarm = in(limit, () -> expire(begun)));
        return begun;
    }

    private synchronized void expire(Running node) {
        node.interrupt(Reason.NODE_TIME_LIMIT);
    }

    /**
     * Waits until those nodes alone run that have called {@link System#exit}, and so never end; or until this is closed.
     *
     * @return whether such nodes are left, so that nobody else ends the run; false if this was closed
     * @throws InterruptedException if the thread was interrupted
     */
    public synchronized boolean awaitExit() throws InterruptedException {
        while (!closed && (running.isEmpty() || !running.stream().allMatch(Running::isExiting))) {
            threads.await(this, EXIT_LOOK.toNanos());
        }
        return !closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        threads.wakeAll(this);
        if (clock != null) {
            clock.shutdownNow();
        }
    }

    /** A node that runs on its thread. */
    public final class Running implements AutoCloseable {
        private final Thread thread;
        private @Nullable ScheduledFuture<?> alarm;
        private @Nullable Reason reason;
        private boolean ended;

        private Running(Thread thread) {
            this.thread = thread;
        }

        private boolean isExiting() {
            return Stream.of(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime")
                            && frame.getMethodName().equals("exit"));
        }

        private void interrupt(Reason why) {
            if (!ended && reason == null) {
                reason = why;
                threads.interrupt(thread);
            }
        }

        /** @return why it was interrupted by this object; empty if it was not */
        public Optional<Reason> interrupted() {
            synchronized (RunningNodes.this) {
                return Optional.ofNullable(reason);
            }
        }

        /** Ends the watch; an interrupt of this object's own that nobody has noticed is taken back. */
        @Override
        public void close() {
            synchronized (RunningNodes.this) {
                ended = true;
                running.remove(this);
                threads.wakeAll(RunningNodes.this);
                ScheduledFuture<?> pending = alarm;
                if (pending != null) {
                    pending.cancel(false);
                }
                if (reason != null) {
                    Thread.interrupted(); // the runner's thread goes on
                }
            }
        }
    }
}
