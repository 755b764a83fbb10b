package dev.contraflow.io;

import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A content in memory, in segments. Checksums are counted when somebody first asks: mostly not on the thread of the node that made it. */
final class SegmentContent implements Content {
    private final long size;
    private final long held;
    private final Grant memory;
    private @Nullable Sums sums; // guarded by this
    private volatile @Nullable List<byte[]>
            segments; // null once closed: a future that still holds the content must not hold its bytes

    private record Sums(long crc32, String sha256) {}

    SegmentContent(List<byte[]> segments, long size, Grant memory) {
        this.segments = segments;
        this.size = size;
        this.held = segments.stream().mapToLong(s -> s.length).sum();
        this.memory = memory;
    }

    private synchronized Sums sums() {
        Sums known = sums;
        if (known == null) {
            Checksums counting = new Checksums();
            counting.updateAll(needOpen(), size);
            known = new Sums(counting.crc32(), counting.sha256());
            sums = known;
        }
        return known;
    }

    private List<byte[]> needOpen() {
        List<byte[]> bytes = segments;
        if (bytes == null) {
            throw new IllegalStateException("The content is closed");
        }
        return bytes;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long crc32() {
        return sums().crc32();
    }

    @Override
    public String sha256() {
        return sums().sha256();
    }

    @Override
    public InputStream open(long offset, long length) {
        List<byte[]> bytes = needOpen();
        Objects.checkFromIndexSize(offset, length, size);
        return new SegmentInputStream(bytes, offset, length);
    }

    @Override
    public long memoryBytes() {
        return segments == null ? 0 : held;
    }

    @Override
    public synchronized void close() {
        if (segments != null) {
            segments = null;
            memory.giveBack(held);
        }
    }
}
