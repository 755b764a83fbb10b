package dev.contraflow.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Cancels runs from another thread: no further node starts, nodes that run are interrupted, and what is under way is settled; the result is
 * {@code CANCELLED}. One cancellation may be given to several runs. Thread-safe.
 */
public final class Cancellation {
    private final List<Runnable> watchers = new ArrayList<>(); // guarded by this
    private boolean cancelled;

    /**
     * A cancellation that comes when the JVM is asked to end (Ctrl-C, SIGTERM, {@link System#exit}). The end of the JVM waits until the runs
     * that have it have stored what was under way and written their records, but not for longer than the given time: what is not durable then
     * is what the record says, and a run that is resumed makes it again. Meant to be made once for a process; it cannot be taken back.
     *
     * @param atMost the longest time that the end of the JVM waits; orchestrators kill after 10 to 30 seconds
     * @return the cancellation, to be given to the runs of the process
     * @throws IllegalStateException if the JVM is ending already
     */
    public static Cancellation onShutdown(Duration atMost) {
        Cancellation cancellation = new Cancellation();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            cancellation.cancel();
                            cancellation.awaitRuns(atMost);
                        },
                        "contraflow-shutdown"));
        return cancellation;
    }

    private synchronized void awaitRuns(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); !watchers.isEmpty() && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cancels the runs that have this cancellation, those that begin later too. Calling it again does nothing. */
    public void cancel() {
        List<Runnable> told;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            told = List.copyOf(watchers);
        }
        told.forEach(Runnable::run);
    }

    /** @return whether it has been cancelled */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /**
     * Has something done once it is cancelled, at once if it has been. For runs, which end the watch when all that they have to do is done.
     *
     * @param watcher must not block
     * @return ends the watch
     */
    public Runnable watch(Runnable watcher) {
        boolean now;
        synchronized (this) {
            now = cancelled;
            watchers.add(watcher);
        }
        if (now) {
            watcher.run();
        }
        return () -> {
            synchronized (this) {
                watchers.remove(watcher);
                notifyAll();
            }
        };
    }
}
