package dev.contraflow.formats.core;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * Datasets that take longer to load and save, for trying out what a pipeline gains from I/O in the background. Loading waits before the bytes
 * are fetched, saving before they are transferred; {@code exists}, {@code encode}, {@code decode} and {@code describe} do not wait. A wait ends
 * with an {@link InterruptedIOException} when its thread is interrupted, and the flag stays set; nothing was read or sent then.
 *
 * <p>The wrapped dataset's power to be encoded is kept. As thread-safe as what is wrapped.
 */
public final class SlowDatasets {
    private SlowDatasets() {}

    /**
     * Wraps a dataset.
     *
     * @param inner the dataset; it stays the caller's
     * @param loadDelay how long a load waits first, not negative
     * @param saveDelay how long a save waits first, not negative
     * @return the slow dataset, an {@link EncodedDataset} if {@code inner} is one
     * @throws IllegalArgumentException if a delay is negative
     */
    public static <T> Dataset<T> slow(Dataset<T> inner, Duration loadDelay, Duration saveDelay) {
        return inner instanceof EncodedDataset<T> encoded
                ? slow(encoded, loadDelay, saveDelay)
                : new SlowOpaque<>(inner, new Delays(loadDelay, saveDelay, Pause.SLEEP));
    }

    /**
     * Wraps a dataset that can be encoded.
     *
     * @param inner the dataset; it stays the caller's
     * @param loadDelay how long a fetch waits first, not negative
     * @param saveDelay how long a transfer waits first, not negative
     * @return the slow dataset
     * @throws IllegalArgumentException if a delay is negative
     */
    public static <T> EncodedDataset<T> slow(EncodedDataset<T> inner, Duration loadDelay, Duration saveDelay) {
        return new SlowEncoded<>(inner, new Delays(loadDelay, saveDelay, Pause.SLEEP));
    }

    /** Waits; tests do not. */
    @FunctionalInterface
    interface Pause {
        /** The real one. */
        Pause SLEEP = Pause::sleep;

        void pause(Duration delay) throws InterruptedIOException;

        private static void sleep(Duration delay) throws InterruptedIOException {
            try {
                Thread.sleep(delay.toMillis(), delay.toNanosPart() % 1_000_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted =
                        new InterruptedIOException("Interrupted while a slow dataset waited for " + delay);
                interrupted.initCause(e);
                throw interrupted;
            }
        }
    }

    /** The two delays and how to wait for them. */
    record Delays(Duration load, Duration save, Pause pause) {
        Delays {
            if (load.isNegative() || save.isNegative()) {
                throw new IllegalArgumentException("A delay is negative: load " + load + ", save " + save);
            }
        }

        void beforeLoad() throws InterruptedIOException {
            pause.pause(load);
        }

        void beforeSave() throws InterruptedIOException {
            pause.pause(save);
        }
    }

    /** Around a dataset that can only load and save. */
    static final class SlowOpaque<T> extends ForwardingDataset<T> {
        private final Delays delays;

        SlowOpaque(Dataset<T> inner, Delays delays) {
            super(inner);
            this.delays = delays;
        }

        @Override
        public T load() throws IOException {
            delays.beforeLoad();
            return super.load();
        }

        @Override
        public void save(T value) throws IOException {
            delays.beforeSave();
            super.save(value);
        }
    }

    /** Around a dataset whose steps can be done apart. */
    static final class SlowEncoded<T> extends ForwardingEncodedDataset<T> {
        private final Delays delays;

        SlowEncoded(EncodedDataset<T> inner, Delays delays) {
            super(inner);
            this.delays = delays;
        }

        @Override
        public Content fetch(Grant memory) throws IOException {
            delays.beforeLoad();
            return super.fetch(memory);
        }

        @Override
        public PendingWrite beginWrite(WriteSpec spec) throws IOException {
            return new SlowWrite(super.beginWrite(spec), delays);
        }
    }

    private record SlowWrite(PendingWrite inner, Delays delays) implements PendingWrite {
        @Override
        public void transfer(Content content) throws IOException {
            delays.beforeSave();
            inner.transfer(content);
        }

        @Override
        public Stored commit() throws IOException {
            return inner.commit();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }
}
