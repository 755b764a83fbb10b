package dev.contraflow.testkit;

import dev.contraflow.spi.RunThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and deterministic threads for whole runs: production code runs on it unchanged, through {@link RunThreads}. Of all threads of a
 * simulation one goes on at a time; where it waits, a seed decides which other one goes on, and when all wait the time jumps to the next
 * moment at which somebody wants to wake. So a run that takes hours takes milliseconds, the same seed gives the same run, different seeds give
 * different interleavings, and a run in which nobody can ever go on is found: {@link StuckException} says who waits where. The idea is that of
 * FoundationDB's simulator (Zhou et al., SIGMOD 2021), applied to threads.
 *
 * <p>Code that waits in another way than through {@link RunThreads} stops the whole simulation while it does. Use one for one run.
 */
public final class Simulation implements RunThreads {
    private static final Instant BEGIN = Instant.parse("2024-01-15T10:30:00Z");
    private static final long REAL_SECONDS = 60;

    private static final AtomicLong STARTED = new AtomicLong();

    private final long number = STARTED.incrementAndGet();
    private final SplittableRandom random;
    private final SplittableRandom randomOfRuns;
    private final Executor carriers;
    private final List<SimulatedThread> threads = new ArrayList<>(); // guarded by this, as all below
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long now; // nanoseconds since the begin
    private long switches;
    private long trace = 17; // a hash of who went on when
    private int made;
    private @Nullable Error broken; // thrown by whoever waits from now on

    /**
     * @param seed which interleaving
     * @param carriers gives each simulated thread a real one, at once and without a bound; the caller's
     */
    public Simulation(long seed, Executor carriers) {
        this.random = new SplittableRandom(seed);
        this.randomOfRuns = random.split();
        this.carriers = Objects.requireNonNull(carriers, "carriers is null");
    }

