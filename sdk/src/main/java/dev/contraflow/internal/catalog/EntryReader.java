package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.PipelineException;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.dataset.FileFolder;
import dev.contraflow.io.ArgumentRules;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.io.UnsupportedTypeException;
import dev.contraflow.spi.Providers;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a catalog: checks one without making anything, or makes its dataset. An entry is a file (its type is a format) or
 * of a kind of its own (its type is that of a {@link DatasetProvider}). Thread-safe.
 */
public final class EntryReader {
    private static final Map<String, String> ARTIFACTS =
            Map.of("file", "contraflow-datasets-local", "s3", "contraflow-datasets-s3");

    private static final ArgumentRules OPEN_ARGS = ArgumentRules.of("fsspec")
            .only("mode", "r", "rt", "rb", "w", "wt", "wb")
            .only("encoding", "utf-8", "utf8")
            .only("newline", "", "\n", null);

    private static final Pattern ALMOST_A_URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:(?!//)");

    private static final Pattern A_DRIVE = Pattern.compile("[a-zA-Z]:[\\\\/]");

    private final CatalogSource source;
    private final Set<String> unknownTypes = new TreeSet<>(); // only while a catalog is made
    private final Providers providers;
    private final Storages storages;
    private final Credentials credentials;

    /**
     * @param source the configuration that the entries belong to
     * @param providers what they can be made of
     * @param storages where storages are opened; stays the caller's
     */
    public EntryReader(CatalogSource source, Providers providers, Storages storages) {
        this.source = source;
        this.providers = providers;
        this.storages = storages;
        this.credentials = new Credentials(source.credentials(), source.environment());
    }

    /**
     * Checks what can be checked without knowing the types of values. Makes nothing.
     *
     * @param entries the entries and patterns
     * @param problems gets the mistakes
     */
    public void check(CatalogEntries entries, Problems problems) {
        entries.explicit().forEach((name, entry) -> check(name, entry, text -> false, problems));
        for (EntryPattern pattern : entries.patternEntries()) {
            check(pattern.text(), pattern.entry(), pattern::isOpen, problems);
        }
    }

    /**
     * Checks that entries have names that a dataset can have.
     *
     * @param entries the entries
     * @param problems gets the mistakes
     */
    public static void checkNames(CatalogEntries entries, Problems problems) {
        entries.explicit().forEach((name, entry) -> problems.check(() -> checkName(name, entry)));
    }

    /** Texts that are open hold placeholders, and are checked once a name is known. */
    private void check(String name, ConfigValue value, Predicate<String> isOpen, Problems problems) {
        ConfigSection entry = problems.get(() -> section(name, value));
        if (entry == null) {
            return;
        }
        credentials.check(name, value, isOpen, problems);
        ConfigValue written = entry.entries().get("type");
        boolean isPattern = EntryPattern.isPattern(name);
        if (isPattern && (written == null || isOpen(written, isOpen))) {
            return; // as in Kedro, a pattern may lack a type until it is used
        }
        String type = problems.get(() -> entry.requiredText("type"));
        if (type != null && providers.format(type).isPresent()) {
            checkFile(entry, isOpen, problems);
        } else if (type != null && providers.dataset(type).isEmpty()) {
            checkUnknown(entry, type, problems);
        }
    }

    /** A misspelt type is a mistake at once; one that is only not on the class path is refused once a run needs the entry, as in Kedro. */
    private void checkUnknown(ConfigSection entry, String type, Problems problems) {
        boolean isMisspelt = !KedroTypes.isKnown(type)
                && Suggestion.nearest(type, typeNames()).isPresent();
        if (isMisspelt) {
            problems.add(() -> unknownType(entry, type));
        } else {
            unknownTypes.add(type);
        }
    }

    private Set<String> typeNames() {
        Set<String> names = new TreeSet<>(providers.typeIds());
        names.addAll(providers.aliases());
        return names;
    }

    /** @return the types of entries and patterns that nothing on the class path knows, as far as they have been checked */
    public Set<String> unknownTypes() {
        return unknownTypes;
    }

    private void checkFile(ConfigSection entry, Predicate<String> isOpen, Problems problems) {
        ConfigValue filepath = entry.entries().get("filepath");
        if (isOpen(filepath, isOpen)) {
            checkScheme(entry, String.valueOf(Objects.requireNonNull(filepath).value()), isOpen, problems);
        } else {
            problems.check(() -> storageProvider(entry, "filepath", location(entry)));
        }
        ConfigValue reference = entry.entries().get("credentials");
        if (!isOpen(reference, isOpen) && isThere(reference)) {
            problems.check(() -> credentials(entry));
        }
        problems.check(() -> options(entry, "file"));
        problems.check(() -> translated(entry));
        problems.check(() -> checkKeys(entry));
    }

    /** Of a path that is not known yet, the scheme often is. */
    private void checkScheme(ConfigSection entry, String path, Predicate<String> isOpen, Problems problems) {
        int colon = path.indexOf("://");
        String scheme = colon < 0 ? "file" : path.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!isOpen.test(scheme)) {
            problems.check(() -> storageProvider(entry, "filepath", new Location(scheme, "", "")));
        }
    }

