package dev.contraflow.run;

import dev.contraflow.io.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What became of one dataset in a run. Immutable.
 *
 * @param name the dataset's name
 * @param state what became of it
 * @param stored what is stored, or null if nothing is, or the dataset is not made of bytes
 * @param why why it is not durable, or null if it is, or was not to be
 */
public record DatasetResult(
        String name,
        State state,
        @Nullable Stored stored,
        @Nullable String why) {
    /** What became of a dataset. */
    public enum State {
        /** It was there before: the run only reads it. */
        INPUT,
        /** Its bytes are verified and visible. */
        DURABLE,
        /** It was computed and lives in memory only, as the catalog says. */
        IN_MEMORY,
        /** It was computed, and could not be saved. */
        FAILED,
        /** It was computed, and not made visible because something it descends from could not be saved. */
        DISCARDED,
        /** It was computed, and its save did not end before the run's deadline or interrupt; it may be stored or not. */
        UNFINISHED,
        /** The node that writes it did not complete. */
        NOT_COMPUTED
    }
}
