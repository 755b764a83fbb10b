package dev.contraflow.dataset;

import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;

/** What a {@link DatasetProvider} makes a dataset from: its entry in the catalog. Valid during the call only. */
public interface DatasetConfig {
    /** @return the whole entry; the provider asks for the keys it knows, and the catalog then refuses the others */
    ConfigSection options();

    /**
     * The dataset that a nested entry describes, for wrappers.
     *
     * @param ref the name and type it is to have
     * @param key the key below which its entry stands: {@code dataset}
     * @return the dataset, an {@link EncodedDataset} if it is a file
     * @throws dev.contraflow.CatalogException if the key is missing or its entry is wrong
     */
    <T> Dataset<T> nested(DatasetRef<T> ref, String key);
}
