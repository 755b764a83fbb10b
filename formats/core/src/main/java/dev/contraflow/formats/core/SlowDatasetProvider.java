package dev.contraflow.formats.core;

import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import java.time.Duration;

/**
 * The dataset {@code slow}: the entry below {@code dataset}, with delays.
 *
 * <pre>{@code
 * orders:
 *   type: slow
 *   load_delay: 500ms
 *   save_delay: 2s
 *   dataset:
 *     type: csv
 *     filepath: s3://bucket/orders.csv
 * }</pre>
 *
 * <p>A delay that is not set is zero. Stateless and thread-safe; see {@link SlowDatasets}.
 */
public final class SlowDatasetProvider implements DatasetProvider {
    /** Makes the provider; it holds nothing. */
    public SlowDatasetProvider() {}

    /** @return {@code slow} */
    @Override
    public String typeId() {
        return "slow";
    }

    @Override
    public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
        ConfigSection options = config.options();
        Duration load = options.duration("load_delay").orElse(Duration.ZERO);
        Duration save = options.duration("save_delay").orElse(Duration.ZERO);
        return SlowDatasets.slow(config.<T>nested(ref, "dataset"), load, save);
    }
}
