package dev.contraflow;

import org.jspecify.annotations.Nullable;

/** A mistake in a node or a pipeline: a cycle, two writers of one dataset, a name used twice. Thrown when the value is made. */
public final class PipelineException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, with what, where it is written, and what to do */
    public PipelineException(String message) {
        this(message, null);
    }

    /**
     * @param message what is wrong, with what, where it is written, and what to do
     * @param cause the failure behind it, or null
     */
    public PipelineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
