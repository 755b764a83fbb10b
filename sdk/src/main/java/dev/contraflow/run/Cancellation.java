package dev.contraflow.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Cancels runs from another thread: no further node starts, nodes that run are interrupted, and what is under way is settled; the result is
 * {@code CANCELLED}. One cancellation may be given to several runs. Thread-safe.
 */
public final class Cancellation {
    private final List<Runnable> watchers = new ArrayList<>(); // guarded by this
    private boolean cancelled;

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
     * Has something done once it is cancelled, at once if it has been. For runs.
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
            }
        };
    }
}
