package dev.contraflow.spi;

import dev.contraflow.CatalogException;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.catalog.CachedDatasetProvider;
import dev.contraflow.internal.catalog.KedroTypes;
import dev.contraflow.internal.catalog.MemoryDatasetProvider;
import dev.contraflow.internal.catalog.PartitionedDatasetProvider;
import dev.contraflow.internal.config.Resolvers;
import dev.contraflow.io.FormatAlias;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.StorageProvider;
import java.security.CodeSource;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The formats, storages, kinds of datasets, resolvers and plugins that a run can choose from, by their ids. An object, not a global
 * registry: each catalog and run has its own. Being in it does nothing until a catalog or a run names the id; only plugins are active at
 * once. The kinds {@code memory} and {@code cached} are always there. Immutable and thread-safe.
 */
public final class Providers {
    private final Map<String, FormatProvider> formats;
    private final Map<String, StorageProvider> storages;
    private final Map<String, DatasetProvider> datasets;
    private final Map<String, Plugin> plugins;
    private final Map<String, ConfigResolver> resolvers;
    private final Map<String, Alias> aliases;
    private final List<String> failures;

    /** A name that Kedro has: of which of our types, and for a format also how its options are translated. */
    private record Alias(String typeId, @Nullable FormatAlias format) {}

    private Providers(Builder builder) {
        this.formats = Collections.unmodifiableMap(new TreeMap<>(builder.formats));
        this.storages = Collections.unmodifiableMap(new TreeMap<>(builder.storages));
        this.datasets = Collections.unmodifiableMap(new TreeMap<>(builder.datasets));
        this.plugins = Collections.unmodifiableMap(new TreeMap<>(builder.plugins));
        this.resolvers = Collections.unmodifiableMap(new TreeMap<>(builder.resolvers));
        this.aliases = Collections.unmodifiableMap(new TreeMap<>(builder.aliases));
        this.failures = List.copyOf(builder.failures);
    }

    /**
     * Finds the providers on the class path or module path with {@link ServiceLoader}: by the thread's context class loader, or by the
     * SDK's own where that one does not see the SDK. Searches anew at each call and remembers nothing.
     *
     * @return what was found; providers that could not be loaded are in {@link #failures}
     * @throws CatalogException if two have the same id
     */
    public static Providers discover() {
        Builder builder = builder();
        builder.find(FormatProvider.class, builder::format);
        builder.find(StorageProvider.class, builder::storage);
        builder.find(DatasetProvider.class, builder::dataset);
        builder.find(Plugin.class, builder::plugin);
        builder.find(ConfigResolver.class, builder::resolver);
        return builder.build();
    }

    /** @return a builder that has {@code memory}, {@code cached} and {@code partitioned} only */
    public static Builder builder() {
        return new Builder()
                .dataset(new MemoryDatasetProvider())
                .dataset(new CachedDatasetProvider())
                .dataset(new PartitionedDatasetProvider());
    }

    /**
     * @param provider one more format
     * @return new providers with it
     * @throws CatalogException if its id is taken
     */
    public Providers withFormat(FormatProvider provider) {
        return new Builder(this).format(provider).build();
    }

    /**
     * @param provider one more storage
     * @return new providers with it
     * @throws CatalogException if one of its schemes is taken
     */
    public Providers withStorage(StorageProvider provider) {
        return new Builder(this).storage(provider).build();
    }

    /**
     * @param provider one more kind of datasets
     * @return new providers with it
     * @throws CatalogException if its id is taken
     */
    public Providers withDataset(DatasetProvider provider) {
        return new Builder(this).dataset(provider).build();
    }

    /**
     * @param plugin one more plugin
     * @return new providers with it
     * @throws CatalogException if its id is taken
     */
    public Providers withPlugin(Plugin plugin) {
        return new Builder(this).plugin(plugin).build();
    }

    /**
     * @param resolver one more resolver of references in configuration files
     * @return new providers with it
     * @throws CatalogException if its name is taken
     */
    public Providers withResolver(ConfigResolver resolver) {
        return new Builder(this).resolver(resolver).build();
    }

