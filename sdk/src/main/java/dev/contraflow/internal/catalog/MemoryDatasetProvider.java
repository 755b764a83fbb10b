package dev.contraflow.internal.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import java.util.Set;

/** The kind {@code memory}, which is always there. */
public final class MemoryDatasetProvider implements DatasetProvider {
    @Override
    public String typeId() {
        return "memory";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("MemoryDataset", "SharedMemoryDataset");
    }

    @Override
    public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
        checkCopyMode(config.options());
        return new MemoryDataset<>(ref.name());
    }

    /** Kedro's key that says how values are copied: here they are shared, which is what it calls assign. */
    static void checkCopyMode(ConfigSection options) {
        options.text("copy_mode").filter(mode -> !mode.equals("assign")).ifPresent(mode -> {
            throw options.error(
                    "copy_mode",
                    "is '" + mode + "', but values are never copied: nodes share them, frozen where that is possible."
                            + " Remove it, and let nodes return immutable values.");
        });
    }
}
