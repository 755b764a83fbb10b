package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.MergeStrategy;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.config.Interpolation.Local;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the files of a configuration, merges those of one environment, resolves references and lets the environment override base. The
 * order is Kedro's: each environment is resolved by itself, globals are merged first. Only the runtime parameters come last here, over the
 * merged environments. All mistakes of all files are reported at once. One loader loads once; used by one thread.
 */
public final class ConfigLoader {
    private final ConfigSource source;
    private final Path conf;
    private final ConfigFiles files;
    private final Resolvers resolvers;
    private final Budget budget = new Budget();
    private final Problems problems = new Problems();
    private final Map<String, ConfigValue> runtimeParameters;
    private final GivenParameters given;
    private Map<String, ConfigValue> globals = Map.of();
    private boolean areGlobalsReadable = true;

    private ConfigLoader(ConfigSource source) {
        this.source = source;
        this.conf = source.folder();
        this.files = new ConfigFiles(conf);
        this.resolvers = new Resolvers(source.resolvers(), source.providers());
        this.runtimeParameters = source.runtimeParameters();
        this.given = new GivenParameters(runtimeParameters);
    }

    /**
     * What was loaded.
     *
     * @param sections the resolved entries of every kind; kinds without files are empty
     * @param given the parameters of the run, and what of the configuration they meet
     */
    public record Loaded(Map<String, ConfigSection> sections, GivenParameters given) {}

    /**
     * Loads a configuration.
     *
     * @param source where from
     * @return what was loaded
     * @throws CatalogException if a folder is missing or files are wrong
     */
    public static Loaded load(ConfigSource source) {
        ConfigLoader loader = new ConfigLoader(source);
        return new Loaded(loader.load(), loader.given);
    }

    /**
     * Loads one kind of files, and the globals, to which they may refer.
     *
     * @param source where from
     * @param kind the kind
     * @return its resolved entries
     * @throws CatalogException if a folder is missing or files are wrong, or if there is no file of the kind and it is not globals
     */
    public static ConfigSection load(ConfigSource source, String kind) {
        return new ConfigLoader(source).loadOne(kind);
    }

    private Map<String, ConfigSection> load() {
        checkFolders();
        source.merges().keySet().forEach(name -> problems.check(() -> kind(name)));
        globals = entries(kind(ConfigKind.GLOBALS));
        Map<String, ConfigSection> sections = new LinkedHashMap<>();
        for (String name : source.patterns().keySet()) {
            sections.put(name, section(kind(name)));
        }
        problems.throwIfAny();
        return sections;
    }

    private ConfigSection loadOne(String name) {
        ConfigKind kind = kind(name);
        checkFolders();
        boolean isThere = !files.of(kind, source.base()).isEmpty()
                || !files.of(kind, source.environment()).isEmpty();
        if (!isThere && !kind.isGlobals()) {
            throw new CatalogException("No files for '" + name + "' in '" + shown(source.base()) + "' or '"
                    + shown(source.environment()) + "'. They are found by: "
                    + String.join(
                            ", ",
                            kind.patterns().stream().map(FilePattern::text).toList())
                    + " (.yml, .yaml, .json).");
        }
        globals = entries(kind(ConfigKind.GLOBALS));
        ConfigSection section = section(kind);
        problems.throwIfAny();
        return section;
    }

    private ConfigKind kind(String name) {
        List<String> patterns = source.patterns().get(name);
        if (patterns == null) {
            throw new CatalogException("There is no kind of configuration files '" + name + "'."
                    + Suggestion.didYouMean(name, source.patterns().keySet()) + " Known: "
                    + String.join(", ", source.patterns().keySet())
                    + ". Say by withPatterns(..) which files another kind has.");
        }
        MergeStrategy merge = source.merges().getOrDefault(name, MergeStrategy.DESTRUCTIVE);
        return new ConfigKind(name, patterns.stream().map(FilePattern::of).toList(), merge);
    }

    /** What is missing is said to be missing in the file where one would write it. */
    private ConfigSection section(ConfigKind kind) {
        SourcePosition position = new SourcePosition(shown(source.base()) + "/" + kind.name() + ".yml", 0, 0);
        return new ConfigSection(kind.name(), position, kind.isGlobals() ? globals : entries(kind));
    }

