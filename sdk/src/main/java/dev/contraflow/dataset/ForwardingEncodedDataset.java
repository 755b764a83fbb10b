package dev.contraflow.dataset;

import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;

/**
 * The base of wrappers around a dataset that can be encoded. A subclass changes the steps ({@link #fetch}, {@link #beginWrite}, ...); load
 * and save are composed of them, so that a change holds on every path.
 *
 * @param <T> the type of the value
 */
public abstract class ForwardingEncodedDataset<T> extends ForwardingDataset<T> implements EncodedDataset<T> {
    private final EncodedDataset<T> inner;

    /** @param inner the dataset that is wrapped */
    protected ForwardingEncodedDataset(EncodedDataset<T> inner) {
        super(inner);
        this.inner = inner;
    }

    @Override
    public Content encode(T value, Grant memory) throws IOException {
        return inner.encode(value, memory);
    }

    @Override
    public T decode(Content content) throws IOException {
        return inner.decode(content);
    }

    @Override
    public boolean isStreamed() {
        return inner.isStreamed();
    }

    @Override
    public Content fetch(Grant memory) throws IOException {
        return inner.fetch(memory);
    }

    @Override
    public PendingWrite beginWrite(WriteSpec spec) throws IOException {
        return inner.beginWrite(spec);
    }

    @Override
    public T load() throws IOException {
        return EncodedDataset.super.load();
    }

    @Override
    public void save(T value) throws IOException {
        EncodedDataset.super.save(value);
    }
}
