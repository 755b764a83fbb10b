package dev.contraflow.dataset;

import dev.contraflow.io.Format;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import java.util.Objects;

/**
 * Files of one format in one folder. Immutable; who makes a dataset of it does not close the storage.
 *
 * @param storage where they stand; stays the catalog's
 * @param folder the folder, as it was written
 * @param format how the value of each stands as bytes
 * @param <T> the type of the value of each
 */
public record FileFolder<T>(Storage storage, Location folder, Format<T> format) {
    /** Checks that nothing is null. */
    public FileFolder {
        Objects.requireNonNull(storage, "storage is null");
        Objects.requireNonNull(folder, "folder is null");
        Objects.requireNonNull(format, "format is null");
    }
}
