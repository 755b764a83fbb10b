package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.PipelineException;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.io.UnsupportedTypeException;
import dev.contraflow.spi.Providers;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the entries of a catalog: checks one without making anything, or makes its dataset. An entry is a file (its type is a format) or
 * of a kind of its own (its type is that of a {@link DatasetProvider}). Thread-safe.
 */
public final class EntryReader {
    private static final Map<String, String> ARTIFACTS =
            Map.of("file", "contraflow-datasets-local", "s3", "contraflow-datasets-s3");

    private static final Pattern ALMOST_A_URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:(?!//)");

    private final Config config;
    private final Providers providers;
    private final Storages storages;
    private final Map<String, ConfigValue> credentials;
    private final Map<String, ConfigValue> storageOptions;

    /**
     * @param config the configuration that the entries belong to
     * @param providers what they can be made of
     * @param storages where storages are opened; stays the caller's
     */
    public EntryReader(Config config, Providers providers, Storages storages) {
        this.config = config;
        this.providers = providers;
        this.storages = storages;
        this.credentials = config.credentials().entries();
        this.storageOptions = config.storages().entries();
    }

    /**
     * Checks what can be checked without knowing the type of the value. Makes nothing.
     *
     * @param name the entry's name
     * @param value the entry
     * @param problems gets the mistakes
     */
    public void check(String name, ConfigValue value, Problems problems) {
        problems.check(() -> checkName(name, value));
        ConfigSection entry = problems.get(() -> section(name, value));
        if (entry == null) {
            return;
        }
        String type = problems.get(() -> type(entry));
        if (type == null) {
            return;
        }
        checkCredentials(entry, problems);
        if (providers.format(type).isPresent()) {
            problems.check(() -> storageProvider(entry, location(entry)));
            problems.check(() -> options(entry, "file"));
            problems.check(() -> checkKeys(entry));
        }
    }

    private static void checkName(String name, ConfigValue value) {
        try {
            if (DatasetRef.of(name, Object.class).isParameter()) {
                throw new CatalogException(value.position() + ": '" + name
                        + "' is the name of a parameter. Set parameters in parameters.yml, not in the catalog.");
            }
        } catch (PipelineException e) {
            throw new CatalogException(value.position() + ": " + e.getMessage(), e);
        }
    }

    /**
     * An entry as a section.
     *
     * @param name its name
     * @param value the entry
     * @return a new section
     * @throws CatalogException if it is not a map
     */
    public static ConfigSection section(String name, ConfigValue value) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries == null) {
            throw new CatalogException(value.position() + ": '" + name + "' must be a map with a 'type', but is "
                    + value.kind() + ". If it is not a dataset, let its name begin with '_'.");
        }
        return new ConfigSection(name, value.position(), entries);
    }

    /**
     * Makes the dataset of an entry.
     *
     * @param ref its name and type
     * @param entry the entry; a new section, as it remembers what it was asked for
     * @return a new dataset
     * @throws CatalogException if the entry is wrong or cannot hold the type
     */
    public <T> Dataset<T> create(DatasetRef<T> ref, ConfigSection entry) {
        String type = type(entry);
        Optional<FormatProvider> format = providers.format(type);
        if (format.isPresent()) {
            return file(ref, entry, format.get());
        }
        DatasetProvider provider = providers.dataset(type).orElseThrow(() -> unknownType(entry, type));
        Dataset<T> dataset = guarded(ref, entry, () -> provider.create(ref, new Nested(entry)));
        entry.allow("type", "metadata");
        entry.rejectOtherKeys();
        return dataset;
    }

    private <T> Dataset<T> file(DatasetRef<T> ref, ConfigSection entry, FormatProvider provider) {
        checkKeys(entry);
        ConfigSection load = entry.section("load_args");
        ConfigSection save = entry.section("save_args");
        Format<T> format = guarded(ref, entry, () -> provider.create(ref.type(), new FormatOptions(load, save)));
        load.rejectOtherKeys();
        save.rejectOtherKeys();
        Location location = location(entry);
        return new FileDataset<>(storage(ref, entry, location), location, format);
    }

    private Storage storage(DatasetRef<?> ref, ConfigSection entry, Location location) {
        String scheme = location.scheme();
        StorageProvider provider = storageProvider(entry, location);
        Optional<ConfigSection> named = credentials(entry);
        String credentialsName = named.isEmpty() ? "" : entry.requiredText("credentials");
        // plain() counts every key as known, so what the provider gets is a section of its own
        Storages.Key key = new Storages.Key(scheme, options(entry, scheme).plain(), credentialsName);
        return guarded(
                ref,
                entry,
                () -> storages.open(
                        key,
                        provider,
                        () -> new StorageConfig(
                                scheme,
                                options(entry, scheme),
                                named.orElse(ConfigSection.empty("credentials")),
                                config.root())));
    }

    private String type(ConfigSection entry) {
        String type = entry.requiredText("type");
        if (providers.format(type).isEmpty() && providers.dataset(type).isEmpty()) {
            throw unknownType(entry, type);
        }
        return type;
    }

    private CatalogException unknownType(ConfigSection entry, String type) {
        return entry.error(
                "type",
                "is '" + type + "', which is not known." + Suggestion.didYouMean(type, providers.typeIds())
                        + " Known types: " + String.join(", ", providers.typeIds()) + "."
                        + (providers.formatIds().isEmpty()
                                        && providers.failures().isEmpty()
                                ? " No format is on the class path: add the contraflow-formats-core artifact, or another that has them."
                                : "")
                        + failures());
    }

    private Location location(ConfigSection entry) {
        String path = entry.requiredText("filepath");
        Matcher uri = ALMOST_A_URI.matcher(path);
        if (uri.lookingAt()) {
            throw entry.error(
                    "filepath",
                    "is '" + path + "', which lacks the two slashes after '" + uri.group() + "'. Write " + uri.group()
                            + "//bucket/key; for a local file whose name begins so, write ./" + path + ".");
        }
        try {
            return checked(entry, Location.parse(path, config.root()));
        } catch (InvalidPathException e) {
            throw entry.error("filepath", "is not a path: " + e.getReason() + ".");
        }
    }

    private static Location checked(ConfigSection entry, Location location) {
        boolean isFile = location.scheme().equals("file");
        if (!isFile && location.authority().contains("@")) {
            throw entry.error("filepath", "holds a user name or password. Name a section of credentials.yml instead.");
        }
        if (!isFile && (location.authority().isEmpty() || location.key().isEmpty())) {
            throw entry.error(
                    "filepath",
                    "is '" + location + "', which names no object. Write " + location.scheme() + "://bucket/key.");
        }
        return location;
    }

    private StorageProvider storageProvider(ConfigSection entry, Location location) {
        String scheme = location.scheme();
        return providers.storage(scheme).orElseThrow(() -> {
            ConfigValue filepath = entry.entries().get("filepath");
            Set<String> found = providers.schemes();
            return new CatalogException("No storage for scheme '" + scheme + "' (dataset '" + entry.name() + "', "
                    + (filepath == null ? entry.position() : filepath.position()) + ")."
                    + Suggestion.didYouMean(scheme, found)
                    + " Storages found: " + (found.isEmpty() ? "none" : String.join(", ", found)) + ". Add "
                    + (ARTIFACTS.containsKey(scheme)
                            ? "the " + ARTIFACTS.get(scheme) + " artifact"
                            : "an artifact that serves it")
                    + " to the class path." + failures());
        });
    }

    /** A suggestion costs a look at every name, so it is not made for every entry of a large catalog. */
    private void checkCredentials(ConfigSection entry, Problems problems) {
        String name = problems.get(() -> entry.text("credentials").orElse(""));
        if (name == null || name.isEmpty()) {
            return;
        }
        if (credentials.containsKey(name)) {
            problems.check(() -> credentials(entry));
        } else {
            problems.add(() -> unknownCredentials(entry, name));
        }
    }

    private CatalogException unknownCredentials(ConfigSection entry, String name) {
        return entry.error(
                "credentials",
                "is '" + name + "', which no credentials*.yml of the environment '" + config.environment() + "' has."
                        + Suggestion.didYouMean(name, credentials.keySet()));
    }

    private Optional<ConfigSection> credentials(ConfigSection entry) {
        return entry.text("credentials").map(name -> {
            ConfigValue value = credentials.get(name);
            if (value == null) {
                throw unknownCredentials(entry, name);
            }
            Map<String, ConfigValue> entries = value.entries();
            if (entries == null) {
                throw new CatalogException(value.position() + ": the credentials '" + name + "' must be a map, but are "
                        + value.kind() + ".");
            }
            return new ConfigSection("credentials." + name, value.position(), entries);
        });
    }

    /** A new section, since each remembers what it was asked for. */
    private ConfigSection options(ConfigSection entry, String scheme) {
        return new ConfigSection("storages", entry.position(), storageOptions)
                .section(scheme)
                .overriddenBy(entry.section("fs_args"));
    }

    private static void checkKeys(ConfigSection entry) {
        entry.allow("type", "filepath", "credentials", "load_args", "save_args", "fs_args", "metadata");
        entry.rejectOtherKeys();
    }

    /** Adds to what a provider throws which dataset it is about. */
    private <T, R> R guarded(DatasetRef<T> ref, ConfigSection entry, Supplier<R> made) {
        try {
            return made.get();
        } catch (UnsupportedTypeException e) {
            List<String> others = formatsFor(ref.type());
            throw new CatalogException(
                    entry.position() + ": dataset '" + ref + "' of type '" + entry.requiredText("type")
                            + "' cannot hold "
                            + ref.type() + ": " + e.getMessage() + ". Formats found that can: "
                            + (others.isEmpty() ? "none" : String.join(", ", others)) + ".",
                    e);
        } catch (dev.contraflow.ContraflowException | IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CatalogException(
                    entry.position() + ": dataset '" + ref + "' of type '" + entry.requiredText("type")
                            + "' cannot be made: "
                            + e.toString().lines().findFirst().orElse(""),
                    e);
        }
    }

    private List<String> formatsFor(TypeRef<?> type) {
        return providers.formatIds().stream()
                .filter(id -> providers.format(id).filter(f -> holds(f, type)).isPresent())
                .toList();
    }

    private static boolean holds(FormatProvider provider, TypeRef<?> type) {
        try {
            provider.create(type, FormatOptions.none());
            return true;
        } catch (RuntimeException e) { // whatever it is, this format is no advice to give
            return false;
        }
    }

    private String failures() {
        return providers.failures().stream()
                .findFirst()
                .map(first -> " " + first)
                .orElse("");
    }

    /** What a provider sees of an entry. */
    private final class Nested implements DatasetConfig {
        private final ConfigSection entry;

        Nested(ConfigSection entry) {
            this.entry = entry;
        }

        @Override
        public ConfigSection options() {
            return entry;
        }

        @Override
        public <T> Dataset<T> nested(DatasetRef<T> ref, String key) {
            ConfigValue value = entry.entries().get(key);
            if (value == null) {
                throw new CatalogException(entry.position() + ": '" + entry.name() + "' needs the key '" + key
                        + "', a map that describes the dataset it wraps.");
            }
            entry.allow(key);
            return create(ref, section(entry.name() + "." + key, value));
        }
    }
}
