package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.catalog.CatalogEntries;
import dev.contraflow.internal.catalog.CatalogSource;
import dev.contraflow.internal.catalog.Credentials;
import dev.contraflow.internal.catalog.EntryReader;
import dev.contraflow.internal.catalog.ParameterValues;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.catalog.RunVersions;
import dev.contraflow.internal.catalog.StorageOptions;
import dev.contraflow.internal.catalog.Storages;
import dev.contraflow.internal.catalog.ValueDataset;
import dev.contraflow.run.RunId;
import dev.contraflow.spi.Providers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which dataset stands behind which name: by the entries and patterns of a configuration, by datasets and values added in a program, or
 * both, where what the program added wins. All entries are checked when the catalog is made, as far as that is possible without knowing a Java
 * type; an entry becomes a dataset only when a run {@linkplain #bind binds} it or a program uses it. Thread-safe.
 *
 * <p>A name is looked up among what was added, then among the entries, then among the patterns ({@code "{region}.{name}_raw"}, Kedro's dataset
 * factories) by rank: more literal characters, then more placeholders, then the alphabet. The pattern without a literal character, of which
 * there can be one, comes last.
 *
 * <p>{@link #load}, {@link #save} and so on are for use without a run, in tests and notebooks: they see the same datasets as runs do, except
 * for those in memory, which belong to one run or to this catalog.
 *
 * <p>The catalog owns the storages that its entries need, one for each scheme, options and credentials, and closes them. Datasets that were
 * added stay the caller's.
 */
public final class DataCatalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataCatalog.class);

    /** A dataset that a program added, and the type it was added with. */
    record Added<T>(DatasetRef<T> ref, Dataset<T> dataset) {}

    private final Storages storages = new Storages();
    private final CatalogSource source;
    private final CatalogEntries entries;
    private final EntryReader reader;
    private final Map<String, Added<?>> added;
    private final DatasetMaker maker;
    private final @Nullable String saveVersion;
    private final Session session;

    private DataCatalog(Builder builder) {
        Problems problems = new Problems();
        this.source = builder.source;
        this.entries = new CatalogEntries(source.entries(), problems);
        this.reader = new EntryReader(source, builder.providers, storages);
        this.added = new ConcurrentHashMap<>(builder.added);
        this.maker = new DatasetMaker(
                entries,
                reader,
                added,
                new ParameterValues(source.parameters()),
                source.parameters().entries());
        this.saveVersion = builder.saveVersion;
        this.session = new Session(
                maker, new RunVersions(saveVersion == null ? newVersion() : saveVersion, builder.loadVersions));
        EntryReader.checkNames(entries, problems);
        reader.check(entries, problems);
        List<String> unserved = new StorageOptions(source.storages(), builder.providers).check(problems);
        VersionChecks.checkNames(builder.loadVersions, maker, problems);
        problems.throwIfAny();
        unserved.forEach(LOG::warn);
        if (!reader.unknownTypes().isEmpty()) {
            LOG.info(
                    "Entries of these types are refused once a run needs them, since nothing on the class path knows them: {}",
                    String.join(", ", reader.unknownTypes()));
        }
        added.keySet().stream().filter(entries.explicit()::containsKey).sorted().forEach(DataCatalog::warnOfReplaced);
    }

    private static String newVersion() {
        return RunId.at(Instant.now(), new SplittableRandom()).value();
    }

    /**
     * The catalog of a configuration.
     *
     * @param config the configuration
     * @param providers what its entries are made of
     * @return the catalog; the caller closes it
     * @throws CatalogException if entries or patterns are wrong: all mistakes that need no Java type to be seen, the first five in words
     */
    public static DataCatalog load(Config config, Providers providers) {
        return builder(config, providers).build();
    }

    /**
     * The catalog of a configuration in plain values, such as another catalog's {@link #toConfig}. It has no parameters.
     *
     * @param config the configuration
     * @param providers what its entries are made of
     * @return the catalog; the caller closes it
     * @throws CatalogException if entries or patterns are wrong
     */
    public static DataCatalog of(CatalogConfig config, Providers providers) {
        CatalogSource source = new CatalogSource(
                config.root().toAbsolutePath().normalize(),
                "(code)",
                ConfigSection.of("catalog", config.entries()).entries(),
                ConfigSection.of("credentials", config.credentials()).entries(),
                ConfigSection.of("storages", config.storages()).entries(),
                ConfigSection.empty("parameters"));
        Builder builder = new Builder(source, providers).loadVersions(config.loadVersions());
        String version = config.saveVersion();
        return (version == null ? builder : builder.saveVersion(version)).build();
    }

    /** @return a builder of a catalog without a configuration */
    public static Builder builder() {
        return builder(Config.empty(), Providers.builder().build());
    }

    /**
     * @param config the configuration
     * @param providers what its entries are made of
     * @return a builder of a catalog with more than the configuration has
     */
    public static Builder builder(Config config, Providers providers) {
        Objects.requireNonNull(config, "config is null");
        return new Builder(CatalogSource.of(config), providers);
    }

    /** @return the names of all entries and of what was added, sorted; no patterns and no parameters of the configuration */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(maker.names()));
    }

    /**
     * Those of the {@link #names} that two questions say yes to. {@link java.util.regex.Pattern#asPredicate} makes a question of a regular
     * expression: {@code catalog.names(Pattern.compile("^raw_").asPredicate(), "csv"::equals)}.
     *
     * @param name asked about the name
     * @param type asked about the {@link #type}
     * @return the names, sorted
     */
    public SortedSet<String> names(Predicate<String> name, Predicate<String> type) {
        SortedSet<String> found = new TreeSet<>();
        for (String each : names()) {
            if (name.test(each) && type(each).filter(type).isPresent()) {
                found.add(each);
            }
        }
        return Collections.unmodifiableSortedSet(found);
    }

    /** @return the patterns, the first to be tried first; a catch-all is the last */
    public List<String> patterns() {
        return entries.patterns();
    }

    /**
     * How a name is found.
     *
     * @param name the name of a dataset; it need not stand in the catalog
     * @return how it is found; empty if it is not: a run keeps what it writes of such a name in memory
     */
    public Optional<Resolution> resolution(String name) {
        return Optional.ofNullable(maker.resolve(name));
    }

    /**
     * Where an entry is written.
     *
     * @param name the name of a dataset
     * @return its position, or that of the pattern that provides it; empty for what a program added, and for unknown names
     */
    public Optional<SourcePosition> position(String name) {
        return resolution(name).map(Resolution::position);
    }

    /**
     * What a dataset is of. Makes nothing.
     *
     * @param name the name of a dataset
     * @return the id of its format or kind, also where the entry has Kedro's name for it; for what a program added {@code memory}, {@code
     *     value} or the name of the class; empty for unknown names
     * @throws CatalogException if a pattern provides the name and gives no type that is known
     */
    public Optional<String> type(String name) {
        Added<?> byHand = added.get(name);
        if (byHand != null) {
            Dataset<?> dataset = byHand.dataset();
            return Optional.of(
                    dataset instanceof MemoryDataset
                            ? "memory"
                            : dataset instanceof ValueDataset
                                    ? "value"
                                    : dataset.getClass().getName());
        }
        return entry(name).map(entry -> reader.typeId(EntryReader.section(name, entry)));
    }

    /** The entry of a name, its placeholders replaced; not for what a program added. */
    private Optional<ConfigValue> entry(String name) {
        return added.containsKey(name)
                ? Optional.empty()
                : Optional.ofNullable(entries.find(name)).map(CatalogEntries.Found::entry);
    }

    /**
     * The entry of a name, placeholders replaced, as it may be shown: references to credentials stay names, and credentials that stand in the
     * entry itself are hidden.
     *
     * @param name the name of a dataset
     * @return the entry in plain values; empty for what a program added, and for unknown names
     */
    @SuppressWarnings("unchecked") // the keys of a configuration are texts
    public Optional<Map<String, @Nullable Object>> config(String name) {
        return entry(name).map(entry -> (Map<String, @Nullable Object>) Credentials.hidden(
                        new ConfigValue(EntryReader.section(name, entry).entries(), entry.position()))
                .plain());
    }

    /**
     * The {@code metadata} of an entry. It means nothing to Contraflow: it is for plugins and people.
     *
     * @param name the name of a dataset
     * @return its metadata in plain values; empty if it has none
     */
    @SuppressWarnings("unchecked") // the keys of a configuration are texts
    public Map<String, @Nullable Object> metadata(String name) {
        return config(name)
                .map(entry -> entry.get("metadata"))
                .filter(Map.class::isInstance)
                .map(metadata -> (Map<String, @Nullable Object>) metadata)
                .orElse(Map.of());
    }

    /**
     * Sorts datasets by how they are found and by type.
     *
     * @param refs the datasets, such as those of a pipeline; parameters are left out
     * @return the names in groups
     */
    public PipelineDatasets describe(Collection<? extends DatasetRef<?>> refs) {
        SortedMap<String, List<String>> datasets = new TreeMap<>();
        SortedMap<String, List<String>> factories = new TreeMap<>();
        SortedMap<String, List<String>> defaults = new TreeMap<>();
        for (String name : refs.stream()
                .filter(ref -> !ref.isParameter())
                .map(DatasetRef::name)
                .distinct()
                .sorted()
                .toList()) {
            Resolution found = maker.resolve(name);
            SortedMap<String, List<String>> group =
                    found == null ? defaults : found.pattern() == null ? datasets : factories;
            group.computeIfAbsent(type(name).orElse("memory"), type -> new ArrayList<>())
                    .add(name);
        }
        return new PipelineDatasets(datasets, factories, defaults);
    }

    /**
     * The configuration of this catalog in plain values. What a program added is not in it, and neither are parameters. Credentials that stand
     * in an entry itself are moved to a section of their own, {@code <name>_credentials}.
     *
     * @return the configuration; it holds the credentials that entries refer to
     */
    public CatalogConfig toConfig() {
        Map<String, ConfigValue> kept = new LinkedHashMap<>();
        Map<String, ConfigValue> secrets = new LinkedHashMap<>();
        Credentials credentials = new Credentials(source.credentials(), source.environment());
        source.entries().forEach((name, entry) -> {
            if (!added.containsKey(name)) {
                kept.put(name, credentials.split(name, entry, secrets));
            }
        });
        secrets.putAll(credentials.usedBy(kept));
        Map<String, String> loadVersions = new HashMap<>(session.versions().toLoad());
        loadVersions.keySet().removeAll(added.keySet());
        return new CatalogConfig(
                source.root(),
                plain(kept),
                plain(secrets),
                plain(source.storages()),
                loadVersions,
                session.versions().toSave());
    }

    private static Map<String, @Nullable Object> plain(Map<String, ConfigValue> values) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        values.forEach((name, value) -> plain.put(name, value.plain()));
        return plain;
    }

    /**
     * Makes the datasets of one run. Does no I/O. Names that no entry has and that the run writes, and entries of type {@code memory},
     * become new memory datasets at every call, so that two runs never meet.
     *
     * @param request what the run needs
     * @return its datasets, usable until this catalog is closed
     * @throws CatalogException if something is missing, cannot hold its type, has a version that cannot be one, or two names lead to one place;
     *     nothing is bound then
     * @throws IllegalStateException if the catalog is closed
     */
    public BoundDatasets bind(BindRequest request) {
        storages.checkOpen();
        String version = request.saveVersion();
        if (version == null) {
            version = saveVersion == null ? newVersion() : saveVersion;
        }
        Map<String, String> loadVersions = new HashMap<>(session.versions().toLoad());
        loadVersions.putAll(request.loadVersions());
        RunVersions versions = new RunVersions(version, loadVersions, request.savedBefore(), request.manifests());
        return new Binding(maker, versions, request).bind();
    }

    /**
     * Loads a dataset or a parameter without a run.
     *
     * @param ref its name and type
     * @return its value
     * @throws CatalogException if the catalog does not have it, or it cannot hold the type
     * @throws dev.contraflow.DatasetException if it cannot be loaded; the thread's interrupt flag is kept
     */
    public <T> T load(DatasetRef<T> ref) {
        storages.checkOpen();
        return session.load(ref);
    }

    /**
     * Loads one version of a dataset without a run. Which version other loads take is not changed by it.
     *
     * @param ref its name and type
     * @param version the version; an empty text means the newest
     * @return its value
     * @throws CatalogException if the catalog does not have it, it cannot hold the type, or it keeps no versions
     * @throws dev.contraflow.DatasetException if it cannot be loaded
     */
    public <T> T load(DatasetRef<T> ref, String version) {
        storages.checkOpen();
        return session.load(ref, version);
    }

    /**
     * Saves a dataset without a run. A value that stays in memory is frozen as far as it can be, since all who load it share it. A versioned
     * dataset is saved as the version {@link #saveVersion}, so once by one catalog.
     *
     * @param ref its name and type
     * @param value the value
     * @throws CatalogException if the catalog does not have it, or it cannot hold the type
     * @throws dev.contraflow.DatasetException if it cannot be saved; the old value stands then
     */
    public <T> void save(DatasetRef<T> ref, T value) {
        storages.checkOpen();
        session.save(ref, value);
    }

    /**
     * Whether there is a value.
     *
     * @param ref the dataset's name and type
     * @return whether there is one; false for names that the catalog does not have
     * @throws dev.contraflow.DatasetException if that cannot be found out
     */
    public boolean exists(DatasetRef<?> ref) {
        storages.checkOpen();
        return session.exists(ref);
    }

    /**
     * Lets a dataset forget what it keeps in memory: the value of a memory or cached dataset, the newest version that was found.
     *
     * @param name its name
     * @throws CatalogException if the catalog does not have it
     */
    public void release(String name) {
        session.release(name);
    }

    /**
     * Marks what was loaded last as dealt with, see {@link Dataset#confirm}.
     *
     * @param ref the dataset's name and type
     * @throws CatalogException if the catalog does not have it
     * @throws dev.contraflow.DatasetException if it cannot be confirmed
     */
    public void confirm(DatasetRef<?> ref) {
        storages.checkOpen();
        session.confirm(ref);
    }

    /**
     * The versions that are stored.
     *
     * @param ref the dataset's name and type
     * @return the versions, the newest first; none if there are none or the dataset keeps none
     * @throws dev.contraflow.DatasetException if they cannot be listed
     */
    public List<String> versions(DatasetRef<?> ref) {
        storages.checkOpen();
        return session.stored(ref);
    }

    /**
     * The version that {@link #load(DatasetRef)} takes.
     *
     * @param ref the dataset's name and type
     * @return the version; empty if the dataset keeps none
     * @throws dev.contraflow.DatasetException if there is no version, or that cannot be found out
     */
    public Optional<String> loadVersion(DatasetRef<?> ref) {
        storages.checkOpen();
        return session.toLoad(ref);
    }

    /** @return the version that {@link #save} makes; a run has its own */
    public String saveVersion() {
        return session.versions().toSave();
    }

    /**
     * Puts a dataset into the catalog, in place of what has the name: an entry, its versions and its configuration count no more. A warning says
     * so. Runs that are bound already do not see it.
     *
     * @param ref its name and type
     * @param dataset the dataset; stays the caller's
     */
    public <T> void put(DatasetRef<T> ref, Dataset<T> dataset) {
        Objects.requireNonNull(dataset, "dataset is null");
        boolean isReplaced = added.put(ref.name(), new Added<>(ref, dataset)) != null
                || entries.explicit().containsKey(ref.name());
        session.forget(ref.name());
        if (isReplaced) {
            warnOfReplaced(ref.name());
        }
    }

    /**
     * Puts a value for runs to read into the catalog, in place of what has the name, as {@link #put} does.
     *
     * @param ref its name and type
     * @param value the value, frozen as far as it can be
     * @throws CatalogException if the value is not of the ref's class
     */
    public <T> void putValue(DatasetRef<T> ref, T value) {
        put(ref, valueDataset(ref, value));
    }

    private static void warnOfReplaced(String name) {
        LOG.warn("Replacing dataset '{}' by one that the program gives.", name);
    }

    private static <T> Dataset<T> valueDataset(DatasetRef<T> ref, T value) {
        Objects.requireNonNull(value, "value is null");
        if (!ref.type().rawType().isInstance(value)) {
            throw new CatalogException("The value for dataset '" + ref + "' is of class "
                    + value.getClass().getName() + ", but the ref says " + ref.type() + ".");
        }
        return new ValueDataset<>(ref.name(), Session.frozen(ref, value)); // nodes share it, and so do runs
    }

    /**
     * Closes the storages. Bound datasets are unusable then. Calling it again does nothing.
     *
     * @throws java.io.UncheckedIOException if a storage cannot be closed; the others are closed all the same
     */
    @Override
    public void close() {
        storages.close();
    }

    /** Adds datasets, values and versions to a catalog. Not thread-safe. */
    public static final class Builder {
        private final CatalogSource source;
        private final Providers providers;
        private final Map<String, Added<?>> added = new HashMap<>();
        private Map<String, String> loadVersions = Map.of();
        private @Nullable String saveVersion;

        private Builder(CatalogSource source, Providers providers) {
            this.source = source;
            this.providers = Objects.requireNonNull(providers, "providers is null");
        }

        /**
         * Adds a dataset, in place of an entry of the same name; a warning says so. It is the same object for every run.
         *
         * @param ref its name and type
         * @param dataset the dataset; stays the caller's
         * @return this builder
         * @throws CatalogException if the name was added before
         */
        public <T> Builder add(DatasetRef<T> ref, Dataset<T> dataset) {
            Objects.requireNonNull(dataset, "dataset is null");
            if (added.putIfAbsent(ref.name(), new Added<>(ref, dataset)) != null) {
                throw new CatalogException("Dataset '" + ref + "' is added twice. Remove one of the two.");
            }
            return this;
        }

        /**
         * Adds a value for runs to read, in place of an entry or parameter of the same name. No run can write it.
         *
         * @param ref its name and type
         * @param value the value
         * @return this builder
         * @throws CatalogException if the value is not of the ref's class, or the name was added before
         */
        public <T> Builder value(DatasetRef<T> ref, T value) {
            return add(ref, valueDataset(ref, value));
        }

        /**
         * Pins versions: a versioned dataset loads this one instead of the newest. A run's own choice goes before it.
         *
         * @param versions the versions by the dataset's full name; an empty text means the newest
         * @return this builder
         */
        public Builder loadVersions(Map<String, String> versions) {
            loadVersions = Map.copyOf(versions);
            return this;
        }

        /**
         * Sets the version that {@link DataCatalog#save} makes; without it one is made of the time.
         *
         * @param version the version
         * @return this builder
         */
        public Builder saveVersion(String version) {
            saveVersion = Objects.requireNonNull(version, "version is null");
            return this;
        }

        /**
         * @return the catalog; the caller closes it
         * @throws CatalogException if entries of the configuration are wrong, or a version is given for a name that is not in the catalog
         */
        public DataCatalog build() {
            return new DataCatalog(this);
        }
    }
}