    /**
     * @param type a format's id, or a name that Kedro has for it, in any spelling: {@code csv}, {@code pandas.CSVDataset}, {@code
     *     kedro_datasets.pandas.CSVDataSet}
     * @return the format, if there is one
     */
    public Optional<FormatProvider> format(String type) {
        return Optional.ofNullable(formats.get(typeId(type)));
    }

    /**
     * How the options of a format are to be translated.
     *
     * @param type what a catalog has as type
     * @return the alias, if the type is a name that Kedro has for a format; empty for the format's own id
     */
    public Optional<FormatAlias> formatAlias(String type) {
        return Optional.ofNullable(aliases.get(KedroTypes.canonical(type))).map(Alias::format);
    }

    /**
     * @param type what a catalog has as type
     * @return the id that it is an alias of, or the type itself
     */
    public String typeId(String type) {
        Alias alias = aliases.get(KedroTypes.canonical(type));
        return alias == null ? type : alias.typeId();
    }

    /**
     * @param scheme a scheme, lower case
     * @return the storage that serves it, if there is one
     */
    public Optional<StorageProvider> storage(String scheme) {
        return Optional.ofNullable(storages.get(scheme));
    }

    /**
     * @param type the id of a kind of datasets, or a name that Kedro has for it, in any spelling
     * @return the kind, if there is one
     */
    public Optional<DatasetProvider> dataset(String type) {
        return Optional.ofNullable(datasets.get(typeId(type)));
    }

    /**
     * @param id a plugin's id
     * @return the plugin, if there is one
     */
    public Optional<Plugin> plugin(String id) {
        return Optional.ofNullable(plugins.get(id));
    }

    /**
     * @param name a resolver's name
     * @return the resolver, if there is one
     */
    public Optional<ConfigResolver> resolver(String name) {
        return Optional.ofNullable(resolvers.get(name));
    }

    /** @return the names of the resolvers, sorted; without those that are built in */
    public Set<String> resolverNames() {
        return resolvers.keySet();
    }

    /** @return the ids of the formats, sorted */
    public Set<String> formatIds() {
        return formats.keySet();
    }

    /** @return the schemes of the storages, sorted */
    public Set<String> schemes() {
        return storages.keySet();
    }

    /** @return the ids of the kinds of datasets, sorted */
    public Set<String> datasetIds() {
        return datasets.keySet();
    }

    /** @return the ids of the plugins, sorted */
    public Set<String> pluginIds() {
        return plugins.keySet();
    }

    /** @return the names that Kedro has for these types, without its packages, sorted */
    public Set<String> aliases() {
        return aliases.keySet();
    }

    /** @return what an entry of a catalog can have as its type: the ids of formats and of kinds of datasets, sorted, without aliases */
    public SortedSet<String> typeIds() {
        SortedSet<String> ids = new TreeSet<>(formats.keySet());
        ids.addAll(datasets.keySet());
        return Collections.unmodifiableSortedSet(ids);
    }

    /**
     * What was found and could not be loaded: one sentence each. It harms nobody until something is asked for that is not found; that
     * error should then end with it.
     *
     * @return the sentences, in the order in which they were met
     */
    public List<String> failures() {
        return failures;
    }

    /** Collects providers by hand: for tests, shaded jars, native images. Not thread-safe. */
    public static final class Builder {
        private final Map<String, FormatProvider> formats = new TreeMap<>();
        private final Map<String, StorageProvider> storages = new TreeMap<>();
        private final Map<String, DatasetProvider> datasets = new TreeMap<>();
        private final Map<String, Plugin> plugins = new TreeMap<>();
        private final Map<String, ConfigResolver> resolvers = new TreeMap<>();
        private final Map<String, Alias> aliases = new TreeMap<>();
        private final Set<String> failures = new LinkedHashSet<>();

        private Builder() {}

        private Builder(Providers from) {
            formats.putAll(from.formats);
            storages.putAll(from.storages);
            datasets.putAll(from.datasets);
            plugins.putAll(from.plugins);
            resolvers.putAll(from.resolvers);
            aliases.putAll(from.aliases);
            failures.addAll(from.failures);
        }

