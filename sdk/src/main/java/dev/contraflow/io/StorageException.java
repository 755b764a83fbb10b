package dev.contraflow.io;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A storage could not do what it was asked. Names the location and the attempts made. Immutable. */
public class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Location location;
    private final int attempts;

    /**
     * @param message what could not be done and why, without the location, and without any secret
     * @param location the object or prefix that was asked for
     * @param attempts how many times it was tried, at least 1
     * @param cause the last failure, or null
     */
    public StorageException(String message, Location location, int attempts, @Nullable Throwable cause) {
        super(message, cause);
        this.location = Objects.requireNonNull(location, "location is null");
        this.attempts = attempts;
    }

    /** @return the object or prefix that was asked for */
    public Location location() {
        return location;
    }

    /** @return how many times it was tried */
    public int attempts() {
        return attempts;
    }
}
