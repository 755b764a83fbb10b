package dev.contraflow.dataset;

import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import java.io.IOException;
import java.util.Optional;

/**
 * Loads and saves one value. It owns no threads. Calls on one dataset may come from several threads, but not two saves at once; a dataset
 * that cannot bear a load beside a save says so by {@link #isSerial}.
 *
 * @param <T> the type of the value
 */
public interface Dataset<T> {
    /**
     * Loads the value. {@link dev.contraflow.Rows} may be read from the dataset while they are used; then each cursor holds what it needs,
     * and lets go of it when it is closed.
     *
     * @return the value, never null
     * @throws dev.contraflow.io.ObjectNotFoundException if there is none
     * @throws IOException if it cannot be loaded
     */
    T load() throws IOException;

    /**
     * Saves a value. When it returns, the value is durable (for a dataset that persists) and visible. After a failure the old value stands.
     * {@link dev.contraflow.Rows} can be read until it returns, and only on its thread; so a dataset takes them one by one, and does not keep
     * them.
     *
     * @param value the value, not null
     * @throws IOException if it cannot be saved
     */
    void save(T value) throws IOException;

    /**
     * Whether there is a value.
     *
     * @return false only if it is known that there is none
     * @throws IOException if that cannot be found out
     */
    boolean exists() throws IOException;

    /**
     * A mark of what is stored now: as long as it is the same, so is what a load gives. By it a run that is resumed knows whether its inputs
     * have changed since it began, and whether what it has stored is still there.
     *
     * @return the mark; empty if nothing is there, or if the dataset cannot tell
     * @throws IOException if its storage cannot be asked
     */
    default Optional<String> mark() throws IOException {
        return Optional.empty();
    }

    /**
     * What the storage knows of the object that a save of this run writes or replaces; of a dataset with {@linkplain #versions versions}, of the
     * version that is saved. By it a run whose record is lost finds out what it has stored.
     *
     * @return what is known; empty if nothing is there, or if the dataset is not one object of a storage
     * @throws IOException if its storage cannot be asked
     */
    default Optional<ObjectInfo> saved() throws IOException {
        return Optional.empty();
    }

    /** @return whether a value outlives the process; false for memory */
    default boolean isPersistent() {
        return true;
    }

    /** @return what it physically writes to, so that two names for one target are found; empty if it cannot tell */
    default Optional<Location> target() {
        return Optional.empty();
    }

    /** @return how the names of its files end, if it is all such files below its {@link #target}; empty if it is a single object, or no file */
    default Optional<String> suffixOfFiles() {
        return Optional.empty();
    }

    /** @return whether loading gives a value equal to the one saved, of the same kind, for every value that can be saved */
    default boolean isExact() {
        return false;
    }

    /**
     * @return whether its loads and saves must not run beside any other of the run, for instance because it uses shared state; rows that it
     *     gives are read later, beside others
     */
    default boolean isSerial() {
        return false;
    }

    /**
     * Lets go of values kept in memory, and of what was remembered of the storage. The run calls it after the last use, and if it has read
     * before it looked at its inputs what it does not use.
     */
    default void release() {}

    /** @return its versions, if it keeps what was saved before; empty if a save replaces the old value */
    default Optional<Versions> versions() {
        return Optional.empty();
    }

    /** @return whether it can be told that what was loaded of it has been dealt with, by {@link #confirm} */
    default boolean isConfirmable() {
        return false;
    }

    /**
     * Marks what was loaded last as dealt with, so that it is not loaded again: a checkpoint moves on, messages are acknowledged (Kedro's
     * {@code confirm}). The run calls it after the outputs of the node that confirms it are durable.
     *
     * @throws IOException if the mark cannot be made; what was loaded is loaded again then
     * @throws UnsupportedOperationException if the dataset is not {@linkplain #isConfirmable confirmable}
     */
    default void confirm() throws IOException {
        throw new UnsupportedOperationException(describe() + " cannot be confirmed");
    }

    /** @return its kind and where it lives, for messages: {@code csv at s3://bucket/key}; without secrets */
    String describe();
}
