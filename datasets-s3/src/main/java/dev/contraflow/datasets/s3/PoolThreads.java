package dev.contraflow.datasets.s3;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the daemon threads of a pool, and waits for their end, which comes a moment after that of the pool. Thread-safe. */
final class PoolThreads implements ThreadFactory {
    /** How long threads may take to end that have been told to; only look-ups of names take longer. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final String name;
    private final AtomicInteger number = new AtomicInteger();
    private final Set<Thread> made = ConcurrentHashMap.newKeySet();

    PoolThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable task) {
        made.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
        Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), 0, false);
        thread.setDaemon(true);
        made.add(thread);
        return thread;
    }

    /** Waits until all have ended, for some seconds at most, also if the waiting thread is interrupted, which it then still is. */
    void awaitEnd() {
        boolean interrupted = Thread.interrupted();
        long until = System.nanoTime() + LAST_WAIT.toNanos();
        for (Thread thread : made) {
            long left;
            while (thread.isAlive() && (left = (until - System.nanoTime()) / 1_000_000) > 0) {
                try {
                    thread.join(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
