package dev.contraflow.internal.catalog;

import dev.contraflow.internal.Reason;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The storages that a catalog has opened and owns: one for each scheme, options and credentials. Thread-safe. */
public final class Storages implements AutoCloseable {
    /**
     * What storages are shared by.
     *
     * @param scheme the scheme
     * @param options the effective options
     * @param credentials the name of the credentials, empty for none
     */
    public record Key(String scheme, Map<String, @Nullable Object> options, String credentials) {}

    private final Map<Key, Storage> opened = new LinkedHashMap<>();
    private boolean closed;

    /**
     * The storage for a key, opened if it is the first to ask.
     *
     * @param key what it is shared by
     * @param provider opens it
     * @param config makes what it is opened with
     * @return the storage, which stays owned by this object
     * @throws IllegalStateException after close
     */
    public synchronized Storage open(Key key, StorageProvider provider, Supplier<StorageConfig> config) {
        checkOpen();
        Storage storage = opened.get(key);
        if (storage == null) {
            storage = provider.open(config.get());
            opened.put(key, storage);
        }
        return storage;
    }

    /** Throws if it is closed. */
    public synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The catalog is closed");
        }
    }

    /** Closes all storages, also if one of them fails. Calling it again does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        UncheckedIOException failure = null;
        for (Map.Entry<Key, Storage> entry : opened.entrySet()) {
            try {
                entry.getValue().close();
            } catch (IOException | RuntimeException e) {
                if (failure == null) {
                    failure = new UncheckedIOException(
                            "Cannot close the storage for '" + entry.getKey().scheme() + "': " + Reason.of(e) + ".",
                            e instanceof IOException io ? io : new IOException(e));
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        opened.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
