package dev.contraflow.datasets.local;

import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import java.util.Set;

/** Opens the storage for the scheme {@code file}, which has no options and no credentials. Stateless and thread-safe. */
public final class LocalStorageProvider implements StorageProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public Storage open(StorageConfig config) {
        config.options().rejectOtherKeys();
        config.credentials().rejectOtherKeys();
        return new LocalStorage();
    }
}
