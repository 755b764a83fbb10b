package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.catalog.EntryReader;
import dev.contraflow.internal.catalog.ParameterValues;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.catalog.Storages;
import dev.contraflow.internal.catalog.ValueDataset;
import dev.contraflow.spi.Freezer;
import dev.contraflow.spi.Providers;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Says which dataset stands behind which name: by the entries of a configuration, by datasets and values added in a program, or both, where
 * what the program added wins. All entries are checked when the catalog is made, as far as that is possible without knowing a Java type; an
 * entry becomes a dataset only when a run {@linkplain #bind binds} it. Thread-safe.
 *
 * <p>The catalog owns the storages that its entries need, one for each scheme, options and credentials, and closes them. Datasets that were
 * added stay the caller's.
 */
public final class DataCatalog implements AutoCloseable {
    /** A dataset that a program added, and the type it was added with. */
    record Added<T>(DatasetRef<T> ref, Dataset<T> dataset) {}

    private final Storages storages = new Storages();
    private final EntryReader reader;
    private final Map<String, ConfigValue> entries;
    private final Map<String, Added<?>> added;
    private final ParameterValues parameters;

    private DataCatalog(Builder builder) {
        this.reader = new EntryReader(builder.config, builder.providers, storages);
        this.entries = builder.config.catalog().entries();
        this.added = Map.copyOf(builder.added);
        this.parameters = new ParameterValues(builder.config.parameters());
        Problems problems = new Problems();
        entries.forEach((name, entry) -> reader.check(name, entry, problems));
        problems.throwIfAny();
    }

    /**
     * The catalog of a configuration.
     *
     * @param config the configuration
     * @param providers what its entries are made of
     * @return the catalog; the caller closes it
     * @throws CatalogException if entries are wrong: all mistakes that need no Java type to be seen, the first five in words
     */
    public static DataCatalog load(Config config, Providers providers) {
        return builder(config, providers).build();
    }

    /** @return a builder of a catalog without a configuration */
    public static Builder builder() {
        return new Builder(Config.empty(), Providers.builder().build());
    }

    /**
     * @param config the configuration
     * @param providers what its entries are made of
     * @return a builder of a catalog with more than the configuration has
     */
    public static Builder builder(Config config, Providers providers) {
        return new Builder(config, providers);
    }

    /** @return the names of all entries and of what was added, sorted; no parameters of the configuration */
    public SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(entries.keySet());
        names.addAll(added.keySet());
        return Collections.unmodifiableSortedSet(names);
    }

    /**
     * Where an entry is written.
     *
     * @param name the name of a dataset
     * @return its position; empty for what a program added, and for unknown names
     */
    public Optional<SourcePosition> position(String name) {
        return Optional.ofNullable(entries.get(name)).map(ConfigValue::position);
    }

    /**
     * Makes the datasets of one run. Does no I/O. Names that no entry has and that the run writes, and entries of type {@code memory},
     * become new memory datasets at every call, so that two runs never meet.
     *
     * @param request what the run needs
     * @return its datasets, usable until this catalog is closed
     * @throws CatalogException if something is missing, cannot hold its type, or two names lead to one place; nothing is bound then
     * @throws IllegalStateException if the catalog is closed
     */
    public BoundDatasets bind(BindRequest request) {
        storages.checkOpen();
        return new Binding(reader, entries, added, parameters, request).bind();
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

    /** Adds datasets and values to a catalog. Not thread-safe. */
    public static final class Builder {
        private final Config config;
        private final Providers providers;
        private final Map<String, Added<?>> added = new HashMap<>();

        private Builder(Config config, Providers providers) {
            this.config = Objects.requireNonNull(config, "config is null");
            this.providers = Objects.requireNonNull(providers, "providers is null");
        }

        /**
         * Adds a dataset, in place of an entry of the same name. It is the same object for every run.
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
            Objects.requireNonNull(value, "value is null");
            if (!ref.type().rawType().isInstance(value)) {
                throw new CatalogException("The value for dataset '" + ref + "' is of class "
                        + value.getClass().getName() + ", but the ref says " + ref.type() + ".");
            }
            Object frozen = Freezer.freeze(value, ref.type()); // nodes share it, and so do runs
            @SuppressWarnings("unchecked") // a frozen value fits the type of its ref
            T shared = frozen == null ? value : (T) frozen;
            return add(ref, new ValueDataset<>(ref.name(), shared));
        }

        /**
         * @return the catalog; the caller closes it
         * @throws CatalogException if entries of the configuration are wrong
         */
        public DataCatalog build() {
            return new DataCatalog(this);
        }
    }
}
