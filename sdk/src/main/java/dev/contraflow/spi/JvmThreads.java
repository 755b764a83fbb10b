package dev.contraflow.spi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
    private static final Pattern IDENTITY = Pattern.compile("(\\d{1,18})@.* since (.*)");
    private static final String UNKNOWN = "?";
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int BOOT_DIGITS = 8;
    private static final int START_FIELD = 19; // of those behind the name of the command, which may hold anything

    /** Once, so that it stays what it is, whatever the host is called later. */
    private static final String OWN =
            ProcessHandle.current().pid() + "@" + host() + " since " + start(ProcessHandle.current());

    @Override
    public String process() {
        return OWN;
    }

    @Override
    public boolean isAlive(String process) {
        Matcher known = IDENTITY.matcher(process);
        return known.matches()
                && ProcessHandle.of(Long.parseLong(known.group(1)))
                        .filter(there -> there.isAlive() && mayHaveStarted(there, known.group(2)))
                        .isPresent();
    }

    /** By the start alone: processes of one machine may know it by several names. What nobody knows makes no process dead. */
    private static boolean mayHaveStarted(ProcessHandle process, String known) {
        String start = start(process);
        return start.equals(known) || start.equals(UNKNOWN) || known.equals(UNKNOWN);
    }

    /** Nobody is asked over a network: that may take seconds. */
    private static String host() {
        return text(HOST)
                .or(() -> Optional.ofNullable(System.getenv("COMPUTERNAME")))
                .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
                .filter(name -> !name.isBlank())
                .orElse(UNKNOWN);
    }

    /** On Linux the JVM adds the uptime to a time of boot that moves when the clock is put: two processes would not agree on it. */
    private static String start(ProcessHandle process) {
        Optional<String> boot = text(BOOT).filter(id -> id.length() > BOOT_DIGITS);
        return text(Path.of("/proc/" + process.pid() + "/stat"))
                .map(stat -> stat.substring(stat.lastIndexOf(')') + 1).strip().split(" "))
                .filter(fields -> fields.length > START_FIELD && boot.isPresent())
                .map(fields ->
                        "tick " + fields[START_FIELD] + " of boot " + boot.get().substring(0, BOOT_DIGITS))
                .or(() -> process.info().startInstant().map(Instant::toString))
                .orElse(UNKNOWN);
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(
                    Files.readString(file, StandardCharsets.ISO_8859_1).strip());
        } catch (IOException e) {
            return Optional.empty(); // not this kind of system
        }
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
