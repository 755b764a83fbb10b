package dev.contraflow;

import org.jspecify.annotations.Nullable;

/**
 * A dataset could not be loaded or saved. Names the dataset, the node (unless it was used without a run), where the dataset lives, and how often it was tried; the storage's or
 * format's failure is the cause.
 */
public final class DatasetException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    /** What was done with the dataset. */
    public enum Operation {
        /** It was loaded. */
        LOAD,
        /** It was saved. */
        SAVE,
        /** It was asked whether there is a value, or which versions there are. */
        EXISTS,
        /** What was loaded of it was confirmed. */
        CONFIRM
    }

    private final Operation operation;
    private final String dataset;
    private final String node;
    private final String location;
    private final int attempts;

    /**
     * @param message what could not be done, why, and what to do
     * @param operation what was done
     * @param dataset the dataset's name
     * @param node the node that loaded it or whose output it is; empty without a run
     * @param location its kind and where it lives: {@code csv at s3://bucket/key}
     * @param attempts how many times it was tried
     * @param cause the failure behind it, or null
     */
    public DatasetException(
            String message,
            Operation operation,
            String dataset,
            String node,
            String location,
            int attempts,
            @Nullable Throwable cause) {
        super(message, cause);
        this.operation = operation;
        this.dataset = dataset;
        this.node = node;
        this.location = location;
        this.attempts = attempts;
    }

    /** @return what was done with the dataset */
    public Operation operation() {
        return operation;
    }

    /** @return the dataset's name */
    public String dataset() {
        return dataset;
    }

    /** @return the node that loaded it, or whose output it is; empty if it was used without a run */
    public String node() {
        return node;
    }

    /** @return its kind and where it lives: {@code csv at s3://bucket/key} */
    public String location() {
        return location;
    }

    /** @return how many times it was tried */
    public int attempts() {
        return attempts;
    }
}
