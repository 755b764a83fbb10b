package dev.contraflow.internal.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;

/** The kind {@code memory}, which is always there. */
public final class MemoryDatasetProvider implements DatasetProvider {
    @Override
    public String typeId() {
        return "memory";
    }

    @Override
    public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
        return new MemoryDataset<>(ref.name());
    }
}
