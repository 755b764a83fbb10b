package dev.contraflow;

import org.jspecify.annotations.Nullable;

/**
 * The outputs of a run are stored, but could not be made visible together, so none of them is. Names the run and the place of its manifest.
 * Unless another attempt of the run has taken over, resuming it makes them visible.
 */
public final class PublishException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message which run, where, why, and what to do
     * @param cause the failure behind it, or null
     */
    public PublishException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
