package dev.contraflow.internal.run;

import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.Suggestion;
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
     * The place that {@code state} in {@code run.yml} names: {@code location}, and {@code credentials} by name where the storage needs some.
     *
     * @param section the section
     * @param config the configuration, with the options and credentials of storages
     * @param providers opens the storage
     * @return the store; empty if none is configured
     * @throws dev.contraflow.CatalogException if the section is wrong
     */
    static Optional<RunState> configured(ConfigSection section, @Nullable Config config, Providers providers) {
        Optional<String> text = section.text("location");
        Optional<String> credentials = section.text("credentials");
        section.rejectOtherKeys();
        if (text.isEmpty() || config == null) {
            return Optional.empty();
        }
        Location place = Location.parse(text.get(), config.root()); // of a local folder it has no slash at its end
        Location root = place.path().endsWith("/") ? place : place.plus("/");
        StorageProvider provider = providers
                .storage(root.scheme())
                .orElseThrow(() -> section.error(
                        "location",
                        "is in a storage '" + root.scheme() + "' that is not known." + known(root, providers)));
        Storage storage = provider.open(new StorageConfig(
                root.scheme(),
                config.storages().section(root.scheme()),
                credentials.map(config.credentials()::section).orElseGet(() -> ConfigSection.empty("credentials")),
                config.root()));
        return Optional.of(new RunState(new StorageState(storage, root), storage));
    }

    private static String known(Location root, Providers providers) {
        return Suggestion.didYouMean(root.scheme(), providers.schemes()) + " Known: "
                + String.join(", ", providers.schemes()) + ".";
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
