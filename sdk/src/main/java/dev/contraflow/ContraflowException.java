package dev.contraflow;

import org.jspecify.annotations.Nullable;

/**
 * The root of all unchecked exceptions that Contraflow's API throws on purpose. Its message says what could not be done, to which named
 * thing, where that is written, and what to do next; it never holds a secret.
 */
public abstract class ContraflowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what could not be done, to what, why, and what to do
     * @param cause the failure behind it, or null
     */
    protected ContraflowException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** @return what could not be done, why, and what to do; never null */
    @Override
    public final String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
