package dev.contraflow.datasets.local;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import java.util.Set;

/** Opens the storage of the scheme {@code file}. It has no options and no credentials, and refuses all. Stateless and thread-safe. */
public final class LocalStorageProvider implements StorageProvider {
    /** For {@link java.util.ServiceLoader}. */
    public LocalStorageProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public void check(ConfigSection options) {
        options.rejectOtherKeys();
    }

    @Override
    public Storage open(StorageConfig config) {
        check(config.options());
        config.credentials().rejectOtherKeys();
        return new LocalStorage();
    }
}