        /**
         * @param provider a format
         * @return this builder
         * @throws CatalogException if its id is taken, by a format or a kind of datasets, or one of its aliases is
         */
        public Builder format(FormatProvider provider) {
            refuseSecond("type", provider.typeId(), provider, datasets);
            put("type", provider.typeId(), provider, formats);
            provider.aliases().forEach(alias -> alias(alias.typeId(), new Alias(provider.typeId(), alias), provider));
            return this;
        }

        /**
         * @param provider a storage
         * @return this builder
         * @throws CatalogException if one of its schemes is taken
         */
        public Builder storage(StorageProvider provider) {
            provider.schemes().forEach(scheme -> put("scheme", scheme, provider, storages));
            return this;
        }

        /**
         * @param provider a kind of datasets
         * @return this builder
         * @throws CatalogException if its id is taken, by a format or a kind of datasets, or one of its aliases is
         */
        public Builder dataset(DatasetProvider provider) {
            refuseSecond("type", provider.typeId(), provider, formats);
            put("type", provider.typeId(), provider, datasets);
            provider.aliases().forEach(alias -> alias(alias, new Alias(provider.typeId(), null), provider));
            return this;
        }

        private void alias(String alias, Alias meaning, Object provider) {
            Alias first = aliases.putIfAbsent(KedroTypes.canonical(alias), meaning);
            if (first != null) {
                FormatProvider format = formats.get(first.typeId());
                Object other = format == null ? datasets.get(first.typeId()) : format;
                refuseSecond("type", alias, provider, Map.of(alias, Objects.requireNonNull(other)));
            }
        }

        /**
         * @param plugin a plugin
         * @return this builder
         * @throws CatalogException if its id is taken
         */
        public Builder plugin(Plugin plugin) {
            return put("plugin", plugin.id(), plugin, plugins);
        }

        /**
         * @param resolver a resolver of references in configuration files
         * @return this builder
         * @throws CatalogException if its name is taken, or cannot be one
         */
        public Builder resolver(ConfigResolver resolver) {
            Resolvers.checkName(resolver.name());
            return put("resolver", resolver.name(), resolver, resolvers);
        }

        /** @return the providers collected so far */
        public Providers build() {
            return new Providers(this);
        }

        private <P> Builder put(String what, String id, P provider, Map<String, P> into) {
            refuseSecond(what, id, provider, into);
            into.put(id, provider);
            return this;
        }

        private static void refuseSecond(String what, String id, Object provider, Map<String, ?> there) {
            Object first = there.get(id);
            if (first != null) {
                throw new CatalogException(
                        "Two providers for the " + what + " '" + id + "': " + origin(first.getClass()) + " and "
                                + origin(provider.getClass()) + ". Remove one of them from the class path.");
            }
        }

        private <P> void find(Class<P> service, Consumer<P> sink) {
            Iterator<ServiceLoader.Provider<P>> found =
                    ServiceLoader.load(service, loader()).stream().iterator();
            while (true) {
                P provider;
                try {
                    if (!found.hasNext()) {
                        return;
                    }
                    provider = found.next().get();
                } catch (ServiceConfigurationError | LinkageError e) {
                    // the others are still found; but a search that fails twice in the same way does not get on
                    if (!failures.add(sentence(service, e))) {
                        return;
                    }
                    continue;
                }
                sink.accept(provider);
            }
        }

        private static String sentence(Class<?> service, Throwable error) {
            Throwable cause = error.getCause();
            return "A " + service.getSimpleName() + " on the class path could not be loaded: "
                    + Reason.lineOf(error).replace(service.getName() + ": ", "")
                    + (cause == null ? "" : " (" + Reason.lineOf(cause) + ")") + ".";
        }

        /** The context class loader may belong to a server that does not see the SDK, as in common pools. */
        private static @Nullable ClassLoader loader() {
            ClassLoader own = Providers.class.getClassLoader();
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            try {
                boolean sees =
                        context != null && Class.forName(Providers.class.getName(), false, context) == Providers.class;
                return sees ? context : own;
            } catch (ClassNotFoundException | LinkageError e) {
                return own;
            }
        }

        private static String origin(Class<?> type) {
            CodeSource source = type.getProtectionDomain().getCodeSource();
            return type.getName() + " (from "
                    + (source == null || source.getLocation() == null ? "the JDK" : source.getLocation()) + ")";
        }
    }
}
