package dev.contraflow.dataset;

import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;

/** What a {@link DatasetProvider} makes a dataset from: its entry in the catalog. Valid during the call only. */
public interface DatasetConfig {
    /**
     * The whole entry; the provider asks for the keys it knows, and the catalog then refuses the others. Where a key {@code credentials} named
     * a section of the credentials, at any depth, the section itself stands in its place: secret. Relative paths below the keys {@code
     * filepath}, {@code filename} and {@code path} are absolute.
     *
     * @return the entry
     */
    ConfigSection options();

    /**
     * The dataset that a nested entry describes, for wrappers. A wrapper that knows the key {@code versioned} passes it on so: what stands
     * beside {@code key} holds for the nested entry.
     *
     * @param ref the name and type it is to have
     * @param key the key below which its entry stands: {@code dataset}
     * @return the dataset, an {@link EncodedDataset} if it is a file
     * @throws dev.contraflow.CatalogException if the key is missing or its entry is wrong
     */
    <T> Dataset<T> nested(DatasetRef<T> ref, String key);
}
