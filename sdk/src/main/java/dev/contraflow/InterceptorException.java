package dev.contraflow;

import org.jspecify.annotations.Nullable;

/** An interceptor of a run failed, or returned what cannot be used. Names the interceptor's class and where it stood; its own exception is the cause. */
public final class InterceptorException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String node;

    /**
     * @param message which interceptor failed, where, and why
     * @param node the node around which it stood, or null if it stood around the run
     * @param cause what it threw, or null
     */
    public InterceptorException(String message, @Nullable String node, @Nullable Throwable cause) {
        super(message, cause);
        this.node = node;
    }

    /** @return the node around which it stood, or null if it stood around the run */
    public @Nullable String node() {
        return node;
    }
}
