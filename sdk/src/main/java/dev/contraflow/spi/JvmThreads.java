package dev.contraflow.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Real time and real threads. Stateless. */
enum JvmThreads implements RunThreads {
    INSTANCE;

    private static final int SECONDS_UNUSED = 5;
    private static final Pattern NUMBER = Pattern.compile("^(\\d{1,18})@");

    @Override
    public String process() {
        return identity(ProcessHandle.current());
    }

    @Override
    public boolean isAlive(String process) {
        Matcher number = NUMBER.matcher(process);
        return number.find()
                && ProcessHandle.of(Long.parseLong(number.group(1)))
                        .filter(there -> there.isAlive() && identity(there).equals(process))
                        .isPresent();
    }

    private static String identity(ProcessHandle process) {
        String host = System.getenv().getOrDefault("HOSTNAME", System.getenv().getOrDefault("COMPUTERNAME", ""));
        return process.pid() + "@" + host + " since "
                + process.info().startInstant().map(Instant::toString).orElse("?");
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return ThreadLocalRandom.current();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public ExecutorService pool(String name, int threads, BlockingQueue<Runnable> waiting) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, SECONDS_UNUSED, TimeUnit.SECONDS, waiting, task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
    }

    @Override
    @SuppressWarnings("NotifyAllNotGuarded")
    public void wakeAll(Object monitor) {
        monitor.notifyAll();
    }

    @Override
    public void interrupt(Thread thread) {
        thread.interrupt();
    }

    @Override
    public <T> T get(CompletableFuture<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(nanos, TimeUnit.NANOSECONDS);
    }
}
