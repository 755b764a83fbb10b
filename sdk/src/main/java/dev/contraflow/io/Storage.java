package dev.contraflow.io;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Bytes at locations: a bucket, a file system. It knows nothing of formats. It owns its connections and the permits that bound the requests
 * in flight, retries what is transient, and gives every request a deadline. Thread-safe.
 *
 * <p>Failures are {@link StorageException}s that name the location and the attempts. An interrupt ends a call with an {@link
 * java.io.InterruptedIOException} and leaves the flag set.
 */
public interface Storage extends Closeable {
    /**
     * Reads a whole object.
     *
     * @param at where
     * @param memory where the memory comes from; what it refuses goes into a spill file
     * @return the bytes, with the {@linkplain Content#mark mark} of the object where the storage can tell it; the caller owns them
     * @throws ObjectNotFoundException if there is no such object
     * @throws IOException if it cannot be read
     */
    Content read(Location at, Grant memory) throws IOException;

    /**
     * Begins to write an object. Nothing is visible before its commit.
     *
     * @param at where
     * @param spec on whose behalf, and what to do with an object that is there
     * @return the write, which the caller closes
     * @throws IOException if it cannot begin
     */
    PendingWrite create(Location at, WriteSpec spec) throws IOException;

    /**
     * What is known of an object without reading it.
     *
     * @param at where
     * @return what is known; empty only if the storage said that there is no such object
     * @throws IOException if the storage cannot be asked: a failure is never an answer
     */
    Optional<ObjectInfo> info(Location at) throws IOException;

    /**
     * Whether there is an object.
     *
     * @param at where
     * @return false only if the storage said that there is none
     * @throws IOException if the storage cannot be asked: a failure is never an answer
     */
    default boolean exists(Location at) throws IOException {
        return info(at).isPresent();
    }

    /**
     * Lists objects.
     *
     * @param prefix their locations begin with this text
     * @return the objects, ordered by location; unfinished writes are not among them
     * @throws IOException if the storage cannot be asked
     */
    List<Listed> list(Location prefix) throws IOException;

    /**
     * Removes an object. Removing what is not there does nothing.
     *
     * @param at where
     * @throws IOException if it cannot be removed
     */
    void delete(Location at) throws IOException;

    /**
     * Closes connections and threads. Calls in progress fail; none may begin.
     *
     * @throws IOException if something cannot be closed
     */
    @Override
    void close() throws IOException;
}
