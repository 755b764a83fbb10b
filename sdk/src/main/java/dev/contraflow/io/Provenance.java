package dev.contraflow.io;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who has written an object, as its storage has kept it from the {@link WriteSpec}. Immutable.
 *
 * @param runId the id of the run
 * @param attempt which attempt of the run has made the bytes, from 1
 * @param madeFrom the mark of all that the object was made from ({@link WriteSpec#madeFrom}), or null if none was given
 */
public record Provenance(
        String runId, int attempt, @Nullable String madeFrom) {
    /** Checks that the run's id is not null and the attempt is at least 1. */
    public Provenance {
        Objects.requireNonNull(runId, "runId is null");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + ", not at least 1");
        }
    }

    /**
     * What a storage keeps of a write.
     *
     * @param spec on whose behalf the object is written
     * @return who writes it
     */
    public static Provenance of(WriteSpec spec) {
        return new Provenance(spec.runId(), spec.attempt(), spec.madeFrom());
    }
}
