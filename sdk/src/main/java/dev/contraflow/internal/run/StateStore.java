package dev.contraflow.internal.run;

import dev.contraflow.io.Location;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Where the records of a project's runs stand: a local folder, or a place in a storage that several machines share. Names are relative, with
 * slashes. What a method has written is durable when it returns. Thread-safe.
 */
public interface StateStore extends Closeable {
    /**
     * @param folder a name
     * @return the names below it of whatever stands directly in it, sorted; none if there is no such folder
     * @throws IOException if the store cannot be asked
     */
    List<String> children(String folder) throws IOException;

    /**
     * @param name a name
     * @return what stands there, or empty
     * @throws IOException if it cannot be read
     */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * Writes or replaces, by one atomic act.
     *
     * @param name a name
     * @param bytes what is to stand there
     * @throws IOException if it cannot be written
     */
    void write(String name, byte[] bytes) throws IOException;

    /**
     * Writes what is not there yet, by one atomic act: of two who try it one succeeds.
     *
     * @param name a name
     * @param bytes what is to stand there
     * @return false if something stands there already
     * @throws IOException if it is not known
     */
    boolean create(String name, byte[] bytes) throws IOException;

    /**
     * Removes something and everything below it; does nothing if there is nothing.
     *
     * @param name a name
     * @throws IOException if it cannot be removed
     */
    void remove(String name) throws IOException;

    /**
     * Opens a log, of which each instance writes a part of its own.
     *
     * @param name its name, not used for another log before
     * @return the log; the caller closes it
     * @throws IOException if it cannot be opened
     */
    Log openLog(String name) throws IOException;

    /**
     * Reads a log.
     *
     * @param name its name
     * @return the bytes that were appended; the last ones may be missing or broken if the process has died
     * @throws IOException if they cannot be read
     */
    byte[] readLog(String name) throws IOException;

    /**
     * Whether something is not there any more that was, as far as that can be seen without a request to a server.
     *
     * @param name a name
     * @return true if it was removed; false if it was not, or nobody knows
     */
    default boolean isGone(String name) {
        return false;
    }

    /** @return whether processes on other hosts may use it too */
    boolean isShared();

    /**
     * @param name a name
     * @return where it stands, for those who read it without this store
     */
    Location at(String name);

    /** @return where it is, for messages */
    String describe();

    /** What is only appended to. Used by one thread. */
    interface Log extends Closeable {
        /**
         * Appends bytes.
         *
         * @param bytes the bytes, whole records
         * @throws IOException if they cannot be written
         */
        void append(byte[] bytes) throws IOException;

        /**
         * Makes everything durable that was appended.
         *
         * @throws IOException if that is not so, or the log was removed meanwhile; it must not be used any more then
         */
        void force() throws IOException;

        /**
         * Looks whether what was made durable is still there, where that is not sure: anybody can remove a local file. May be called by any
         * thread.
         *
         * @throws IOException if it is not, or nobody can tell
         */
        default void checkThere() throws IOException {}
    }
}
