package dev.contraflow.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/**
 * The base of wrappers around a content: it passes every call on, {@link #close} too, and so takes the content over unless a subclass closes
 * otherwise. As thread-safe as what it wraps.
 */
public abstract class ForwardingContent implements Content {
    private final Content inner;

    /** @param inner the content that is wrapped */
    protected ForwardingContent(Content inner) {
        this.inner = Objects.requireNonNull(inner, "inner is null");
    }

    @Override
    public long size() {
        return inner.size();
    }

    @Override
    public long crc32() {
        return inner.crc32();
    }

    @Override
    public String sha256() {
        return inner.sha256();
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
        return inner.open(offset, length);
    }

    @Override
    public Optional<String> mark() {
        return inner.mark();
    }

    @Override
    public long memoryBytes() {
        return inner.memoryBytes();
    }

    @Override
    public void close() {
        inner.close();
    }
}
