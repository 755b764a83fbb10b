package dev.contraflow.io;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a storage knows of an object without reading it. Immutable.
 *
 * @param location where it stands
 * @param size its bytes
 * @param mark the storage's own mark of this version of the object (an ETag; size and times of a file): if it is the same as before, so are
 *     the bytes
 * @param sha256 the SHA-256 of the bytes, 64 hexadecimal digits, if the storage has kept it with the object, or null
 * @param provenance who wrote it, if the storage has kept it with the object, or null
 */
public record ObjectInfo(
        Location location,
        long size,
        String mark,
        @Nullable String sha256,
        @Nullable Provenance provenance) {
    /** Checks that location and mark are not null. */
    public ObjectInfo {
        Objects.requireNonNull(location, "location is null");
        Objects.requireNonNull(mark, "mark is null");
    }
}
