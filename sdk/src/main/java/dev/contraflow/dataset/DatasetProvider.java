package dev.contraflow.dataset;

import dev.contraflow.DatasetRef;
import java.util.Set;

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

    /**
     * The names that Kedro has for this kind, where the meaning carries over, without {@code kedro.io.} or {@code kedro_datasets.} and in
     * their present spelling: {@code MemoryDataset}.
     *
     * @return the aliases, none by default
     */
    default Set<String> aliases() {
        return Set.of();
    }
}
