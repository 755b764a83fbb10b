package dev.contraflow.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The bytes of one encoded value: immutable, of known size and checksums, readable any number of times and by several threads. It stands in
 * memory, or in a spill file where the run's budget refused the memory. Whoever made it owns it and closes it; {@link #close} lets go of the
 * bytes at once, even if somebody still holds the object.
 */
public interface Content extends Closeable {
    /** @return the number of bytes */
    long size();

    /** @return the CRC-32 of the bytes (ISO 3309, as in {@link java.util.zip.CRC32}), as an unsigned 32-bit number */
    long crc32();

    /** @return the SHA-256 of the bytes, as 64 lower-case hexadecimal digits */
    String sha256();

    /**
     * The bytes from the first to the last.
     *
     * @return a new stream; the caller closes it
     * @throws IOException if the spill file cannot be read
     * @throws IllegalStateException if the content is closed
     */
    default InputStream open() throws IOException {
        return open(0, size());
    }

    /**
     * A range of the bytes.
     *
     * @param offset the first byte, from 0
     * @param length how many bytes
     * @return a new stream of exactly that many bytes; the caller closes it
     * @throws IOException if the spill file cannot be read
     * @throws IndexOutOfBoundsException if the range is not within the content
     * @throws IllegalStateException if the content is closed
     */
    InputStream open(long offset, long length) throws IOException;

    /** @return the bytes of the budget that it holds: its memory, 0 if it stands in a spill file or is closed */
    long memoryBytes();

    /** Gives memory back and deletes the spill file. Calling it again does nothing. */
    @Override
    void close();

    /**
     * Bytes that are already in memory and that no budget counts.
     *
     * @param bytes the bytes; the content takes them over, so the caller must not change them any more
     * @return a content of these bytes
     */
    static Content of(byte[] bytes) {
        return new SegmentContent(List.of(bytes), bytes.length, Grant.unbounded());
    }

    /**
     * Bytes in several arrays, as a download in parallel ranges leaves them.
     *
     * @param segments the bytes in order; the content takes them over
     * @param memory the grant from which exactly the sum of their lengths was taken; given back on close
     * @return a content of these bytes
     */
    static Content of(List<byte[]> segments, Grant memory) {
        return new SegmentContent(
                List.copyOf(segments),
                segments.stream().mapToLong(s -> s.length).sum(),
                memory);
    }
}
