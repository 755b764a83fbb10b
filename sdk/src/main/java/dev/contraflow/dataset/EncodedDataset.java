package dev.contraflow.dataset;

import dev.contraflow.Rows;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;

/**
 * A dataset whose value stands as bytes, and whose steps can be done apart: every file. Saving is encode, transfer, commit; loading is
 * fetch, decode. So the bytes can be encoded once, shared, and sent in the background.
 *
 * <p>A wrapper around such a dataset extends {@link ForwardingEncodedDataset}: offering only {@code load} and {@code save} would hide the
 * bytes from the tee.
 *
 * @param <T> the type of the value
 */
public interface EncodedDataset<T> extends Dataset<T> {
    /**
     * The bytes of a value. No I/O other than a spill file.
     *
     * @param value the value
     * @param memory where the memory comes from
     * @return the bytes; the caller owns them
     * @throws dev.contraflow.io.UnencodableValueException if the value cannot be written so that it reads back equal
     * @throws IOException if a spill file cannot be written
     */
    Content encode(T value, Grant memory) throws IOException;

    /**
     * The value of bytes. No I/O other than a spill file.
     *
     * @param content the bytes; still the caller's. {@link Rows} read them while they are used: then the content stays open as long
     * @return a new value, shared with nobody
     * @throws IOException if the bytes are not such a value
     */
    T decode(Content content) throws IOException;

    /**
     * Whether the value is {@link Rows} and what {@link #decode} gives reads its content while it is used. A wrapper passes this on.
     *
     * @return true if it is so
     */
    default boolean isStreamed() {
        return false;
    }

    /**
     * Reads the bytes from the storage.
     *
     * @param memory where the memory comes from
     * @return the bytes; the caller owns them
     * @throws dev.contraflow.io.ObjectNotFoundException if there are none
     * @throws IOException if they cannot be read
     */
    Content fetch(Grant memory) throws IOException;

    /**
     * Begins to write bytes to the storage.
     *
     * @param spec on whose behalf
     * @return the write; nothing is visible before its commit
     * @throws IOException if it cannot begin
     */
    PendingWrite beginWrite(WriteSpec spec) throws IOException;

    /**
     * {@inheritDoc} Rows are fetched anew each time that they are opened, which also finds out whether there are any, and hold their bytes (in
     * a temporary file, if they are many) until the cursor is closed.
     */
    @Override
    @SuppressWarnings("unchecked") // what is streamed is rows
    default T load() throws IOException {
        if (isStreamed()) {
            return (T) new FetchedRows<>((EncodedDataset<Rows<Object>>) this);
        }
        try (Content content = fetch(Grant.unbounded())) {
            return decode(content);
        }
    }

    @Override
    default void save(T value) throws IOException {
        try (Content content = encode(value, isStreamed() ? FetchedRows.newGrant() : Grant.unbounded())) {
            store(content, new WriteSpec("none", 1, WriteSpec.Existing.OVERWRITE));
        }
    }

    /**
     * Writes bytes to the storage: transfer, then commit.
     *
     * @param content the bytes; still the caller's
     * @param spec on whose behalf
     * @return the receipt. Where a dataset keeps {@linkplain #versions versions} and an earlier attempt of the same run has stored other
     *     bytes already, those stay, and the receipt says so by its SHA-256
     * @throws IOException if they could not be written; nothing new is visible then
     */
    default Stored store(Content content, WriteSpec spec) throws IOException {
        try (PendingWrite write = beginWrite(spec)) {
            write.transfer(content);
            return write.commit();
        }
    }
}
