package dev.contraflow.run;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one node ended. Immutable.
 *
 * @param name the node's full name
 * @param state how it ended
 * @param computed how long its function took, zero if it was not called
 * @param why why it did not run, or null if it did or nobody said
 */
public record NodeResult(
        String name,
        State state,
        Duration computed,
        @Nullable String why) {
    /** How a node ended. */
    public enum State {
        /** Its function returned and its outputs were taken over. */
        COMPLETED,
        /** Its function, a load, or a save that it waited for, failed. */
        FAILED,
        /** It was started, and interrupted or stopped before it ended. */
        CANCELLED,
        /** It need not run: what it would write is there, or was computed by an earlier attempt of the run and is stored from its spool. */
        SKIPPED,
        /** It was never started. */
        NOT_RUN
    }
}
