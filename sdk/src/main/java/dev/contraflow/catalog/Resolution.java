package dev.contraflow.catalog;

import dev.contraflow.config.SourcePosition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a name was found. Immutable.
 *
 * @param name the name
 * @param origin where it was found
 * @param pattern the pattern that matched it, or null if none did
 * @param position where its entry or pattern is written, or null if it stands in no file
 */
public record Resolution(
        String name,
        Origin origin,
        @Nullable String pattern,
        @Nullable SourcePosition position) {
    /** Where a name can be found. */
    public enum Origin {
        /** An entry of that name. */
        ENTRY,
        /** A pattern that has a literal part. */
        PATTERN,
        /** The pattern that matches every name: it says nothing about this one, so a misspelt name is found here too. */
        CATCH_ALL,
        /** A program added it. */
        ADDED,
        /** A parameter of the configuration. */
        PARAMETER,
        /** Nowhere: a node of the run writes it, and it lives in memory. */
        MEMORY
    }

    /** Checks that name and origin are not null. */
    public Resolution {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(origin, "origin is null");
    }
}
