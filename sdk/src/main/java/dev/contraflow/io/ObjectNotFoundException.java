package dev.contraflow.io;

import org.jspecify.annotations.Nullable;

/** There is no object at a location. */
public final class ObjectNotFoundException extends StorageException {
    private static final long serialVersionUID = 1L;

    /**
     * @param location where there is none
     * @param cause the storage's own failure, or null
     */
    public ObjectNotFoundException(Location location, @Nullable Throwable cause) {
        this("no such object", location, cause);
    }

    /**
     * @param message why there is none, where that is known: {@code nothing has been saved yet}
     * @param location where there is none
     * @param cause the storage's own failure, or null
     */
    public ObjectNotFoundException(String message, Location location, @Nullable Throwable cause) {
        super(message, location, 1, cause);
    }
}
