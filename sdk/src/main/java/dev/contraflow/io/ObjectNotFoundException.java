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
        super("no such object", location, 1, cause);
    }
}
