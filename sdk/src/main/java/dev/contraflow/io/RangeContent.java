package dev.contraflow.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A range of another content, which stays its owner's. Thread-safe as that is. */
final class RangeContent implements Content {
    private final Content whole;
    private final long offset;
    private final long size;
    private final LazySums sums;

    RangeContent(Content whole, long offset, long size) throws IOException {
        Objects.checkFromIndexSize(offset, size, whole.size());
        this.whole = whole;
        this.offset = offset;
        this.size = size;
        this.sums = LazySums.of(this, whole.memoryBytes() >= whole.size());
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long crc32() {
        return sums.get().crc32();
    }

    @Override
    public String sha256() {
        return sums.get().sha256();
    }

    @Override
    public InputStream open(long from, long length) throws IOException {
        Objects.checkFromIndexSize(from, length, size);
        return whole.open(offset + from, length);
    }

    @Override
    public long memoryBytes() {
        return 0;
    }

    @Override
    public void close() {
        // the bytes are the whole's
    }
}
