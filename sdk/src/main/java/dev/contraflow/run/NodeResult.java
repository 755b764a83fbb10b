package dev.contraflow.run;

import java.time.Duration;

/**
 * How one node ended. Immutable.
 *
 * @param name the node's name
 * @param state how it ended
 * @param computed how long its function took, zero if it was not called
 */
public record NodeResult(String name, State state, Duration computed) {
    /** How a node ended. */
    public enum State {
        /** Its function returned and its outputs were taken over. */
        COMPLETED,
        /** Its function, a load, or a save that it waited for, failed. */
        FAILED,
        /** It was started, and interrupted or stopped before it ended. */
        CANCELLED,
        /** It was never started. */
        NOT_RUN
    }
}
