package dev.contraflow.io;

import java.util.Objects;

/**
 * On whose behalf an object is written. Immutable.
 *
 * @param runId the id of the run; storages that can keep it with the object do, so that an unknown outcome can be settled by reading back
 * @param attempt which attempt of the run this is, from 1
 * @param existing what to do with an object that is there already
 */
public record WriteSpec(String runId, int attempt, Existing existing) {
    /** Checks that nothing is null and the attempt is at least 1. */
    public WriteSpec {
        Objects.requireNonNull(runId, "runId is null");
        Objects.requireNonNull(existing, "existing is null");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + ", not at least 1");
        }
    }

    /** What to do with an object that is there already. */
    public enum Existing {
        /** Replace it, by one atomic act. */
        OVERWRITE,
        /** Leave it alone and fail the commit with an {@link ObjectExistsException}. */
        MUST_NOT_EXIST
    }
}
