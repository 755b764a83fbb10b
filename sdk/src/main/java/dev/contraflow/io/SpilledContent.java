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

/** A content in a spill file, which it owns. */
final class SpilledContent implements Content {
    private final Path file;
    private final long size;
    private final long crc32;
    private final String sha256;
    private volatile boolean closed;

    SpilledContent(Path file, long size, Checksums sums) {
        this.file = file;
        this.size = size;
        this.crc32 = sums.crc32();
        this.sha256 = sums.sha256();
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
        return new BufferedInputStream(
                new Range(FileChannel.open(file, StandardOpenOption.READ), offset, length), 64 << 10);
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
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LoggerFactory.getLogger(SpilledContent.class).warn("Cannot delete the spill file {}", file, e);
        }
    }

    /** A range of a file; positions are its own, so that several may read at once. */
    private static final class Range extends InputStream {
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
            int n = channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, left)), at);
            if (n < 0) {
                throw new IOException(
                        "A spill file is shorter than what was written to it: " + left + " bytes are missing");
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
