package dev.contraflow.dataset;

import dev.contraflow.DatasetRef;

/**
 * Makes datasets of one kind that is not a file in a storage, or that wraps others. Found by {@link java.util.ServiceLoader}, or added to a
 * registry by hand. Stateless and thread-safe.
 */
public interface DatasetProvider {
    /** @return the kind's name in a catalog: {@code memory} */
    String typeId();

    /**
     * Makes a dataset. Does no I/O and never waits.
     *
     * @param ref its name and the type of its value
     * @param config its entry in the catalog
     * @return the dataset
     * @throws dev.contraflow.io.UnsupportedTypeException if it cannot hold such values
     * @throws dev.contraflow.CatalogException if the entry is wrong
     */
    <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config);
}
