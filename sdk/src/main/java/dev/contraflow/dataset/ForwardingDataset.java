package dev.contraflow.dataset;

import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * The base of wrappers around an opaque dataset: it passes every call on. Around an {@link EncodedDataset} use {@link
 * ForwardingEncodedDataset}, which keeps its powers. As thread-safe as what it wraps.
 *
 * @param <T> the type of the value
 */
public abstract class ForwardingDataset<T> implements Dataset<T> {
    private final Dataset<T> inner;

    /** @param inner the dataset that is wrapped; not an {@link EncodedDataset} unless the subclass forwards its powers */
    protected ForwardingDataset(Dataset<T> inner) {
        this.inner = Objects.requireNonNull(inner, "inner is null");
        if (inner instanceof EncodedDataset && !(this instanceof EncodedDataset)) {
            throw new IllegalArgumentException(getClass().getName()
                    + " would hide that the dataset it wraps can be encoded; extend ForwardingEncodedDataset");
        }
    }

    @Override
    public T load() throws IOException {
        return inner.load();
    }

    @Override
    public void save(T value) throws IOException {
        inner.save(value);
    }

    @Override
    public boolean exists() throws IOException {
        return inner.exists();
    }

    @Override
    public Optional<String> mark() throws IOException {
        return inner.mark();
    }

    @Override
    public Optional<ObjectInfo> saved() throws IOException {
        return inner.saved();
    }

    @Override
    public boolean isPersistent() {
        return inner.isPersistent();
    }

    @Override
    public Optional<Location> target() {
        return inner.target();
    }

    @Override
    public Optional<String> suffixOfFiles() {
        return inner.suffixOfFiles();
    }

    @Override
    public boolean isExact() {
        return inner.isExact();
    }

    @Override
    public boolean isSerial() {
        return inner.isSerial();
    }

    @Override
    public void release() {
        inner.release();
    }

    @Override
    public Optional<Versions> versions() {
        return inner.versions();
    }

    @Override
    public boolean isConfirmable() {
        return inner.isConfirmable();
    }

    @Override
    public void confirm() throws IOException {
        inner.confirm();
    }

    @Override
    public String describe() {
        return inner.describe();
    }
}
