package dev.contraflow.internal.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.CachedDatasets;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import java.util.Set;

/**
 * The kind {@code cached}, which is always there: the entry below {@code dataset}, see {@link CachedDatasets}. {@code versioned: true} stands
 * beside {@code dataset}, not in it, as in Kedro.
 */
public final class CachedDatasetProvider implements DatasetProvider {
    @Override
    public String typeId() {
        return "cached";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("CachedDataset");
    }

    @Override
    public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
        ConfigSection options = config.options();
        MemoryDatasetProvider.checkCopyMode(options);
        options.flag("versioned"); // holds for the nested dataset
        ConfigSection nested = options.section("dataset");
        if (nested.entries().containsKey("versioned")) {
            throw nested.error(
                    "versioned", "belongs to the cached dataset around it. Move it up, beside 'dataset', as in Kedro.");
        }
        return CachedDatasets.cached(ref, config.nested(ref, "dataset"));
    }
}
