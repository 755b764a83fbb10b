package dev.contraflow.internal.run;

import dev.contraflow.spi.RunThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * The threads of one run, whose time of day never jumps: it begins with the run, and goes on from there as {@link #nanoTime} does. So what is
 * told of a run fits together, whatever is done to the clock meanwhile. Thread-safe.
 */
final class SteadyThreads implements RunThreads {
    private final RunThreads threads;
    private final Instant begin;
    private final long beginNanos;

    SteadyThreads(RunThreads threads, Instant begin) {
        this.threads = threads;
        this.begin = begin;
        this.beginNanos = threads.nanoTime();
    }

    @Override
    public Instant now() {
        return begin.plusNanos(threads.nanoTime() - beginNanos);
    }

    @Override
    public String process() {
        return threads.process();
    }

    @Override
    public boolean isAlive(String process) {
        return threads.isAlive(process);
    }

    @Override
    public long nanoTime() {
        return threads.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return threads.random();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        threads.sleep(time);
    }

    @Override
    public ExecutorService pool(String name, int most, BlockingQueue<Runnable> waiting) {
        return threads.pool(name, most, waiting);
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
        threads.await(monitor, nanos);
    }

    @Override
    public void wakeAll(Object monitor) {
        threads.wakeAll(monitor);
    }

    @Override
    public void interrupt(Thread thread) {
        threads.interrupt(thread);
    }

    @Override
    public <T> T get(CompletableFuture<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        return threads.get(future, nanos);
    }
}
