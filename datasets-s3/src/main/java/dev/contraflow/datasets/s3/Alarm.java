package dev.contraflow.datasets.s3;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time, as far as requests need it; a test puts its own in. Thread-safe. */
interface Alarm extends AutoCloseable {
    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** A random number from 0 (inclusive) to 1 (exclusive), for the jitter. */
    double random();

    /** Runs the task once the pause before a retry is over. */
    void afterPause(Duration pause, Runnable task);

    /** Runs the task when the time is up, unless the returned canceller ran before. */
    Runnable atTimeout(Duration timeout, Runnable task);

    /** Runs no task any more. */
    @Override
    void close();

    /** Waits, for a bounded time, until none runs; to be called after {@link #close}. Keeps the interrupt flag. */
    default void awaitEnd() {}

    /** Real time, by one daemon thread, on which tasks must be short. */
    static Alarm real() {
        PoolThreads own = new PoolThreads("contraflow-s3-timer");
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, own);
        timer.setRemoveOnCancelPolicy(true);
        return new Alarm() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public double random() {
                return ThreadLocalRandom.current().nextDouble();
            }

            @Override
            public void afterPause(Duration pause, Runnable task) {
                atTimeout(pause, task);
            }

            @Override
            public Runnable atTimeout(Duration timeout, Runnable task) {
                ScheduledFuture<?> future = timer.schedule(task, timeout.toNanos(), TimeUnit.NANOSECONDS);
                return () -> future.cancel(false);
            }

            @Override
            public void close() {
                timer.shutdownNow();
            }

            @Override
            public void awaitEnd() {
                own.awaitEnd();
            }
        };
    }
}
