package dev.contraflow.testkit;

import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A storage whose calls go as a test says: they fail, or are held until the test lets them go. What is said of an object and a call holds for
 * its next calls, until it is said otherwise. It counts reads, commits and open writes. The objects stand in another storage, which it closes.
 * Thread-safe.
 */
public final class ScriptedStorage implements Storage {
    /** The calls that can be scripted. */
    public enum Call {
        /** {@link Storage#read}. */
        READ,
        /** {@link PendingWrite#transfer}. */
        TRANSFER,
        /** {@link PendingWrite#commit}. */
        COMMIT
    }

    private record Moment(String object, Call call) {}

    private final Storage inner;
    private final Map<Moment, Script> scripts = new ConcurrentHashMap<>();
    private final Map<Moment, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final AtomicInteger openWrites = new AtomicInteger();
    private final AtomicInteger openContents = new AtomicInteger();

    /** @param inner where the objects stand; closed with this storage */
    public ScriptedStorage(Storage inner) {
        this.inner = Objects.requireNonNull(inner, "inner is null");
    }

    /** What happens at a call. */
    @FunctionalInterface
    private interface Script {
        void play(Location at) throws IOException;
    }

    /**
     * Lets a call fail with a {@link StorageException}.
     *
     * @param at the object
     * @param call the call
     * @param attempts the attempts that the exception names
     * @param message its message
     */
    public void fail(Location at, Call call, int attempts, String message) {
        scripts.put(new Moment(at.toString(), call), location -> {
            throw new StorageException(message, location, attempts, null);
        });
    }

    /**
     * Lets a call throw what no storage should throw.
     *
     * @param at the object
     * @param call the call
     * @param problem a {@link RuntimeException} or an {@link Error}
     * @throws IllegalArgumentException if it is something else
     */
    public void fail(Location at, Call call, Throwable problem) {
        if (!(problem instanceof RuntimeException || problem instanceof Error)) {
            throw new IllegalArgumentException("neither a RuntimeException nor an Error: " + problem);
        }
        scripts.put(new Moment(at.toString(), call), location -> {
            if (problem instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) problem;
        });
    }

    /**
     * Lets a call fail once; after that it goes well.
     *
     * @param at the object
     * @param call the call
     * @param problem what it throws
     */
    public void failOnce(Location at, Call call, IOException problem) {
        Moment moment = new Moment(at.toString(), call);
        scripts.put(moment, location -> {
            scripts.remove(moment);
            throw problem;
        });
    }

    /**
     * Holds a call until it is let go. An interrupt ends it with an {@link InterruptedIOException}, as the storage contract says.
     *
     * @param at the object
     * @param call the call
     * @return what holds it
     */
    public Hold hold(Location at, Call call) {
        Hold hold = new Hold(Answer.GIVES_WAY);
        scripts.put(new Moment(at.toString(), call), hold::play);
        return hold;
    }

    /**
     * Holds a call, and an interrupt does not end it: a socket that hangs.
     *
     * @param at the object
     * @param call the call
     * @return what holds it
     */
    public Hold holdAgainstInterrupts(Location at, Call call) {
        Hold hold = new Hold(Answer.STAYS);
        scripts.put(new Moment(at.toString(), call), hold::play);
        return hold;
    }

    /**
     * @param at an object
     * @param call a call
     * @return how often it was made, well or not
     */
    public int count(Location at, Call call) {
        return counter(at, call).get();
    }

    /** @return how many writes are begun and not closed */
    public int openWrites() {
        return openWrites.get();
    }

    private AtomicInteger counter(Location at, Call call) {
        return counts.computeIfAbsent(new Moment(at.toString(), call), moment -> new AtomicInteger());
    }

    private void play(Location at, Call call) throws IOException {
        counter(at, call).incrementAndGet();
        Script script = scripts.get(new Moment(at.toString(), call));
        if (script != null) {
            script.play(at);
        }
    }

    private enum Answer {
        GIVES_WAY,
        STAYS
    }

    /** A call that is held. Thread-safe. */
    public static final class Hold {
        private static final int DEADLINE_SECONDS = 30;

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final Answer answer;
        private volatile @Nullable String failure;

        private Hold(Answer answer) {
            this.answer = answer;
        }

        /**
         * Waits until the call has been made.
         *
         * @throws AssertionError if it is not made within 30 seconds
         * @throws InterruptedException if the thread was interrupted
         */
        public void awaitReached() throws InterruptedException {
            if (!reached.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the call to be held was not made");
            }
        }

        /** @return whether the call has been made and not been let go */
        public boolean isHolding() {
            return reached.getCount() == 0 && released.getCount() > 0;
        }

        /** Lets the call go, and all later ones. */
        public void release() {
            released.countDown();
        }

        /**
         * Lets the call go with a {@link StorageException}, and all later ones.
         *
         * @param message its message
         */
        public void releaseFailing(String message) {
            failure = message;
            released.countDown();
        }

        private void play(Location at) throws IOException {
            await(at);
            String message = failure;
            if (message != null) {
                throw new StorageException(message, at, 1, null);
            }
        }

        private void await(Location at) throws IOException {
            reached.countDown();
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        if (!released.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                            throw new StorageException("held and never let go", at, 1, null);
                        }
                        return;
                    } catch (InterruptedException e) {
                        interrupted = true;
                        if (answer == Answer.GIVES_WAY) {
                            throw (IOException) new InterruptedIOException("interrupted at " + at).initCause(e);
                        }
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** @return how many contents that were read, and streams of them, are open */
    public int openContents() {
        return openContents.get();
    }

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        play(at, Call.READ);
        return new CountedContent(inner.read(at, memory), openContents);
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        PendingWrite write = inner.create(at, spec);
        openWrites.incrementAndGet();
        return new ScriptedWrite(at, write);
    }

    @Override
    public Optional<ObjectInfo> info(Location at) throws IOException {
        return inner.info(at);
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        return inner.list(prefix);
    }

    @Override
    public void delete(Location at) throws IOException {
        inner.delete(at);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    private final class ScriptedWrite implements PendingWrite {
        private final Location at;
        private @Nullable PendingWrite write; // null once closed

        ScriptedWrite(Location at, PendingWrite write) {
            this.at = at;
            this.write = write;
        }

        private PendingWrite open() {
            PendingWrite open = write;
            if (open == null) {
                throw new IllegalStateException("The write to " + at + " is closed");
            }
            return open;
        }

        @Override
        public void transfer(Content content) throws IOException {
            play(at, Call.TRANSFER);
            open().transfer(content);
        }

        @Override
        public Stored commit() throws IOException {
            play(at, Call.COMMIT);
            return open().commit();
        }

        @Override
        public void close() throws IOException {
            PendingWrite open = write;
            if (open != null) {
                write = null;
                open.close();
                openWrites.decrementAndGet();
            }
        }
    }
}
