package dev.contraflow.catalog;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A catalog as plain values, credentials apart from what refers to them: what {@link DataCatalog#toConfig} gives and {@link
 * DataCatalog#of(CatalogConfig, dev.contraflow.spi.Providers)} takes. Immutable as far as its values are.
 *
 * @param root the folder that relative paths start from
 * @param entries the entries and patterns by name, as they would stand in {@code catalog.yml}
 * @param credentials the credentials by name that the entries refer to; secret
 * @param storages the options of storages by scheme
 * @param loadVersions the versions to load by dataset
 * @param saveVersion the version to save, or null for a new one
 */
public record CatalogConfig(
        Path root,
        Map<String, @Nullable Object> entries,
        Map<String, @Nullable Object> credentials,
        Map<String, @Nullable Object> storages,
        Map<String, String> loadVersions,
        @Nullable String saveVersion) {
    /** Copies the maps. */
    public CatalogConfig {
        Objects.requireNonNull(root, "root is null");
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        credentials = Collections.unmodifiableMap(new LinkedHashMap<>(credentials));
        storages = Collections.unmodifiableMap(new LinkedHashMap<>(storages));
        loadVersions = Map.copyOf(loadVersions);
    }

    /** @return its names and versions, never a value of the credentials */
    @Override
    public String toString() {
        return "entries " + entries.keySet() + ", credentials " + credentials.keySet() + ", storages "
                + storages.keySet() + ", load versions " + loadVersions + ", save version " + saveVersion;
    }
}
