package dev.contraflow.datasets.s3;

import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;
import org.jspecify.annotations.Nullable;

/** A request failed in every attempt for reasons that may pass: the server may have done what it was asked to, or not. */
final class GaveUpException extends StorageException {
    private static final long serialVersionUID = 1L;

    GaveUpException(String message, Location location, int attempts, @Nullable Throwable cause) {
        super(message, location, attempts, cause);
    }
}
