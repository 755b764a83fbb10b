package dev.contraflow;

import org.jspecify.annotations.Nullable;

/** A mistake in the configuration, the catalog or the choice of plugins, found before any node ran. Nothing has been stored. */
public final class CatalogException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, with what, where it is written, and what to do */
    public CatalogException(String message) {
        this(message, null);
    }

    /**
     * @param message what is wrong, with what, where it is written, and what to do
     * @param cause the failure behind it, or null
     */
    public CatalogException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
