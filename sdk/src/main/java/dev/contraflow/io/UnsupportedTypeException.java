package dev.contraflow.io;

/** A Java type that a format or dataset cannot hold. Found when the catalog is bound, before any node runs. */
public final class UnsupportedTypeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what can be held instead, without the dataset's name: {@code csv holds lists of records or maps, not Model} */
    public UnsupportedTypeException(String message) {
        super(message);
    }
}
