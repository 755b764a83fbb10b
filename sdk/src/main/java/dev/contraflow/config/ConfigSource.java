package dev.contraflow.config;

import dev.contraflow.CatalogException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is read from: a project's folder, an environment, and the parameters given for one run. Immutable: the {@code with}
 * methods return new objects. Reads nothing itself.
 */
public final class ConfigSource {
    private static final Pattern ENVIRONMENT = Pattern.compile("\\w[\\w.-]*(/\\w[\\w.-]*)*");

    private final Path root;
    private final String environment;
    private final Map<String, ConfigValue> runtimeParameters;
    private final Map<String, String> variables;

    private ConfigSource(
            Path root, String environment, Map<String, ConfigValue> runtimeParameters, Map<String, String> variables) {
        this.root = root;
        this.environment = environment;
        this.runtimeParameters = runtimeParameters;
        this.variables = variables;
    }

    /**
     * A project's configuration in the environment {@code local}, with the process' environment variables.
     *
     * @param root the project's folder, the one that holds {@code conf}
     * @return the source
     */
    public static ConfigSource of(Path root) {
        return new ConfigSource(root.toAbsolutePath().normalize(), "local", Map.of(), System.getenv());
    }

    /**
     * @param name the environment: a folder beside {@code conf/base} whose keys override those of base; {@code base} for base alone
     * @return a source with this environment
     * @throws CatalogException if it cannot be the name of a folder
     */
    public ConfigSource withEnvironment(String name) {
        if (!ENVIRONMENT.matcher(name).matches()) {
            throw new CatalogException("'" + name
                    + "' cannot be an environment: use letters, digits, '_', '-', '.', and '/' between folders.");
        }
        return new ConfigSource(root, name, runtimeParameters, variables);
    }

    /**
     * Sets one parameter for this run. It is taken as it is: references in it are not followed.
     *
     * @param key the parameter, dots leading into maps; what stands beside it there, stays
     * @param value a text, boolean, number, list or map with text keys, or null
     * @return a source with this parameter
     * @throws CatalogException if the key is empty in one of its parts, or the value is of another kind
     */
    public ConfigSource withRuntimeParameter(String key, @Nullable Object value) {
        if (key.isEmpty() || key.startsWith(".") || key.endsWith(".") || key.contains("..")) {
            throw new CatalogException(
                    "The runtime parameter '" + key + "' has an empty name. Write it as 'model.depth'.");
        }
        Map<String, ConfigValue> more = new LinkedHashMap<>(runtimeParameters);
        try {
            more.put(key, ConfigValue.of(value, new SourcePosition("(runtime parameter " + key + ")", 0, 0)));
        } catch (IllegalArgumentException e) {
            throw new CatalogException(
                    "The runtime parameter '" + key + "' has a value of class "
                            + Objects.requireNonNull(value).getClass().getName()
                            + ". Use texts, booleans, numbers, lists and maps.",
                    e);
        }
        return new ConfigSource(root, environment, Collections.unmodifiableMap(more), variables);
    }

    /**
     * @param values what stands for the process' environment variables
     * @return a source with these variables only
     */
    public ConfigSource withVariables(Map<String, String> values) {
        return new ConfigSource(root, environment, runtimeParameters, Map.copyOf(values));
    }

    /** @return the project's folder, absolute */
    public Path root() {
        return root;
    }

    /** @return the environment */
    public String environment() {
        return environment;
    }

    /** @return the parameters given for this run by their dotted keys, in the order in which they were given */
    public Map<String, ConfigValue> runtimeParameters() {
        return runtimeParameters;
    }

    /** @return the environment variables that credentials may refer to; they hold secrets */
    public Map<String, String> variables() {
        return variables;
    }

    /** @return folder and environment, never a value */
    @Override
    public String toString() {
        return root + " in environment " + environment;
    }
}
