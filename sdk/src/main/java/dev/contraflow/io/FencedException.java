package dev.contraflow.io;

import java.io.IOException;

/** A write was not made visible, since the run that wrote it may not write any more. Trying again does not help. Immutable. */
public final class FencedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message why it may not write any more */
    public FencedException(String message) {
        super(message);
    }
}
