package dev.contraflow.internal.run;

import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.spi.Providers;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The state store of one run, and what ends with it.
 *
 * @param store the store
 * @param opened what was opened for it
 */
record RunState(StateStore store, Closeable opened) implements AutoCloseable {
    /**
     * Opens the place that the configuration names.
     *
     * @param place the place
     * @param config the configuration, with the options and credentials of storages
     * @param providers opens the storage
     * @return the store; empty if none is configured
     * @throws dev.contraflow.CatalogException if the storage does not take its options or credentials
     */
    static Optional<RunState> opened(StatePlace place, @Nullable Config config, Providers providers) {
        if (place.location().isEmpty() || config == null) {
            return Optional.empty();
        }
        Location named = Location.parse(place.location().get(), config.root());
        Location root = named.path().endsWith("/") ? named : named.plus("/"); // that of a local folder has none
        StorageProvider provider = providers.storage(root.scheme()).orElseThrow(); // RunYml has looked
        Storage storage = provider.open(new StorageConfig(
                root.scheme(),
                config.storages().section(root.scheme()),
                place.credentials()
                        .map(config.credentials()::section)
                        .orElseGet(() -> ConfigSection.empty("credentials")),
                config.root()));
        return Optional.of(new RunState(new StorageState(storage, root), storage));
    }

    @Override
    public void close() {
        try {
            opened.close();
        } catch (IOException | RuntimeException e) { // a run that is over, or refused, has more important things to say
            LoggerFactory.getLogger(RunState.class).warn("Cannot close the state store in {}", store.describe(), e);
        }
    }
}
