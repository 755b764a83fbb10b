package dev.contraflow.datasets.s3;

import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;

/** The object was replaced by another one while it was read in ranges. */
final class ReplacedException extends StorageException {
    private static final long serialVersionUID = 1L;

    ReplacedException(Location location, Throwable cause) {
        super("the object was replaced while it was read (412 PreconditionFailed)", location, 1, cause);
    }
}