    private static boolean isOpen(@Nullable ConfigValue value, Predicate<String> isOpen) {
        return value != null && value.value() instanceof String text && isOpen.test(text);
    }

    /** That credentials are not there is said by {@link Credentials#check}. */
    private boolean isThere(@Nullable ConfigValue reference) {
        return reference == null
                || !(reference.value() instanceof String name)
                || source.credentials().containsKey(name);
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
     * What an entry is of.
     *
     * @param entry the entry
     * @return the id of a format or of a kind of datasets, also where the entry has an alias of it
     * @throws CatalogException if the type is missing or unknown
     */
    public String typeId(ConfigSection entry) {
        return providers.typeId(type(entry));
    }

    /**
     * Makes the dataset of an entry.
     *
     * @param ref its name and type
     * @param entry the entry; a new section, as it remembers what it was asked for
     * @param versions the versions that it saves and loads, if it keeps versions
     * @return a new dataset
     * @throws CatalogException if the entry is wrong or cannot hold the type
     */
    public <T> Dataset<T> create(DatasetRef<T> ref, ConfigSection entry, RunVersions versions) {
        String type = type(entry);
        Optional<FormatProvider> format = providers.format(type);
        if (format.isPresent()) {
            return file(ref, entry, format.get(), versions);
        }
        DatasetProvider provider = providers.dataset(type).orElseThrow(() -> unknownType(entry, type));
        Nested config = new Nested(entry, versions);
        Dataset<T> dataset = guarded(ref, entry, () -> provider.create(ref, config));
        config.options().allow("type", "metadata");
        config.options().rejectOtherKeys();
        return dataset;
    }

    private <T> Dataset<T> file(DatasetRef<T> ref, ConfigSection entry, FormatProvider provider, RunVersions versions) {
        checkKeys(entry);
        Format<T> format = format(ref, entry, provider);
        Location location = location(entry);
        Storage storage = storage(ref, entry, location);
        return isVersioned(entry)
                ? new VersionedFileDataset<>(
                        ref.name(), storage, location, format, versions.of(ref.name(), storage, location))
                : new FileDataset<>(storage, location, format);
    }

    private <T> Format<T> format(DatasetRef<T> ref, ConfigSection entry, FormatProvider provider) {
        FormatOptions options = translated(entry);
        Format<T> format = guarded(ref, entry, () -> provider.create(ref.type(), options));
        options.load().rejectOtherKeys();
        options.save().rejectOtherKeys();
        return format;
    }

    private static boolean isVersioned(ConfigSection entry) {
        return entry.flag("versioned").orElse(false);
    }

    /** The options in the format's own words. */
    private FormatOptions translated(ConfigSection entry) {
        FormatOptions written = new FormatOptions(resolved(entry, "load_args"), resolved(entry, "save_args"));
        return providers
                .formatAlias(entry.requiredText("type"))
                .map(alias -> alias.translation().apply(written))
                .orElse(written);
    }

    private ConfigSection resolved(ConfigSection entry, String key) {
        ConfigSection section = entry.section(key);
        return new ConfigSection(section.name(), section.position(), resolved(section));
    }

    /** What a provider may see: credentials instead of their names, and absolute paths. */
    private Map<String, ConfigValue> resolved(ConfigSection section) {
        ConfigValue whole = new ConfigValue(section.entries(), section.position());
        ConfigValue resolved = credentials.resolved(section.name(), Paths.absolute(whole, source.root()));
        return Objects.requireNonNull(resolved.entries());
    }

    private Storage storage(DatasetRef<?> ref, ConfigSection entry, Location location) {
        String scheme = location.scheme();
        StorageProvider provider = storageProvider(entry, "filepath", location);
        Optional<ConfigSection> named = credentials(entry);
        // plain() counts every key as known, so what the provider gets is a section of its own
        Storages.Key key = new Storages.Key(
                scheme,
                options(entry, scheme).plain(),
                named.map(ConfigSection::name).orElse(""));
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
                                source.root())));
    }

    private String type(ConfigSection entry) {
        String type = entry.requiredText("type");
        if (providers.format(type).isEmpty() && providers.dataset(type).isEmpty()) {
            throw unknownType(entry, type);
        }
        return type;
    }

    private CatalogException unknownType(ConfigSection entry, String type) {
        Set<String> known = providers.typeIds();
        String what = KedroTypes.isKnown(type)
                ? "is '" + type + "', a type of Kedro that nothing on the class path can stand for."
                        + KedroTypes.nearest(type, known)
                                .map(near -> " The nearest type is '" + near + "'.")
                                .orElse("")
                : "is '" + type + "', which is not known." + Suggestion.didYouMean(type, typeNames());
        return entry.error(
                "type",
                what + " Known types: " + String.join(", ", known) + "."
                        + (providers.formatIds().isEmpty()
                                        && providers.failures().isEmpty()
                                ? " No format is on the class path: add the contraflow-formats-core artifact, or another that has them."
                                : "")
                        + failures());
    }

    private Location location(ConfigSection entry) {
        return location(entry, "filepath");
    }

    private Location location(ConfigSection entry, String key) {
        String path = entry.requiredText(key);
        Matcher uri = ALMOST_A_URI.matcher(path);
        if (uri.lookingAt()) {
            throw entry.error(
                    key,
                    "is '" + path + "', which lacks the two slashes after '" + uri.group() + "'. Write " + uri.group()
                            + "//bucket/key; for a local file whose name begins so, write ./" + path + ".");
        }
        if (path.isBlank()) {
            throw entry.error(key, "is empty. Write a path from the project's root, or a URI: s3://bucket/key.");
        }
        if (File.separatorChar == '/' && A_DRIVE.matcher(path).lookingAt()) {
            throw entry.error(
                    key,
                    "is '" + path + "', a path of Windows, which this system takes for one name. Write it from the"
                            + " project's root, with '/' between folders: data/orders.csv.");
        }
        try {
            return checked(entry, key, Location.parse(path, source.root()));
        } catch (InvalidPathException e) {
            throw entry.error(key, "is not a path: " + e.getReason() + ".");
        }
    }

    private static Location checked(ConfigSection entry, String key, Location location) {
        boolean isFile = location.scheme().equals("file");
        if (!isFile && location.authority().contains("@")) {
            throw entry.error(key, "holds a user name or password. Name a section of credentials.yml instead.");
        }
        if (!isFile && (location.authority().isEmpty() || location.key().isEmpty())) {
            throw entry.error(
                    key, "is '" + location + "', which names no object. Write " + location.scheme() + "://bucket/key.");
        }
        if (location.path().endsWith("/") && isVersioned(entry)) {
            throw entry.error(key, "ends with a slash, so it names no file to keep versions of.");
        }
        return location;
    }

    private StorageProvider storageProvider(ConfigSection entry, String key, Location location) {
        String scheme = location.scheme();
        return providers.storage(scheme).orElseThrow(() -> {
            ConfigValue path = entry.entries().get(key);
            Set<String> found = providers.schemes();
            return new CatalogException(
                    path == null ? entry.position() : path.position(),
                    "no storage for scheme '" + scheme + "' (dataset '" + entry.name() + "')."
                            + Suggestion.didYouMean(scheme, found)
                            + " Storages found: " + (found.isEmpty() ? "none" : String.join(", ", found)) + ". Add "
                            + (ARTIFACTS.containsKey(scheme)
                                    ? "the " + ARTIFACTS.get(scheme) + " artifact"
                                    : "an artifact that serves it")
                            + " to the class path." + failures());
        });
    }

    private Optional<ConfigSection> credentials(ConfigSection entry) {
        ConfigValue written = entry.entries().get("credentials");
        entry.allow("credentials");
        if (written == null || written.value() == null) {
            return Optional.empty();
        }
        boolean isReference = written.value() instanceof String;
        ConfigValue value = isReference ? credentials.get(entry.name(), written) : written;
        if (value.value() == null) {
            return Optional.empty();
        }
        Map<String, ConfigValue> entries = value.entries();
        if (entries == null && isReference) {
            throw new CatalogException(value.position() + ": the credentials '" + written.value()
                    + "' must be a map, but are " + value.kind() + ".");
        }
        if (entries == null) {
            throw entry.error(
                    "credentials", "must be the name of a section of credentials.yml, but is " + written.kind() + ".");
        }
        String name = isReference ? "credentials." + written.value() : entry.name() + ".credentials";
        return Optional.of(new ConfigSection(name, value.position(), entries));
    }

    /** A new section, since each remembers what it was asked for. */
    private ConfigSection options(ConfigSection entry, String scheme) {
        ConfigSection own = entry.section("fs_args");
        boolean isAlias = providers.formatAlias(entry.requiredText("type")).isPresent();
        ConfigSection args =
                new ConfigSection(own.name(), own.position(), isAlias ? withoutOpenArgs(own) : own.entries());
        return new ConfigSection("storages", entry.position(), source.storages())
                .section(scheme)
                .overriddenBy(new ConfigSection(args.name(), args.position(), resolved(args)));
    }

    /** How Kedro opens a file: text or bytes, which here is the format's business. */
    private static Map<String, ConfigValue> withoutOpenArgs(ConfigSection args) {
        Map<String, ConfigValue> others = new LinkedHashMap<>(args.entries());
        for (String key : List.of("open_args_load", "open_args_save")) {
            OPEN_ARGS.translate(args.section(key));
            others.remove(key);
        }
        return others;
    }

    private static void checkKeys(ConfigSection entry) {
        entry.allow("type", "filepath", "versioned", "credentials", "load_args", "save_args", "fs_args", "metadata");
        entry.flag("versioned");
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
        } catch (LinkageError e) { // a build that takes the artifact without what it depends on
            throw new CatalogException(
                    entry.position(),
                    "dataset '" + ref + "' of type '" + entry.requiredText("type") + "'"
                            + StorageOptions.missingLibrary(e),
                    e);
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
        private final ConfigSection options;
        private final RunVersions versions;

        Nested(ConfigSection entry, RunVersions versions) {
            this.entry = entry;
            this.options = new ConfigSection(entry.name(), entry.position(), resolved(entry));
            this.versions = versions;
        }

        @Override
        public ConfigSection options() {
            return options;
        }

        @Override
        public <T> Dataset<T> nested(DatasetRef<T> ref, String key) {
            ConfigValue value = entry.entries().get(key);
            if (value == null) {
                throw new CatalogException(entry.position() + ": '" + entry.name() + "' needs the key '" + key
                        + "', a map that describes the dataset it wraps.");
            }
            options.allow(key);
            ConfigSection inner = section(entry.name() + "." + key, value);
            ConfigValue versioned = entry.entries().get("versioned");
            return create(
                    ref,
                    versioned == null
                            ? inner
                            : inner.overriddenBy(
                                    new ConfigSection(inner.name(), inner.position(), Map.of("versioned", versioned))),
                    versions);
        }

        @Override
        public <T> FileFolder<T> files(DatasetRef<T> ref, String key, String folder) {
            Location at = location(entry, folder);
            storageProvider(entry, folder, at); // else the message would name the nested entry
            options.allow(key, folder, "fs_args", "credentials");
            ConfigSection each = eachFile(key);
            String type = each.requiredText("type");
            List<String> formats = List.copyOf(providers.formatIds());
            FormatProvider provider = providers
                    .format(type)
                    .orElseThrow(() -> each.error(
                            "type",
                            "is '" + type + "', which is no format of files." + Suggestion.didYouMean(type, formats)
                                    + " Formats found: " + String.join(", ", formats) + "."));
            each.allow("type", "credentials", "load_args", "save_args", "fs_args", "metadata");
            each.rejectOtherKeys();
            Format<T> format = format(ref, each, provider);
            return new FileFolder<>(storage(ref, each, at), at, format);
        }

        /** What holds for the folder holds for its files, unless they have their own, as in Kedro. */
        private ConfigSection eachFile(String key) {
            ConfigValue value = entry.entries().get(key);
            if (value == null) {
                throw new CatalogException(entry.position() + ": '" + entry.name() + "' needs the key '" + key
                        + "': the format of its files, or a map with it and its options.");
            }
            Map<String, ConfigValue> each = new LinkedHashMap<>();
            for (String shared : List.of("credentials", "fs_args")) {
                ConfigValue given = entry.entries().get(shared);
                if (given != null) {
                    each.put(shared, given);
                }
            }
            ConfigValue written =
                    value.value() instanceof String ? new ConfigValue(Map.of("type", value), value.position()) : value;
            ConfigSection own = section(entry.name() + "." + key, written);
            each.putAll(own.entries());
            return new ConfigSection(own.name(), own.position(), each);
        }
    }
}
