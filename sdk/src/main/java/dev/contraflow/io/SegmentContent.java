package dev.contraflow.io;

import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A content in memory, in segments. Checksums are counted when it is made unless the writer counted them already. */
final class SegmentContent implements Content {
    private final long size;
    private final long held;
    private final long crc32;
    private final String sha256;
    private final Grant memory;
    private volatile @Nullable List<byte[]>
            segments; // null once closed: a future that still holds the content must not hold its bytes

    SegmentContent(List<byte[]> segments, long size, Grant memory) {
        this(segments, size, memory, sumsOf(segments, size));
    }

    SegmentContent(List<byte[]> segments, long size, Grant memory, Checksums sums) {
        this.segments = segments;
        this.size = size;
        this.held = segments.stream().mapToLong(s -> s.length).sum();
        this.memory = memory;
        this.crc32 = sums.crc32();
        this.sha256 = sums.sha256();
    }

    private static Checksums sumsOf(List<byte[]> segments, long size) {
        Checksums sums = new Checksums();
        long left = size;
        for (byte[] segment : segments) {
            int length = (int) Math.min(left, segment.length);
            sums.update(segment, 0, length);
            left -= length;
        }
        return sums;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long crc32() {
        return crc32;
    }

    @Override
    public String sha256() {
        return sha256;
    }

    @Override
    public InputStream open(long offset, long length) {
        List<byte[]> bytes = segments;
        if (bytes == null) {
            throw new IllegalStateException("The content is closed");
        }
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
