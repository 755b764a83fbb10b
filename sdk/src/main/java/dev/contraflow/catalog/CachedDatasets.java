package dev.contraflow.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.ForwardingContent;
import dev.contraflow.io.Grant;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.spi.Freezer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Datasets that remember what was loaded or saved last, so that it is not read from its storage again: the kind {@code cached}, Kedro's {@code
 * CachedDataset}. A save writes the storage first and remembers then. Releasing forgets.
 *
 * <p>Of a file the bytes are remembered, outside of the run's memory budget, and each load decodes them anew, so that no two loads share a
 * value. Of any other dataset the value is remembered, if it can be frozen; what cannot be vouched for is loaded again, and so are
 * {@link dev.contraflow.Rows}, of files too, since memory may not hold them. A cached dataset is
 * persistent, exact, versioned and so on as what it wraps (other than in Kedro, where it counts as not persistent). As thread-safe as what is
 * wrapped.
 */
public final class CachedDatasets {
    private CachedDatasets() {}

    /**
     * Wraps a dataset.
     *
     * @param ref its name and type
     * @param inner the dataset; it stays the caller's
     * @return the cached dataset, an {@link EncodedDataset} if {@code inner} is one
     */
    public static <T> Dataset<T> cached(DatasetRef<T> ref, Dataset<T> inner) {
        return inner instanceof EncodedDataset<T> encoded ? new CachedBytes<>(encoded) : new CachedValue<>(ref, inner);
    }

    /** What is remembered. What was read before a save is not remembered after it. */
    private static final class Memory<V> {
        private @Nullable V value;
        private long saves;

        synchronized @Nullable V value() {
            return value;
        }

        synchronized long saves() {
            return saves;
        }

        synchronized void loaded(V loaded, long savesBefore) {
            if (saves == savesBefore) {
                value = loaded;
            }
        }

        synchronized void saved(@Nullable V saved) {
            saves++;
            value = saved;
        }
    }

    /** Around a dataset whose steps can be done apart. */
    private static final class CachedBytes<T> extends ForwardingEncodedDataset<T> {
        private final Memory<Content> memory = new Memory<>();

        CachedBytes(EncodedDataset<T> inner) {
            super(inner);
        }

        @Override
        public Content fetch(Grant grant) throws IOException {
            if (isStreamed()) {
                return super.fetch(grant);
            }
            Content known = memory.value();
            if (known != null) {
                return new View(known);
            }
            long saves = memory.saves();
            Content content = super.fetch(grant);
            try {
                Content copy = copyOf(content);
                if (copy != null) {
                    memory.loaded(copy, saves);
                }
                return content;
            } catch (IOException | RuntimeException | Error e) {
                content.close();
                throw e;
            }
        }

        @Override
        public PendingWrite beginWrite(WriteSpec spec) throws IOException {
            PendingWrite write = super.beginWrite(spec);
            return isStreamed() ? write : new RememberingWrite(write, memory);
        }

        @Override
        public boolean exists() throws IOException {
            return memory.value() != null || super.exists();
        }

        @Override
        public void release() {
            memory.saved(null);
            super.release();
        }
    }

    /** The bytes outside of every budget, or null if there are more than an array holds. */
    private static @Nullable Content copyOf(Content content) throws IOException {
        if (content.size() > Integer.MAX_VALUE - 16) {
            return null;
        }
        try (InputStream in = content.open()) {
            return Content.of(in.readAllBytes());
        }
    }

    /** What is remembered, for one reader. Closing it leaves the bytes to the others. */
    private static final class View extends ForwardingContent {
        private volatile boolean closed;

        View(Content bytes) {
            super(bytes);
        }

        @Override
        public InputStream open(long offset, long length) throws IOException {
            if (closed) {
                throw new IllegalStateException("The content is closed");
            }
            return super.open(offset, length);
        }

        @Override
        public long memoryBytes() {
            return 0; // no budget gave them
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class RememberingWrite implements PendingWrite {
        private final PendingWrite inner;
        private final Memory<Content> memory;
        private @Nullable Content sent;

        RememberingWrite(PendingWrite inner, Memory<Content> memory) {
            this.inner = inner;
            this.memory = memory;
        }

        @Override
        public void transfer(Content content) throws IOException {
            inner.transfer(content);
            sent = content;
        }

        @Override
        public Stored commit() throws IOException {
            Content content = sent;
            Content copy = content == null ? null : copyOf(content);
            Stored stored;
            try {
                stored = inner.commit();
            } catch (IOException | RuntimeException | Error e) {
                memory.saved(null); // whether the old bytes stand is not known in every case
                throw e;
            }
            boolean isThis = content != null && stored.sha256().equals(content.sha256());
            memory.saved(isThis ? copy : null);
            return stored;
        }

        @Override
        public void close() throws IOException {
            sent = null;
            inner.close();
        }
    }

    /** Around a dataset that can only load and save. */
    private static final class CachedValue<T> extends ForwardingDataset<T> {
        private final DatasetRef<T> ref;
        private final Memory<T> memory = new Memory<>();

        CachedValue(DatasetRef<T> ref, Dataset<T> inner) {
            super(inner);
            this.ref = Objects.requireNonNull(ref, "ref is null");
        }

        @Override
        public T load() throws IOException {
            T known = memory.value();
            if (known != null) {
                return known;
            }
            long saves = memory.saves();
            T loaded = super.load();
            T frozen = frozen(loaded);
            if (frozen != null) {
                memory.loaded(frozen, saves);
                return frozen;
            }
            return loaded;
        }

        @Override
        public void save(T value) throws IOException {
            T frozen = isExact() ? frozen(value) : null; // else a load would give another value than is stored
            memory.saved(null);
            super.save(value);
            memory.saved(frozen);
        }

        @SuppressWarnings("unchecked") // a frozen value fits the type of its ref
        private @Nullable T frozen(T value) {
            return (T) Freezer.freeze(value, ref.type());
        }

        @Override
        public boolean exists() throws IOException {
            return memory.value() != null || super.exists();
        }

        @Override
        public void release() {
            memory.saved(null);
            super.release();
        }
    }
}
