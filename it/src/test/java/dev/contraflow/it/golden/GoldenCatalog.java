package dev.contraflow.it.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.internal.catalog.CatalogEntries;
import dev.contraflow.internal.catalog.CatalogSource;
import dev.contraflow.internal.catalog.Credentials;
import dev.contraflow.internal.catalog.EntryReader;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.catalog.Storages;
import dev.contraflow.spi.Providers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The catalog of a case, read and checked as {@link dev.contraflow.catalog.DataCatalog} does, with types that are only texts: every one that a
 * case names is known.
 *
 * @param entries its entries and patterns
 * @param credentials its credentials
 */
record GoldenCatalog(CatalogEntries entries, Credentials credentials) {
    static GoldenCatalog of(Golden.Case asked) {
        Map<String, ConfigValue> catalog = section(asked, "catalog");
        CatalogSource source = new CatalogSource(
                Path.of(""),
                "local",
                catalog,
                section(asked, "credentials"),
                Map.of(),
                ConfigSection.empty("parameters"));
        Problems problems = new Problems();
        CatalogEntries entries = new CatalogEntries(catalog, problems);
        try (Storages storages = new Storages()) {
            new EntryReader(source, allTypesOf(catalog), storages).check(entries, problems);
        }
        problems.throwIfAny();
        return new GoldenCatalog(entries, new Credentials(source.credentials(), source.environment()));
    }

    /** The configuration of a name as its dataset gets it. */
    @Nullable
    Object config(CatalogEntries.Found found) {
        return credentials.resolved(found.name(), found.entry()).plain();
    }

    private static Map<String, ConfigValue> section(Golden.Case asked, String key) {
        Map<String, Object> plain =
                Golden.JSON.convertValue(asked.input().path(key), new TypeReference<Map<String, Object>>() {});
        return plain == null ? Map.of() : ConfigSection.of(key, plain).entries();
    }

    private static Providers allTypesOf(Map<String, ConfigValue> catalog) {
        Set<String> types = new TreeSet<>();
        catalog.values().forEach(entry -> {
            Map<String, ConfigValue> keys = entry.entries();
            if (keys != null && keys.get("type") != null) {
                types.add(String.valueOf(keys.get("type").value()));
            }
        });
        Providers.Builder providers = Providers.builder();
        Providers builtIn = providers.build();
        types.stream()
                .filter(type -> builtIn.dataset(type).isEmpty())
                .forEach(type -> providers.dataset(new AnyType(type)));
        return providers.build();
    }

    /** A type of which no dataset is made. */
    private record AnyType(String typeId) implements DatasetProvider {
        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            throw new CatalogException("nothing is made of " + typeId);
        }
    }
}
