package dev.contraflow.internal.catalog;

import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import java.nio.file.Path;
import java.util.Map;

/**
 * All of a configuration that a catalog needs. Immutable.
 *
 * @param root the folder that relative paths start from
 * @param environment the environment, for messages
 * @param entries the entries and patterns by name
 * @param credentials the credentials by name; secret
 * @param storages the options of storages by scheme
 * @param parameters all parameters
 */
public record CatalogSource(
        Path root,
        String environment,
        Map<String, ConfigValue> entries,
        Map<String, ConfigValue> credentials,
        Map<String, ConfigValue> storages,
        ConfigSection parameters) {
    /**
     * @param config a configuration
     * @return what a catalog needs of it
     */
    public static CatalogSource of(Config config) {
        return new CatalogSource(
                config.root(),
                config.environment(),
                config.catalog().entries(),
                config.credentials().entries(),
                config.storages().entries(),
                config.parameters());
    }

    /** @return folder and environment, never a value */
    @Override
    public String toString() {
        return root + " in environment " + environment;
    }
}
