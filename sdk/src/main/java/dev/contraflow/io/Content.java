package dev.contraflow.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one encoded value: immutable, of known size, readable any number of times and by several threads. It stands in
 * memory, or in a spill file where the run's budget refused the memory. Whoever made it owns it and closes it; {@link #close} lets go of the
 * bytes at once, even if somebody still holds the object.
 */
public interface Content extends Closeable {
    /** @return the number of bytes */
    long size();

    /**
     * A checksum. Of bytes in memory both are counted, in one pass, when the first is asked for; then they stay known.
     *
     * @return the CRC-32 of the bytes (ISO 3309, as in {@link java.util.zip.CRC32}), as an unsigned 32-bit number
     * @throws IllegalStateException if the content is closed and no checksum was asked for before
     */
    long crc32();

    /**
     * A digest, counted as {@link #crc32} is.
     *
     * @return the SHA-256 of the bytes, as 64 lower-case hexadecimal digits
     * @throws IllegalStateException if the content is closed and no checksum was asked for before
     */
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

    /**
     * Which object was read, in the storage's own words: what {@link Storage#info} said as {@link ObjectInfo#mark} while it stood there. By it
     * a run that reads an input while it still looks whether its inputs are there knows that it has read what it has seen.
     *
     * @return the mark; empty if the bytes were not read from a storage, or if that cannot tell. Then the run reads such an input once more,
     *     if the first time was too early
     */
    default Optional<String> mark() {
        return Optional.empty();
    }

    /**
     * The same bytes with a mark.
     *
     * @param mark the mark of the object that they were read from
     * @return a content that takes this one over: closing it closes this one
     */
    default Content withMark(String mark) {
        return new MarkedContent(this, mark);
    }

    /**
     * A range of the bytes as a content of its own, for what takes whole contents. Its checksums are counted at once if this one stands in a
     * file.
     *
     * @param offset the first byte, from 0
     * @param length how many bytes
     * @return a view of this content: it holds no memory, closing it does nothing, and it can be read as long as this one is open
     * @throws IOException if the spill file cannot be read
     * @throws IndexOutOfBoundsException if the range is not within the content
     */
    default Content range(long offset, long length) throws IOException {
        return new RangeContent(this, offset, length);
    }

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
     * The bytes of a file, which is read once to count them and their checksums. Nobody may change it while the content is in use. It stays:
     * {@link #close} does not delete it.
     *
     * @param file the file
     * @return a content of its bytes
     * @throws IOException if it cannot be read
     */
    static Content ofFile(Path file) throws IOException {
        return SpilledContent.ofFileThatStays(file);
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

    /**
     * The bytes of several contents, one after the other. Its checksums are counted at once if one of them stands in a file.
     *
     * @param parts the contents; the new one takes them over and closes them
     * @return a content of all their bytes
     * @throws IOException if a spill file cannot be read; the parts are still the caller's then
     */
    static Content join(List<Content> parts) throws IOException {
        return new JoinedContent(parts);
    }
}
