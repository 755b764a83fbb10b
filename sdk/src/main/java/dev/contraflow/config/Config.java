package dev.contraflow.config;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.config.ConfigLoader;
import dev.contraflow.internal.config.GivenParameters;
import dev.contraflow.internal.config.Trees;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A project's configuration, read and resolved: what holds for one environment and one set of runtime parameters. Immutable.
 *
 * <p>Layout and merging are Kedro's: {@code conf/base} first, then {@code conf/<environment>}, whose top-level keys replace those of base
 * (or are merged with them, {@link MergeStrategy#SOFT}); keys that begin with {@code _} only hold anchors and values to refer to, except in
 * parameters. Unlike there, runtime parameters come last and leave their siblings alone whichever environment has them, and files are read
 * at once and reported together.
 */
public final class Config {
    private final ConfigSource source;
    private final Map<String, ConfigSection> sections;
    private final GivenParameters given;

    private Config(ConfigSource source, ConfigLoader.Loaded loaded) {
        this.source = source;
        this.sections = loaded.sections();
        this.given = loaded.given();
    }

    /**
     * Reads a configuration. All files of the environment are read and all references followed, once, now. Kinds that have no file are
     * empty.
     *
     * @param source where from
     * @return the configuration
     * @throws CatalogException if a folder is missing, or files are wrong: all mistakes of all files, each with its position. Values of
     *     credentials are never in it
     */
    public static Config load(ConfigSource source) {
        return new Config(source, ConfigLoader.load(source));
    }

    /**
     * Reads the files of one kind, and the globals, to which they may refer.
     *
     * @param source where from
     * @param kind the kind: {@code catalog}, {@code parameters}, or one that {@link ConfigSource#withPatterns} added
     * @return its entries
     * @throws CatalogException as {@link #load} does; or if there is no file of this kind (globals may be absent), or no such kind
     */
    public static ConfigSection read(ConfigSource source, String kind) {
        return ConfigLoader.load(source, kind);
    }

    /** @return a configuration with nothing in it, whose root is the working directory */
    public static Config empty() {
        return new Config(ConfigSource.of(Path.of("")), new ConfigLoader.Loaded(Map.of(), GivenParameters.none()));
    }

    /** @return the project's folder, absolute; relative paths of datasets start here */
    public Path root() {
        return source.root();
    }

    /** @return the environment */
    public String environment() {
        return source.environment();
    }

    /** @return the datasets by name, from <code>catalog*.yml</code> */
    public ConfigSection catalog() {
        return section("catalog");
    }

    /** @return the parameters, from <code>parameters*.yml</code> and the run */
    public ConfigSection parameters() {
        return section("parameters");
    }

    /** @return the credentials by name, from <code>credentials*.yml</code>; secret */
    public ConfigSection credentials() {
        return section("credentials");
    }

    /** @return the options of storages by scheme, from <code>storages*.yml</code> */
    public ConfigSection storages() {
        return section("storages");
    }

    /** @return the options of runs, from {@code run.yml} */
    public ConfigSection run() {
        return section("run");
    }

    /**
     * The entries of any kind, also of one's own.
     *
     * @param kind the kind
     * @return a new section for each caller, since a section remembers what it was asked for
     * @throws CatalogException if there is no such kind
     */
    public ConfigSection section(String kind) {
        ConfigSection section = sections.get(kind);
        if (section == null && !source.patterns().containsKey(kind)) {
            throw new CatalogException("There is no kind of configuration files '" + kind + "'."
                    + Suggestion.didYouMean(kind, source.patterns().keySet()) + " Known: "
                    + String.join(", ", source.patterns().keySet()) + ".");
        }
        return section == null
                ? ConfigSection.empty(kind)
                : new ConfigSection(section.name(), section.position(), section.entries());
    }

    /**
     * Every parameter that a node can ask for by itself: the parameters of all levels, by the names by which a node asks for them
     * ({@code params:model.depth}). Made anew at each call; no dataset is made for any of them.
     *
     * @return the parameters by name, sorted
     * @throws CatalogException if a name means two parameters: a key with a dot, and one in a map
     */
    public SortedMap<String, ConfigValue> parametersByName() {
        SortedMap<String, ConfigValue> byName = new TreeMap<>();
        addParameters("params:", parameters().entries(), byName);
        return byName;
    }

    /**
     * What there is to be said of {@linkplain ConfigSource#withRuntimeParameter parameters given for one run} that are probably misspelt: no file
     * sets them, no reference asks for them, and no node reads them. A run warns of them.
     *
     * @param read the keys of the parameters that nodes read ({@code model.depth}); empty for all parameters at once
     * @return a line for each such parameter, with the name that was probably meant and without values
     */
    public List<String> unusedRuntimeParameters(Collection<String> read) {
        return given.unused(read);
    }

    private static void addParameters(
            String prefix, Map<String, ConfigValue> entries, SortedMap<String, ConfigValue> byName) {
        entries.forEach((key, value) -> {
            ConfigValue other = byName.putIfAbsent(prefix + key, value);
            if (other != null) {
                throw Trees.ambiguous(prefix + key, other, value);
            }
            Map<String, ConfigValue> below = value.entries();
            if (below != null) {
                addParameters(prefix + key + ".", below, byName);
            }
        });
    }

    /** @return folder and environment, never a value */
    @Override
    public String toString() {
        return source.toString();
    }
}
