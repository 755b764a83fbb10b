package dev.contraflow.io;

import dev.contraflow.internal.Reason;
import java.io.IOException;
import java.util.Optional;

/**
 * Bytes that the memory had no room for could not be written to a spill file either: the disk is full, broken or read-only. Who can do without
 * the disk, because bytes may stand in memory once more, tries again with another {@link Grant}.
 */
public final class SpillFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param problem what the disk says
     */
    public SpillFailedException(IOException problem) {
        super(
                "the memory of the run has no room for it, and no spill file can be written: " + Reason.of(problem),
                problem);
    }

    /**
     * Looks for it among the causes of a failure.
     *
     * @param failure a failure
     * @return the exception that has led to it, if one has
     */
    public static Optional<SpillFailedException> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SpillFailedException found) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }
}
