package dev.contraflow.spi;

import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunListener;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the events of a run to its listeners, on one thread of its own, in the order in which they were emitted. Emitting never waits, so it
 * may be done under a lock; the queue has no bound, but a plan has only so many events. Without listeners there is no thread. On demand the
 * events are kept, too, for a report at the end. Thread-safe.
 */
public final class RunEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    private final List<RunListener> listeners;
    private final boolean[] complained; // used by the thread that tells
    private final @Nullable ExecutorService teller;
    private final Queue<RunEvent> untold = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger(); // events that have not been told to the end
    private volatile @Nullable Thread telling;
    private volatile @Nullable Queue<RunEvent> kept;

    /**
     * @param runId the run, after which the thread is named
     * @param listeners who is told
     * @param threads gives the thread
     */
    public RunEvents(RunId runId, List<RunListener> listeners, RunThreads threads) {
        this.listeners = List.copyOf(listeners);
        this.complained = new boolean[listeners.size()];
        this.teller =
                listeners.isEmpty() ? null : threads.pool("contraflow-events-" + runId, 1, new LinkedBlockingQueue<>());
    }

    /** @return whether anybody listens, or the events are kept; if not, an event need not be made */
    public boolean isObserved() {
        return teller != null || kept != null;
    }

    /** From now on every event is kept. To be called before the first one that is to be kept. */
    public void keep() {
        kept = new ConcurrentLinkedQueue<>();
    }

    /** @return the events that were kept until now, in the order in which they were emitted; a copy */
    public List<RunEvent> kept() {
        Queue<RunEvent> events = kept;
        return events == null ? List.of() : List.copyOf(events);
    }

    /**
     * Tells the listeners, soon; nothing once it is closed.
     *
     * @param event what happened
     */
    public void emit(RunEvent event) {
        Queue<RunEvent> events = kept;
        if (events != null) {
            events.add(event);
        }
        if (teller != null) {
            untold.add(event);
            if (waiting.getAndIncrement() == 0) { // else the thread is awake, and comes to it
                wake(teller, event);
            }
        }
    }

    private void wake(ExecutorService asleep, RunEvent event) {
        try {
            asleep.execute(this::tellAll);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} came after the end of the run", event, e);
        }
    }

    private void tellAll() {
        telling = Thread.currentThread();
        do {
            RunEvent event = Objects.requireNonNull(untold.poll());
            for (int i = 0; i < listeners.size(); i++) {
                complained[i] |= !tell(listeners.get(i), event, complained[i]);
            }
        } while (waiting.decrementAndGet() > 0);
        telling = null;
    }

    private static boolean tell(RunListener listener, RunEvent event, boolean hasComplained) {
        try {
            listener.onEvent(event);
            return true;
        } catch (RuntimeException | Error e) { // a listener must not change a run, whatever it throws
            if (!hasComplained) {
                LOG.error("The listener {} failed at {}; its further failures are not logged", listener, event, e);
            }
            return false;
        }
    }

    /** Waits until the listeners have been told everything, at most 30 seconds, and ends the thread. */
    @Override
    public void close() {
        ExecutorService ending = teller;
        if (ending == null) {
            return;
        }
        ending.shutdown();
        if (telling == Thread.currentThread()) {
            return; // a listener cannot wait for itself
        }
        boolean interrupted = Thread.interrupted(); // the last events are told even if the run was interrupted
        try {
            if (!ending.awaitTermination(DRAIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A listener did not end in time; events that it has not seen are lost");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        ending.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
