package dev.contraflow.io;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf an object is written. Immutable. Storages that can keep it with the object do, and tell it as its {@link Provenance}: so an
 * unknown outcome can be settled by reading back, and a run whose record is lost finds what it has stored.
 *
 * @param runId the id of the run
 * @param attempt which attempt of the run has made the bytes, from 1; not a later one that only stores them
 * @param madeFrom a mark, of at most 64 ASCII letters and digits, of all that the object is made from: the same mark, the same code, inputs,
 *     parameters and attempts of the nodes before; null if nobody can tell
 * @param existing what to do with an object that is there already
 * @param fence asked right before each request that can make the object visible
 */
public record WriteSpec(String runId, int attempt, @Nullable String madeFrom, Existing existing, Fence fence) {
    /** Checks that run id, fence and what to do are not null and the attempt is at least 1. */
    public WriteSpec {
        Objects.requireNonNull(runId, "runId is null");
        Objects.requireNonNull(existing, "existing is null");
        Objects.requireNonNull(fence, "fence is null");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + ", not at least 1");
        }
    }

    /**
     * Of an object of which nobody can tell what it is made from.
     *
     * @param runId the id of the run
     * @param attempt which attempt of the run has made the bytes, from 1; not a later one that only stores them
     * @param existing what to do with an object that is there already
     */
    public WriteSpec(String runId, int attempt, Existing existing) {
        this(runId, attempt, null, existing);
    }

    /**
     * Of a writer that may write in any case.
     *
     * @param runId the id of the run
     * @param attempt which attempt of the run has made the bytes, from 1; not a later one that only stores them
     * @param madeFrom a mark of all that the object is made from, or null
     * @param existing what to do with an object that is there already
     */
    public WriteSpec(String runId, int attempt, @Nullable String madeFrom, Existing existing) {
        this(runId, attempt, madeFrom, existing, Fence.NONE);
    }

    /** What to do with an object that is there already. */
    public enum Existing {
        /** Replace it, by one atomic act. */
        OVERWRITE,
        /** Leave it alone and fail the commit with an {@link ObjectExistsException}. */
        MUST_NOT_EXIST
    }
}
