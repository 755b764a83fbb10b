package dev.contraflow.io;

import java.io.IOException;

/** A value that a format cannot write so that it reads back equal: a NaN in JSON, a lone surrogate, a null where none can be told apart. */
public final class UnencodableValueException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message which value, where in the whole, why it cannot be written, and what to use instead */
    public UnencodableValueException(String message) {
        super(message);
    }
}
