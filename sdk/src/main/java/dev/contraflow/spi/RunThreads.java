package dev.contraflow.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * The time and the threads of a run. Whatever takes part in a run (its execution, runner, I/O manager) reads the time, waits and makes threads
 * through it and in no other way, so that the whole of it can be run on virtual time, deterministically ({@code Simulation} of the test kit).
 * No monitor is held while something is awaited here, except the one that {@link #await} lets go of. Thread-safe.
 */
public interface RunThreads {
    /** @return the time and the threads of this JVM */
    static RunThreads ofJvm() {
        return JvmThreads.INSTANCE;
    }

    /**
     * Identifies the process: a number alone is given out again, and in containers many processes have the same.
     *
     * @return its number, its host and when it was started
     */
    String process();

    /**
     * Whether a process is there, whatever its host is called there. Of one on another host nobody can know: the answer is no.
     *
     * @param process what {@link #process} was in that process
     * @return whether it still runs
     */
    boolean isAlive(String process);

    /** @return the time of day, for records and events; nothing is decided by it, since it may jump */
    Instant now();

    /** @return nanoseconds since some moment, never going backwards, as {@link System#nanoTime} */
    long nanoTime();

    /** @return random numbers for the calling thread: of run ids, and of the jitter of waits */
    RandomGenerator random();

    /**
     * Does nothing for a while.
     *
     * @param time how long; nothing is awaited if it is not positive
     * @throws InterruptedException if the thread was interrupted
     */
    void sleep(Duration time) throws InterruptedException;

    /**
     * A pool of daemon threads, made when they are needed.
     *
     * @param name the beginning of their names
     * @param threads the most that there are at once, at least 1
     * @param waiting holds the tasks that wait for a thread, in the order in which they get one; empty
     * @return the pool; the caller shuts it down
     */
    ExecutorService pool(String name, int threads, BlockingQueue<Runnable> waiting);

    /**
     * Waits, as {@link Object#wait(long)} does, until somebody calls {@link #wakeAll}, for a time at most, or for no reason.
     *
     * @param monitor what the calling thread holds, and does not hold meanwhile
     * @param nanos the longest wait; nothing is awaited if it is not positive
     * @throws InterruptedException if the thread was interrupted
     */
    void await(Object monitor, long nanos) throws InterruptedException;

    /**
     * Wakes all who {@linkplain #await wait} for a monitor.
     *
     * @param monitor what the calling thread holds
     */
    void wakeAll(Object monitor);

    /**
     * Interrupts a thread, wherever it waits.
     *
     * @param thread the thread
     */
    void interrupt(Thread thread);

    /**
     * Waits for a future.
     *
     * @param future the future
     * @param nanos the longest wait
     * @return its result
     * @param <T> the type of the result
     * @throws ExecutionException if it has failed
     * @throws TimeoutException if it took too long
     * @throws InterruptedException if the thread was interrupted
     */
    <T> T get(CompletableFuture<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException;
}