    /** Every thread waits, and nothing is going to wake one. */
    public static final class StuckException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StuckException(String message) {
            super(message);
        }
    }

    /** The simulated process is gone: thrown at whoever waits or asks the storage, until all threads have ended. */
    public static final class CrashError extends Error {
        private static final long serialVersionUID = 1L;

        CrashError() {
            super("the simulated process has been killed", null, false, false);
        }
    }

    private static final class StuckError extends Error {
        private static final long serialVersionUID = 1L;

        StuckError(String message) {
            super(message);
        }
    }

    /**
     * Runs something on a simulated thread, and returns when it and all other simulated threads have ended.
     *
     * @param main what is run
     * @return its result
     * @param <T> the type of the result
     * @throws CrashError if the simulated process was {@linkplain #crash killed}
     * @throws StuckException if every thread waits and nothing is going to wake one
     * @throws Exception whatever {@code main} throws
     */
    public <T> T run(Callable<T> main) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        SimulatedThread first = spawn("main", () -> {
            try {
                result.complete(main.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        first.goOn();
        try {
            ended.get(REAL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("a simulated thread waits outside of the simulation:\n" + describe(), e);
        }
        Error why = broken();
        if (why instanceof StuckError) {
            throw new StuckException(String.valueOf(why.getMessage()));
        }
        if (why != null) {
            throw why;
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) e.getCause();
        }
    }

    /** @return how much virtual time has passed */
    public synchronized Duration elapsed() {
        return Duration.ofNanos(now);
    }

    /** @return a hash of which thread went on when: two runs of one seed have the same */
    public synchronized long trace() {
        return trace;
    }

    /** @return how often another thread went on */
    public synchronized long switches() {
        return switches;
    }

    /** Kills the simulated process: nobody gets anything done any more. The calling thread dies first. */
    public void crash() {
        crashNow();
        throw new CrashError();
    }

    private synchronized void crashNow() {
        end(new CrashError());
    }

    /** @return whether the simulated process was killed, or is stuck */
    public synchronized boolean isOver() {
        return broken != null;
    }

    /** Whether the calling thread is one of this simulation. */
    boolean isSimulated() {
        return current() != null;
    }

    private synchronized @Nullable Error broken() {
        return broken;
    }

    private void end(Error why) {
        if (broken == null) {
            broken = why;
            threads.forEach(SimulatedThread::wake);
        }
    }

    /** Lets others go on, if there are some; otherwise goes on at once. */
    public void letOthersGoOn() {
        SimulatedThread me = current();
        if (me != null) {
            me.dieIfOver();
            me.block(0, null);
            me.dieIfOver();
        }
    }

    // ---- RunThreads

    @Override
    public synchronized Instant now() {
        return BEGIN.plusNanos(now);
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public String process() {
        return "simulated " + number;
    }

    /** No other simulated process goes on at the same time. */
    @Override
    public boolean isAlive(String process) {
        return process.equals(process()) && !isOver();
    }

    /** One of the simulated threads goes on at a time, so they can share one. */
    @Override
    public RandomGenerator random() {
        return randomOfRuns;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        SimulatedThread me = needCurrent();
        me.throwIfInterrupted();
        long until = deadline(time.toNanos());
        while (nanoTime() < until) {
            me.block(until, null);
            me.throwIfInterrupted();
        }
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
        SimulatedThread me = needCurrent();
        me.throwIfInterrupted();
        if (nanos > 0) {
            me.block(deadline(nanos), monitor);
        }
        me.throwIfInterrupted();
    }

    @Override
    public synchronized void wakeAll(Object monitor) {
        threads.stream().filter(thread -> thread.monitor == monitor).forEach(SimulatedThread::wake);
    }

    @Override
    public void interrupt(Thread thread) {
        if (thread == Thread.currentThread()) {
            thread.interrupt();
            return;
        }
        synchronized (this) {
            threads.stream().filter(known -> known.carrier == thread).forEach(this::interrupt);
        }
    }

    /** It notices when it goes on. */
    synchronized void interrupt(SimulatedThread thread) {
        thread.isInterrupted = true;
        thread.wake();
    }

    @Override
    public <T> T get(CompletableFuture<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        awaitDone(future, nanos);
        return future.get();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it only wakes
    private void awaitDone(CompletableFuture<?> future, long nanos) throws InterruptedException, TimeoutException {
        SimulatedThread me = needCurrent();
        me.throwIfInterrupted();
        long until = deadline(nanos);
        if (!future.isDone()) {
            future.whenComplete((done, failure) -> wake(me));
        }
        while (!future.isDone()) {
            if (nanoTime() >= until) {
                throw new TimeoutException();
            }
            me.block(until, null);
            me.throwIfInterrupted();
        }
    }

    @Override
    public ExecutorService pool(String name, int threadCount, BlockingQueue<Runnable> waiting) {
        return new SimulatedPool(this, name, threadCount, waiting);
    }

    private synchronized long deadline(long nanos) {
        long until = now + nanos;
        return until < now ? Long.MAX_VALUE : until;
    }

    synchronized void wake(SimulatedThread thread) {
        thread.wake();
    }

    // ---- threads

    SimulatedThread spawn(String name, Runnable body) {
        SimulatedThread thread;
        synchronized (this) {
            made++;
            thread = new SimulatedThread(name + "#" + made, made);
            threads.add(thread);
        }
        carriers.execute(() -> thread.carry(body));
        return thread;
    }

    @Nullable
    SimulatedThread current() {
        Thread real = Thread.currentThread();
        synchronized (this) {
            return threads.stream()
                    .filter(thread -> thread.carrier == real)
                    .findFirst()
                    .orElse(null);
        }
    }

    private SimulatedThread needCurrent() {
        SimulatedThread current = current();
        if (current == null) {
            throw new IllegalStateException(
                    "Thread '" + Thread.currentThread().getName() + "' is not one of the simulation");
        }
        return current;
    }

    /** Who goes on next; null if all threads have ended. */
    private synchronized @Nullable SimulatedThread next() {
        if (threads.isEmpty()) {
            ended.complete(null);
            return null;
        }
        List<SimulatedThread> ready = ready();
        if (ready.isEmpty()) {
            long soonest =
                    threads.stream().mapToLong(thread -> thread.until).min().orElseThrow();
            if (soonest == Long.MAX_VALUE) {
                end(new StuckError("nobody can go on at " + elapsed() + ":\n" + describe()));
            } else {
                now = soonest;
                threads.stream().filter(thread -> thread.until <= now).forEach(SimulatedThread::wake);
            }
            ready = ready();
        }
        SimulatedThread chosen = ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
        chosen.isReady = false;
        switches++;
        trace = trace * 31 + chosen.number * 1_000_003L + now;
        return chosen;
    }

    private List<SimulatedThread> ready() {
        return threads.stream().filter(thread -> thread.isReady).toList();
    }

    private synchronized String describe() {
        StringBuilder text = new StringBuilder();
        for (SimulatedThread thread : threads) {
            text.append(thread.name)
                    .append(thread.isReady ? " is ready" : " waits")
                    .append('\n');
            Thread carrier = thread.carrier;
            if (carrier != null) {
                for (StackTraceElement at : carrier.getStackTrace()) {
                    text.append("    at ").append(at).append('\n');
                }
            }
        }
        return text.toString();
    }

    /** A thread of the simulation. Its fields are guarded by the simulation. */
    final class SimulatedThread {
        private final String name;
        private final int number;
        private final Semaphore turn = new Semaphore(0);
        private volatile @Nullable Thread carrier;
        private volatile boolean hasTurn; // for who waits with a monitor
        private boolean isReady;
        private boolean isInterrupted; // and has not noticed it yet
        private long until = Long.MAX_VALUE;
        private @Nullable Object monitor;

        SimulatedThread(String name, int number) {
            this.name = name;
            this.number = number;
            this.isReady = true;
        }

        private void carry(Runnable body) {
            carrier = Thread.currentThread();
            turn.acquireUninterruptibly();
            try {
                noticeInterrupt();
                if (!isOver()) {
                    body.run();
                }
            } finally {
                Thread.interrupted(); // the carrier is used again
                synchronized (Simulation.this) {
                    threads.remove(this);
                }
                passOn();
            }
        }

        private void passOn() {
            SimulatedThread next = next();
            if (next != null) {
                next.goOn();
            }
        }

        void goOn() {
            Object waitsWith;
            synchronized (Simulation.this) {
                isReady = false;
                waitsWith = monitor;
            }
            if (waitsWith == null) {
                turn.release();
            } else {
                wakeForReal(waitsWith);
            }
        }

        /**
         * Gives it the turn with its monitor in hand: if it could see before that it has the turn, it might wait for a monitor that this
         * thread still holds, while this thread waits for its.
         */
        private void wakeForReal(Object waitsWith) {
            synchronized (waitsWith) {
                hasTurn = true;
                waitsWith.notifyAll();
            }
        }

        /** Called with the simulation locked. */
        void wake() {
            isReady = true;
            until = Long.MAX_VALUE;
        }

        /** Lets the others go on until somebody wakes this one, or the time has come. */
        void block(long at, @Nullable Object heldMonitor) {
            synchronized (Simulation.this) {
                if (broken != null) {
                    return; // who asks dies of it
                }
                hasTurn = false;
                monitor = heldMonitor;
                until = at;
                isReady = at <= now;
            }
            SimulatedThread next = Objects.requireNonNull(next());
            if (next == this) {
                hasTurn = true;
            } else {
                next.goOn();
                awaitTurn(heldMonitor);
            }
            synchronized (Simulation.this) {
                monitor = null;
                until = Long.MAX_VALUE;
            }
            noticeInterrupt();
        }

        private void noticeInterrupt() {
            synchronized (Simulation.this) {
                if (isInterrupted) {
                    isInterrupted = false;
                    Thread.currentThread().interrupt();
                }
            }
        }

        @SuppressWarnings("WaitNotInLoop")
        private void awaitTurn(@Nullable Object heldMonitor) {
            if (heldMonitor == null) {
                turn.acquireUninterruptibly();
                return;
            }
            boolean wasInterrupted = false;
            while (!hasTurn) {
                try {
                    heldMonitor.wait();
                } catch (InterruptedException e) { // by somebody outside of the simulation
                    wasInterrupted = true;
                }
            }
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void throwIfInterrupted() throws InterruptedException {
            dieIfOver();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }

        private void dieIfOver() {
            Error why = broken();
            if (why != null) {
                throw why;
            }
        }
    }
}
