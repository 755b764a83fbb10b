package dev.contraflow.io;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One object of a listing. Immutable.
 *
 * @param location where it stands
 * @param size its bytes
 * @param mark what {@link Storage#info} says of it as {@link ObjectInfo#mark}; null if the storage's listings do not tell it
 */
public record Listed(Location location, long size, @Nullable String mark) {
    /** Checks that the location is not null. */
    public Listed {
        Objects.requireNonNull(location, "location is null");
    }
}
