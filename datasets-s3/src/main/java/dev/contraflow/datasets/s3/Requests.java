package dev.contraflow.datasets.s3;

import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.ExecutableHttpRequest;

/**
 * Runs requests: each attempt on a thread of the storage's own bounded pool, whose threads are the permits; a retry after a random pause in
 * which no thread waits; each attempt under a timeout, and each request with its queueing and retries under a deadline. What is under way
 * can be aborted, so a caller's interrupt does not wait for the network. Thread-safe.
 *
 * <p>The pauses are drawn from 0 to a bound that doubles from 100 ms to 20 s ("full jitter", AWS Architecture Blog, "Exponential Backoff And
 * Jitter").
 */
final class Requests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 20_000;
    /** How long a cancelled request may take to leave its thread: an abort closes the socket, only name look-ups take longer. */
    private static final Duration LEAVE = Duration.ofSeconds(10);

    private final S3Options options;
    private final Alarm alarm;
    private final PoolThreads own = new PoolThreads("contraflow-s3");
    private final ThreadPoolExecutor threads;
    private final Map<Thread, Attempt> running = new ConcurrentHashMap<>();
    private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Requests(S3Options options, Alarm alarm) {
        this.options = options;
        this.alarm = alarm;
        this.threads = new ThreadPoolExecutor(
                options.connections(), options.connections(), 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), own);
        threads.allowCoreThreadTimeOut(true);
    }

    /** What one attempt does. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        /** Sends the request; the number of the attempt is from 1. */
        T attempt(int number) throws IOException;
    }

    /** Sends a request and waits for its result. */
    <T extends @Nullable Object> T call(Location at, String what, long bytes, Work<T> work) throws IOException {
        return start(at, what, bytes, work, unused -> {}).await();
    }

    /**
     * Begins a request.
     *
     * @param at what it is about
     * @param what what it does, for messages: {@code read the object}
     * @param bytes how many bytes it moves
     * @param work sends it
     * @param discard gets a result that nobody waits for any more
     */
    <T extends @Nullable Object> Call<T> start(
            Location at, String what, long bytes, Work<T> work, Consumer<? super T> discard) {
        requireOpen();
        Call<T> call = new Call<>(at, what, bytes, work, discard);
        calls.add(call);
        call.enqueue();
        if (closed) { // it may have come after close() looked
            call.cancel();
        }
        return call;
    }

    /** Notes the HTTP request that the current thread's attempt is about to send, so that it can be aborted. */
    void sending(ExecutableHttpRequest request) {
        Attempt attempt = running.get(Thread.currentThread());
        if (attempt != null) {
            attempt.sending(request);
        }
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The storage is closed");
        }
    }

    /** Gives up what is under way, and begins nothing any more. Some threads may need a moment: {@link #awaitEnd}. */
    @Override
    public void close() {
        closed = true;
        calls.forEach(Call::cancel);
        threads.shutdown();
        alarm.close();
    }

    /** Waits, for a bounded time, until no thread is left; to be called after {@link #close}. Keeps the interrupt flag. */
    void awaitEnd() {
        own.awaitEnd();
        alarm.awaitEnd();
    }

    /** One try of a request. */
    private static final class Attempt {
        private @Nullable ExecutableHttpRequest request;
        private boolean aborted;
        private volatile boolean timedOut;

        synchronized void sending(ExecutableHttpRequest sent) {
            request = sent;
            if (aborted) {
                sent.abort();
            }
        }

        synchronized void abort() {
            aborted = true;
            if (request != null) {
                request.abort();
            }
        }

        void timeOut() {
            timedOut = true;
            abort();
        }
    }

    /** A request under way. */
    final class Call<T extends @Nullable Object> {
        private final Location at;
        private final String what;
        private final long bytes;
        private final Work<T> work;
        private final Consumer<? super T> discard;
        private final long deadline = alarm.nanoTime() + options.deadline().toNanos();
        private final CompletableFuture<@Nullable T> result = new CompletableFuture<>();
        private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
        private @Nullable Attempt attempt; // guarded by this
        private int attempts; // guarded by this
        private volatile @Nullable Throwable died;

        private Call(Location at, String what, long bytes, Work<T> work, Consumer<? super T> discard) {
            this.at = at;
            this.what = what;
            this.bytes = bytes;
            this.work = work;
            this.discard = discard;
        }

        private void enqueue() {
            try {
                threads.execute(this::run);
            } catch (RejectedExecutionException e) {
                cancel();
            } catch (Throwable e) { // an Error too: on the alarm's thread nobody would see it
                die(e);
                leave();
            }
        }

        private void run() {
            try {
                Duration pause = attempt();
                if (pause != null) {
                    alarm.afterPause(pause, this::enqueue);
                }
            } catch (Throwable e) { // an Error too, also one met while a failure is handled: nobody else ends it
                die(e);
                leave();
            }
        }

        /** One attempt; the pause after which there is another, or null if the request has ended. */
        private @Nullable Duration attempt() {
            Attempt now = new Attempt();
            int number;
            synchronized (this) {
                if (result.isDone()) {
                    return null;
                }
                attempt = now;
                number = ++attempts;
            }
            Duration left = left();
            boolean isCut = left.compareTo(options.attemptTimeout(bytes)) < 0;
            Duration timeout = isCut ? left : options.attemptTimeout(bytes);
            Runnable cancelTimeout = alarm.atTimeout(timeout, () -> timeOut(now));
            running.put(Thread.currentThread(), now);
            try {
                T value = work.attempt(number);
                if (!result.complete(value)) {
                    discard.accept(value);
                }
                return null;
            } catch (IOException | RuntimeException e) {
                return failed(number, now.timedOut ? new AttemptTimeoutException(timeout, isCut, e) : e);
            } finally {
                running.remove(Thread.currentThread());
                cancelTimeout.run();
                leave();
            }
        }

        private void timeOut(Attempt now) {
            try {
                now.timeOut();
            } catch (Throwable e) { // it could not be aborted; who waits for it need not wait for the server
                die(e);
            }
        }

        /** Ends the request with what must not happen. Needs no memory: there may be none left. */
        private void die(Throwable e) {
            if (!result.isDone()) {
                died = e;
                result.complete(null);
            }
        }

        /** The pause after which it is tried again, or null if it has failed. */
        private @Nullable Duration failed(int number, Exception e) {
            S3Failure failure = S3Failure.of(e, options, at);
            double bound = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * Math.pow(2, number - 1.0));
            Duration pause = Duration.ofNanos((long) (alarm.random() * bound * 1e6));
            boolean again = failure.isTransient()
                    && number < options.attempts()
                    && left().compareTo(pause) > 0
                    && !result.isDone();
            if (again) {
                return pause;
            }
            result.completeExceptionally(failure.toException(what, at, number));
            return null;
        }

        private void leave() {
            synchronized (this) {
                attempt = null;
            }
            if (result.isDone()) {
                calls.remove(this);
                ended.complete(null);
            }
        }

        private Duration left() {
            return Duration.ofNanos(Math.max(0, deadline - alarm.nanoTime()));
        }

        /** Ends the request as soon as possible; {@link #await} fails then. */
        void cancel() {
            Attempt now;
            synchronized (this) {
                result.completeExceptionally(new StorageException(
                        "cannot " + what + ": the storage was closed", at, Math.max(1, attempts), null));
                now = attempt;
            }
            if (now != null) {
                abort(now);
            } else {
                calls.remove(this);
                ended.complete(null);
            }
        }

        private void abort(Attempt now) {
            try {
                now.abort();
            } catch (Throwable e) { // an Error too: the others are still to be cancelled
                LOG.debug("The request at {} could not be aborted", at, e);
            }
        }

        /** The result. On an interrupt the request is aborted, and has left its thread when this returns. */
        T await() throws IOException {
            try {
                @Nullable T value = result.get(left().plus(LEAVE).toNanos(), TimeUnit.NANOSECONDS);
                Throwable error = died;
                if (error != null && value == null) { // else it came a moment before
                    throw rethrow(error);
                }
                return value;
            } catch (InterruptedException e) {
                cancel();
                awaitEnd();
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("interrupted at " + at);
                interrupted.initCause(e);
                throw interrupted;
            } catch (TimeoutException e) {
                cancel();
                throw tooLate(e);
            } catch (ExecutionException e) {
                throw rethrow(Objects.requireNonNull(e.getCause()));
            }
        }

        private synchronized GaveUpException tooLate(TimeoutException e) {
            String deadline = "the deadline of " + S3Failure.text(options.deadline());
            String why = attempts == 0
                    ? "no connection was free before " + deadline + ". Raise 'connections' or 'deadline'."
                    : "it did not end with " + deadline + ", though it was aborted. Look at the network.";
            return new GaveUpException("cannot " + what + ": " + why, at, Math.max(1, attempts), e);
        }

        /** Waits until no thread works on the request any more, also if the waiting thread is interrupted. */
        void awaitEnd() {
            boolean interrupted = Thread.interrupted();
            long until = System.nanoTime() + LEAVE.toNanos();
            while (true) {
                try {
                    ended.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | TimeoutException e) {
                    break; // it was aborted, and harms nobody when it wakes up
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private static IOException rethrow(Throwable cause) {
            if (cause instanceof IOException failure) {
                return failure;
            }
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            throw (Error) cause;
        }
    }
}
