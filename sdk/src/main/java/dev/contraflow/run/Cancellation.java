package dev.contraflow.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels runs from another thread: no further node starts, nodes that run are interrupted, and what is under way is settled; the result is
 * {@code CANCELLED}. One cancellation may be given to several runs. Thread-safe.
 */
public final class Cancellation {
    private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final List<Runnable> watchers = new ArrayList<>(); // guarded by this
    private boolean cancelled;

    /**
     * A cancellation that comes when the JVM is asked to end (Ctrl-C, SIGTERM, {@link System#exit}). The end of the JVM waits until the runs
     * that have it have stored what was under way and written their records, but not for longer than the given time: what is not durable then
     * is what the record says, and a run that is resumed makes it again. A node that calls {@link System#exit} itself is not waited for: its
     * run is settled without it. Meant to be made once for a process; it cannot be taken back.
     *
     * @param atMost the longest time that the end of the JVM waits; orchestrators kill after 10 to 30 seconds
     * @return the cancellation, to be given to the runs of the process
     * @throws IllegalArgumentException if the time is negative
     * @throws IllegalStateException if the JVM is ending already
     */
    public static Cancellation onShutdown(Duration atMost) {
        if (atMost.isNegative()) {
            throw new IllegalArgumentException("The end of the JVM cannot wait for a negative time, " + atMost);
        }
        long nanos = atMost.compareTo(LONGEST) < 0 ? atMost.toNanos() : Long.MAX_VALUE;
        Cancellation cancellation = new Cancellation();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            cancellation.cancel();
                            cancellation.awaitRuns(nanos);
                        },
                        "contraflow-shutdown"));
        return cancellation;
    }

    private synchronized void awaitRuns(long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            for (long left = nanos; !watchers.isEmpty() && left > 0; left = end - System.nanoTime()) {
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
        told.forEach(Cancellation::tell);
    }

    private static void tell(Runnable watcher) {
        try {
            watcher.run();
        } catch (RuntimeException | Error e) { // the others have to be told all the same
            LOG.error("A watcher of a cancellation failed", e);
        }
    }

    /** @return whether it has been cancelled */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /**
     * Has something done once it is cancelled, at once if it has been. For runs, which end the watch when all that they have to do is done.
     *
     * @param watcher must not block; what it throws is logged, and keeps nobody else from being told
     * @return ends the watch
     */
    public Runnable watch(Runnable watcher) {
        boolean now;
        synchronized (this) {
            now = cancelled;
            watchers.add(watcher);
        }
        if (now) {
            tell(watcher);
        }
        return () -> {
            synchronized (this) {
                watchers.remove(watcher);
                notifyAll();
            }
        };
    }
}
