package dev.contraflow.io;

import java.io.Closeable;
import java.io.IOException;

/**
 * An object on its way into a storage: bytes are transferred first, and become visible by one later act. Close it in any case. Used by one
 * thread at a time, not always the same.
 *
 * <p>A reader sees the old object, or none, until {@link #commit} returns, and the whole new one from then on; never a part of one. After a
 * failed commit the outcome is settled by the storage as far as it can be; where it cannot, the reader still sees a whole object.
 */
public interface PendingWrite extends Closeable {
    /**
     * Sends the bytes; they stay invisible. After a failure it may be called again, with the same content.
     *
     * @param content the bytes; still the caller's, and not closed before this write is
     * @throws IOException if they could not be sent, after the storage's own retries
     * @throws IllegalStateException after commit or close
     */
    void transfer(Content content) throws IOException;

    /**
     * Checks size and checksum of what was sent, then makes it visible by one atomic act.
     *
     * @return the receipt: from now on the bytes are durable
     * @throws ObjectExistsException if there is an object already that the write must not replace
     * @throws IOException if what arrived is not what was sent, or the storage refused; nothing new is visible then
     * @throws IllegalStateException if nothing was transferred, or after commit or close
     */
    Stored commit() throws IOException;

    /**
     * Ends the write. Without a commit it leaves nothing visible and nothing dangling: temporary files are removed, uploads aborted.
     * Calling it again does nothing.
     *
     * @throws IOException if the leftovers could not be removed
     */
    @Override
    void close() throws IOException;
}
