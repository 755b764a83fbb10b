package dev.contraflow;

import org.jspecify.annotations.Nullable;

/** A node's own failure: its function threw, or returned what its outputs cannot take. The function's exception is the cause, untouched. */
public final class NodeException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    private final String node;

    /**
     * @param message what the node did wrong
     * @param node the node's name
     * @param cause what its function threw, or null
     */
    public NodeException(String message, String node, @Nullable Throwable cause) {
        super(message, cause);
        this.node = node;
    }

    /** @return the node's name */
    public String node() {
        return node;
    }
}
