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

    /**
     * The files that a nested entry without a path describes, for kinds that keep a value in several files of one folder. {@code fs_args} and
     * {@code credentials} of the whole entry hold for the nested one, unless it has its own.
     *
     * @param ref the name, and the type of the value of each file
     * @param key the key below which the nested entry stands, or its type alone: {@code dataset}
     * @param folder the key of the folder in the whole entry: {@code path}
     * @return where the files stand, and their format
     * @throws dev.contraflow.io.UnsupportedTypeException if the format cannot hold such values
     * @throws dev.contraflow.CatalogException if a key is missing, or what it says is wrong
     */
    <T> FileFolder<T> files(DatasetRef<T> ref, String key, String folder);
}