    private Map<String, ConfigValue> entries(ConfigKind kind) {
        ConfigLayer base = layer(kind, source.base());
        boolean isAlone = source.environment().equals(source.base());
        ConfigLayer over =
                isAlone ? new ConfigLayer(kind, surroundings(kind), problems) : layer(kind, source.environment());
        boolean isReadable = base.isReadable() && over.isReadable() && areGlobalsReadable;
        if (!isReadable) { // what refers to something that could not be read would be called wrong all over
            areGlobalsReadable &= !kind.isGlobals();
            return Map.of();
        }
        Map<String, ConfigValue> merged = kind.merge() == MergeStrategy.SOFT
                ? Trees.overlaid(base.resolved(), over.resolved(), problems)
                : replaced(kind, base, over);
        return kind.isParameters() ? withRuntimeParameters(kind, merged) : merged;
    }

    /** An entry that is replaced is not resolved: what it refers to may be gone. */
    private static Map<String, ConfigValue> replaced(ConfigKind kind, ConfigLayer base, ConfigLayer over) {
        Map<String, ConfigValue> merged = new LinkedHashMap<>();
        for (String key : base.keys()) {
            if (kind.keepsKey(key)) {
                merged.put(key, over.keys().contains(key) ? over.resolved(key) : base.resolved(key));
            }
        }
        over.keys().stream()
                .filter(key -> kind.keepsKey(key) && !merged.containsKey(key))
                .forEach(key -> merged.put(key, over.resolved(key)));
        return Collections.unmodifiableMap(merged);
    }

    /** They may refer to the parameters that they are laid over. */
    private Map<String, ConfigValue> withRuntimeParameters(ConfigKind kind, Map<String, ConfigValue> merged) {
        if (runtimeParameters.isEmpty()) {
            return merged;
        }
        Map<String, ConfigValue> literal = new LinkedHashMap<>();
        merged.forEach((key, value) -> literal.put(key, Trees.escaped(value)));
        Map<String, ConfigValue> overlaid = Trees.overlaid(literal, runtimeParameters, problems);
        Interpolation references = new Interpolation(kind, Local.of(overlaid), surroundings(kind), problems);
        Map<String, ConfigValue> resolved = new LinkedHashMap<>();
        overlaid.forEach((key, value) -> resolved.put(key, references.resolve(value)));
        return Collections.unmodifiableMap(resolved);
    }

    private Interpolation.Surroundings surroundings(ConfigKind kind) {
        Interpolation.Surroundings withoutRuntime =
                new Interpolation.Surroundings(globals, null, source.variables(), resolvers, budget, given);
        ConfigKind ofRun = new ConfigKind(ConfigKind.RUNTIME, List.of(), MergeStrategy.DESTRUCTIVE);
        Interpolation runtime = new Interpolation(ofRun, Local.of(runtimeParameters), withoutRuntime, problems);
        return kind.isGlobals()
                ? withoutRuntime
                : new Interpolation.Surroundings(globals, runtime, source.variables(), resolvers, budget, given);
    }

    /** The files of one kind in one environment. References in parameters see those of the run in place of those written. */
    private ConfigLayer layer(ConfigKind kind, String environment) {
        FileReader reader = new FileReader(kind.quoting(), budget, problems);
        ConfigLayer layer = new ConfigLayer(kind, surroundings(kind), problems);
        for (String path : files.of(kind, environment)) {
            layer.add(reader.read(conf.resolve(environment).resolve(path), shown(environment) + "/" + path));
        }
        layer.close(kind.isParameters() ? runtimeParameters : Map.of());
        return layer;
    }

    private void checkFolders() {
        if (!Files.isDirectory(conf.resolve(source.base()))) {
            throw new CatalogException("No folder " + shown(source.base()) + " in '" + source.root()
                    + "'. Make it and put catalog.yml and parameters.yml into it, or name the project's root folder.");
        }
        String environment = source.environment();
        if (!Files.isDirectory(conf.resolve(environment))) {
            List<String> found = files.environments();
            throw new CatalogException("No folder " + shown(environment) + " for the environment '" + environment
                    + "' in '" + source.root() + "'." + Suggestion.didYouMean(environment, found)
                    + " Environments found: " + String.join(", ", found)
                    + ". Choose one of them, or make the folder; it may be empty (Git keeps it with a file .gitkeep).");
        }
    }

    private String shown(String environment) {
        Path root = source.root();
        String folder = (conf.startsWith(root) ? root.relativize(conf) : conf)
                .toString()
                .replace('\\', '/');
        return (folder.isEmpty() ? "" : folder + "/") + environment;
    }
}
