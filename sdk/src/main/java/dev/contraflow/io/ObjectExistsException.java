package dev.contraflow.io;

import org.jspecify.annotations.Nullable;

/** There is an object at a location already, and a write that must not replace it was refused. The object is as it was. */
public final class ObjectExistsException extends StorageException {
    private static final long serialVersionUID = 1L;

    /**
     * @param location where there is one
     * @param attempts how many times the write was tried
     * @param cause the storage's own failure, or null
     */
    public ObjectExistsException(Location location, int attempts, @Nullable Throwable cause) {
        this("there is an object already, and this write must not replace it", location, attempts, cause);
    }

    /**
     * @param message why it was refused
     * @param location where there is one
     * @param attempts how many times the write was tried
     * @param cause the storage's own failure, or null
     */
    public ObjectExistsException(String message, Location location, int attempts, @Nullable Throwable cause) {
        super(message, location, attempts, cause);
    }
}
