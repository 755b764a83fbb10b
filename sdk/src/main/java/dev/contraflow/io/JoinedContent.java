package dev.contraflow.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bytes of several contents, one after the other. It owns them. Thread-safe as they are. */
final class JoinedContent implements Content {
    private final List<Content> parts;
    private final long[] ends; // where each part ends: there may be many thousands, and as many ranges are asked for
    private final long size;
    private final long held;
    private final LazySums sums;
    private volatile boolean closed;

    JoinedContent(List<Content> parts) throws IOException {
        this.parts = List.copyOf(parts);
        this.ends = parts.stream().mapToLong(Content::size).toArray();
        Arrays.parallelPrefix(ends, Long::sum);
        this.size = ends.length == 0 ? 0 : ends[ends.length - 1];
        this.held = parts.stream().mapToLong(Content::memoryBytes).sum();
        this.sums = LazySums.of(this, parts.stream().allMatch(part -> part.memoryBytes() >= part.size()));
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
    public InputStream open(long offset, long length) throws IOException {
        Objects.checkFromIndexSize(offset, length, size);
        return new Parts(offset, length);
    }

    @Override
    public long memoryBytes() {
        return closed ? 0 : held;
    }

    @Override
    public void close() {
        closed = true;
        parts.forEach(Content::close);
    }

    /** The first part that ends behind an offset. */
    private int partAt(long offset) {
        int found = Arrays.binarySearch(ends, offset);
        int part = found < 0 ? -found - 1 : found;
        while (part < ends.length && ends[part] <= offset) { // it ends there, and so do empty ones after it
            part++;
        }
        return part;
    }

    /** Reads one part after the other, and has one open at a time: each may be a file. */
    private final class Parts extends InputStream {
        private int next; // the part that is opened next
        private long skipped; // of its bytes
        private long left;
        private @Nullable InputStream open;

        Parts(long offset, long length) {
            next = partAt(offset);
            skipped = next == 0 ? offset : offset - ends[next - 1];
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                return 0;
            }
            while (left > 0) {
                InputStream in = open == null ? openNext() : open;
                int n = in.read(into, offset, (int) Math.min(length, left));
                if (n > 0) {
                    left -= n;
                    return n;
                }
                close();
            }
            return -1;
        }

        private InputStream openNext() throws IOException {
            Content part = parts.get(next);
            InputStream in = part.open(skipped, part.size() - skipped);
            next++;
            skipped = 0;
            open = in;
            return in;
        }

        @Override
        public void close() throws IOException {
            InputStream in = open;
            open = null;
            if (in != null) {
                in.close();
            }
        }
    }
}
