package dev.contraflow.config;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.config.FilePattern;
import dev.contraflow.internal.config.OptionKeys;
import dev.contraflow.internal.config.Resolvers;
import dev.contraflow.spi.ConfigResolver;
import dev.contraflow.spi.Providers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is read from and how: a project's folder, an environment, which files count, and the parameters given for one run.
 * Folders, environments, file patterns and merging are those of Kedro's OmegaConfigLoader, and so are the defaults. Immutable: the
 * {@code with} methods return new objects. Only {@link #lookingUpwards} looks at the file system; nothing is read before {@link Config#load}.
 */
public final class ConfigSource {
    /** The environment variable that chooses the environment where the program chose none; Kedro's is {@code KEDRO_ENV}. */
    public static final String ENVIRONMENT_VARIABLE = "CONTRAFLOW_ENV";

    private static final Pattern ENVIRONMENT = Pattern.compile("\\w[\\w.-]*(/\\w[\\w.-]*)*");
    private static final Map<String, List<String>> PATTERNS =
            patternsOf("catalog", "parameters", "credentials", "storages");

    private final Place place;
    private final Rules rules;
    private final Given given;

    private record Place(
            Path root,
            Path folder,
            String base,
            String byDefault,
            @Nullable String chosen) {}

    private record Rules(
            Map<String, List<String>> patterns,
            Map<String, MergeStrategy> merges,
            Map<String, ConfigResolver> resolvers,
            @Nullable Providers providers) {}

    private record Given(Map<String, ConfigValue> parameters, Map<String, String> variables) {}

    private ConfigSource(Place place, Rules rules, Given given) {
        this.place = place;
        this.rules = rules;
        this.given = given;
    }

    private static Map<String, List<String>> patternsOf(String... kinds) {
        Map<String, List<String>> patterns = new LinkedHashMap<>();
        for (String kind : kinds) {
            patterns.put(kind, List.of(kind + "*", kind + "*/**", "**/" + kind + "*"));
        }
        patterns.put("run", List.of("run.yml", "run.yaml", "run.json"));
        patterns.put("globals", List.of("globals.yml"));
        return Collections.unmodifiableMap(patterns);
    }

    /**
     * A project's configuration in its default environment, with the process' environment variables.
     *
     * @param root the project's folder, the one that holds {@code conf}
     * @return the source
     */
    public static ConfigSource of(Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        return new ConfigSource(
                new Place(absolute, Path.of("conf"), "base", "local", null),
                new Rules(PATTERNS, Map.of(), Map.of(), null),
                new Given(Map.of(), System.getenv()));
    }

    /**
     * Takes as the project's folder the nearest one that holds {@code conf/base}: the root of this source or a folder above it. So a
     * program finds its project from any of the project's folders. Set folder and base first, where they are called otherwise.
     *
     * @return a source with that root
     * @throws CatalogException if there is no such folder
     */
    public ConfigSource lookingUpwards() {
        for (Path at = place.root(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(place.folder()).resolve(place.base()))) {
                return new ConfigSource(
                        new Place(at, place.folder(), place.base(), place.byDefault(), place.chosen()), rules, given);
            }
        }
        throw new CatalogException("No folder " + place.folder() + "/" + place.base() + " in '" + place.root()
                + "' or in any folder above it. Go to a folder of the project, or name the project's root folder.");
    }

    /**
     * @param folder the folder that holds the environments, by default {@code conf}; if it is relative, below the project's folder
     * @return a source with this folder
     */
    public ConfigSource withFolder(Path folder) {
        return with(new Place(place.root(), folder, place.base(), place.byDefault(), place.chosen()));
    }

    /**
     * @param name the environment that the others are laid over, by default {@code base}
     * @return a source with this base
     * @throws CatalogException if it cannot be the name of a folder
     */
    public ConfigSource withBase(String name) {
        return with(new Place(place.root(), place.folder(), checked(name), place.byDefault(), place.chosen()));
    }

    /**
     * @param name the environment of runs that choose none, by default {@code local}
     * @return a source with this default
     * @throws CatalogException if it cannot be the name of a folder
     */
    public ConfigSource withDefaultEnvironment(String name) {
        return with(new Place(place.root(), place.folder(), place.base(), checked(name), place.chosen()));
    }

    /**
     * Chooses the environment, whatever the environment variable {@value #ENVIRONMENT_VARIABLE} says.
     *
     * @param name the environment: a folder beside {@code conf/base} that is laid over it; {@code base} for base alone
     * @return a source with this environment
     * @throws CatalogException if it cannot be the name of a folder
     */
    public ConfigSource withEnvironment(String name) {
        return with(new Place(place.root(), place.folder(), place.base(), place.byDefault(), checked(name)));
    }

    private static String checked(String environment) {
        if (!ENVIRONMENT.matcher(environment).matches()) {
            throw new CatalogException("'" + environment
                    + "' cannot be an environment: use letters, digits, '_', '-', '.', and '/' between folders.");
        }
        return environment;
    }

    private ConfigSource with(Place changed) {
        return new ConfigSource(changed, rules, given);
    }

    /**
     * Says which files are of a kind, in place of what holds for it by default; or adds a kind of one's own, which {@link Config#section}
     * gives. A pattern is matched against the path below the environment's folder: <code>*</code> and {@code ?} stand for characters of
     * one name, <code>**</code> also for folders. By default the files of {@code catalog} are those of <code>catalog*</code>,
     * <code>catalog*&#47;**</code> and <code>**&#47;catalog*</code>; so for {@code parameters}, {@code credentials} and {@code storages}. Only files
     * that end in {@code .yml}, {@code .yaml} or {@code .json} count, and none that is hidden.
     *
     * @param kind the kind: {@code catalog}, or a new one
     * @param patterns its file patterns
     * @return a source with these patterns
     * @throws CatalogException if one is not a pattern
     */
    public ConfigSource withPatterns(String kind, String... patterns) {
        FilePattern.check(patterns);
        Map<String, List<String>> more = new LinkedHashMap<>(rules.patterns());
        more.put(Objects.requireNonNull(kind, "kind is null"), List.of(patterns));
        return with(new Rules(Collections.unmodifiableMap(more), rules.merges(), rules.resolvers(), rules.providers()));
    }

    /**
     * @param kind a kind of files
     * @param strategy how an environment is laid over base, by default {@link MergeStrategy#DESTRUCTIVE}
     * @return a source with this strategy
     */
    public ConfigSource withMerge(String kind, MergeStrategy strategy) {
        Map<String, MergeStrategy> more = new LinkedHashMap<>(rules.merges());
        more.put(kind, Objects.requireNonNull(strategy, "strategy is null"));
        return with(
                new Rules(rules.patterns(), Collections.unmodifiableMap(more), rules.resolvers(), rules.providers()));
    }

    /**
     * Adds a resolver of references: <code>${name:argument}</code>. It takes precedence over one of the same name that
     * {@linkplain #withProviders providers} have.
     *
     * @param resolver the resolver
     * @return a source with this resolver
     * @throws CatalogException if it has a name that no resolver can have
     */
    public ConfigSource withResolver(ConfigResolver resolver) {
        Resolvers.checkName(resolver.name());
        Map<String, ConfigResolver> more = new LinkedHashMap<>(rules.resolvers());
        more.put(resolver.name(), resolver);
        return with(new Rules(rules.patterns(), rules.merges(), Collections.unmodifiableMap(more), rules.providers()));
    }

    /**
     * @param providers their resolvers can be used in references; a run gives its own
     * @return a source with these providers
     */
    public ConfigSource withProviders(Providers providers) {
        return with(new Rules(rules.patterns(), rules.merges(), rules.resolvers(), providers));
    }

    private ConfigSource with(Rules changed) {
        return new ConfigSource(place, changed, given);
    }

    /**
     * Sets one parameter for this run. It is taken as it is: references in it are not followed.
     *
     * @param key the parameter, dots leading into maps; what stands beside it there, stays
     * @param value a text, boolean, number, list or map with text keys, or null
     * @return a source with this parameter
     * @throws CatalogException if the key is empty in one of its parts, or the value is of another kind, or contains itself
     */
    public ConfigSource withRuntimeParameter(String key, @Nullable Object value) {
        List<String> path = OptionKeys.path(key);
        SourcePosition position = OptionKeys.position(key);
        try {
            return with(OptionKeys.with(given.parameters(), path, OptionKeys.literal(ConfigValue.of(value, position))));
        } catch (IllegalArgumentException e) {
            throw new CatalogException(
                    "The runtime parameter '" + key + "' has a value of class "
                            + Objects.requireNonNull(value).getClass().getName()
                            + ". Use texts, booleans, numbers, lists and maps.",
                    e);
        }
    }

    /**
     * Sets parameters for this run as they are written on a command line: {@code model.depth=5,name=x}. References in them are followed.
     *
     * @param text the parameters, as {@link OptionTexts#parameters} reads them
     * @return a source with these parameters over those given before
     * @throws CatalogException if it cannot be read
     */
    public ConfigSource withRuntimeParameters(String text) {
        return with(OptionKeys.with(given.parameters(), OptionTexts.parameters(text)));
    }

    private ConfigSource with(Map<String, ConfigValue> parameters) {
        return new ConfigSource(place, rules, new Given(parameters, given.variables()));
    }

    /**
     * @param values what stands for the process' environment variables
     * @return a source with these variables only
     */
    public ConfigSource withVariables(Map<String, String> values) {
        return new ConfigSource(place, rules, new Given(given.parameters(), Map.copyOf(values)));
    }

    /** @return the project's folder, absolute */
    public Path root() {
        return place.root();
    }

    /** @return the folder that holds the environments, absolute */
    public Path folder() {
        return place.root().resolve(place.folder()).normalize();
    }

    /** @return the environment that the other one is laid over */
    public String base() {
        return place.base();
    }

    /**
     * @return the environment: the chosen one, else that of the environment variable {@value #ENVIRONMENT_VARIABLE}, else the default
     * @throws CatalogException if what the variable says cannot be the name of a folder
     */
    public String environment() {
        String chosen = place.chosen();
        if (chosen != null) {
            return chosen;
        }
        String variable = given.variables().getOrDefault(ENVIRONMENT_VARIABLE, "");
        return variable.isEmpty() ? place.byDefault() : checked(variable);
    }

    /** @return the file patterns of all kinds */
    public Map<String, List<String>> patterns() {
        return rules.patterns();
    }

    /** @return the merge strategies that were set, by kind */
    public Map<String, MergeStrategy> merges() {
        return rules.merges();
    }

    /** @return the resolvers that were added, by name */
    public Map<String, ConfigResolver> resolvers() {
        return rules.resolvers();
    }

    /** @return the providers whose resolvers can be used, or null */
    public @Nullable Providers providers() {
        return rules.providers();
    }

    /** @return the parameters given for this run, nested; a text with <code>${</code> is a reference, or is escaped as in a file */
    public Map<String, ConfigValue> runtimeParameters() {
        return given.parameters();
    }

    /** @return the environment variables that credentials may refer to; they hold secrets */
    public Map<String, String> variables() {
        return given.variables();
    }

    /** @return folder and environment, never a value */
    @Override
    public String toString() {
        return place.root() + " in environment " + environment();
    }
}
