package dev.contraflow.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** A content in a file: in a spill file, which it owns and deletes, or in one that stays. */
final class SpilledContent implements Content {
    private static final int PIECE = 64 << 10;

    private final Path file;
    private final long size;
    private final long crc32;
    private final String sha256;
    private final boolean stays;
    private volatile boolean closed;

    SpilledContent(Path file, long size, Checksums sums) {
        this(file, size, sums, false);
    }

    private SpilledContent(Path file, long size, Checksums sums, boolean stays) {
        this.stays = stays;
        this.file = file;
        this.size = size;
        this.crc32 = sums.crc32();
        this.sha256 = sums.sha256();
    }

    static Content ofFileThatStays(Path file) throws IOException {
        Checksums sums = new Checksums();
        long size = 0;
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sums.update(buffer, 0, n);
                size += n;
            }
        }
        return new SpilledContent(file, size, sums, true);
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
    public InputStream open(long offset, long length) throws IOException {
        if (closed) {
            throw new IllegalStateException("The content is closed");
        }
        Objects.checkFromIndexSize(offset, length, size);
        return new Buffered(new Range(FileChannel.open(file, StandardOpenOption.READ), offset, length));
    }

    @Override
    public long memoryBytes() {
        return 0;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (stays) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LoggerFactory.getLogger(SpilledContent.class).warn("Cannot delete the spill file {}", file, e);
        }
    }

    private static final class Buffered extends BufferedInputStream {
        private final Range range;

        Buffered(Range range) {
            super(range, PIECE);
            this.range = range;
        }

        /** Into an array of the right size: the inherited one collects pieces, and then has everything twice. */
        @Override
        public synchronized byte[] readAllBytes() throws IOException {
            long unread = count - pos + range.left;
            if (unread > SegmentInputStream.LARGEST_ARRAY) {
                return super.readAllBytes(); // says that it is too large
            }
            byte[] all = new byte[(int) unread];
            readNBytes(all, 0, all.length);
            return all;
        }
    }

    /** A range of a file; positions are its own, so that several may read at once. */
    private final class Range extends InputStream {
        private final FileChannel channel;
        private long at;
        private long left;

        Range(FileChannel channel, long offset, long length) {
            this.channel = channel;
            this.at = offset;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            int most = (int)
                    Math.min(Math.min(length, left), PIECE); // the JDK reads it to memory outside of the heap first
            int n = channel.read(ByteBuffer.wrap(into, offset, most), at);
            if (n < 0) {
                throw new IOException(
                        "The file " + file + " is shorter than what was written to it: " + left + " bytes are missing");
            }
            at += n;
            left -= n;
            return n;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
