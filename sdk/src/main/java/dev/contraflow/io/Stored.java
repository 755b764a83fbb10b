package dev.contraflow.io;

import org.jspecify.annotations.Nullable;

/**
 * The receipt of a committed write: what is durable and visible now. Immutable.
 *
 * @param location where the object stands
 * @param size its bytes
 * @param sha256 the SHA-256 of its bytes, 64 hexadecimal digits
 * @param etag the storage's own mark of this version of the object, as {@link ObjectInfo#mark}; null if it is not known
 */
public record Stored(
        Location location,
        long size,
        String sha256,
        @Nullable String etag) {}
