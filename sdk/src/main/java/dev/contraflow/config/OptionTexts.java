package dev.contraflow.config;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.config.OptionKeys;
import dev.contraflow.internal.config.OptionValues;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the texts in which a command line gives parameters, load versions and lists of names. Their syntax is that of Kedro's options
 * {@code --params}, {@code --load-versions}, {@code --nodes} and {@code --tags}; where those lose or misread something, it is refused or
 * read here.
 */
public final class OptionTexts {
    private OptionTexts() {}

    /**
     * Parameters: {@code model.depth=5,name=x,days=[1, 2]}. Values have the types of YAML; none is null. A comma within the brackets, braces
     * or quotes that a value begins with belongs to it. In a key, dots lead into maps, {@code a[0]} is {@code a.0}, and {@code \.} is a dot.
     * Of two values for one key the later one holds; maps are merged.
     *
     * @param text the parameters, separated by commas; empty pieces do not count
     * @return the parameters as nested maps
     * @throws CatalogException if pieces cannot be read; lists them all
     */
    public static Map<String, ConfigValue> parameters(String text) {
        Problems problems = new Problems();
        Map<String, ConfigValue> parameters = Map.of();
        for (String item : OptionValues.items(text)) {
            Map<String, ConfigValue> before = parameters;
            Map<String, ConfigValue> after = problems.get(() -> withParameter(before, item));
            parameters = after == null ? before : after;
        }
        problems.throwIfAny();
        return parameters;
    }

    private static Map<String, ConfigValue> withParameter(Map<String, ConfigValue> parameters, String item) {
        int equals = item.indexOf('=');
        String key = (equals < 0 ? item : item.substring(0, equals)).strip();
        if (equals < 0 || key.isEmpty()) {
            throw new CatalogException("The runtime parameter '" + item + "' has no "
                    + (equals < 0 ? "'='" : "name before the '='") + ". Write it as 'model.depth=5'.");
        }
        ConfigValue value = OptionValues.value(key, item.substring(equals + 1).strip());
        return OptionKeys.with(parameters, OptionKeys.path(key), value);
    }

    /**
     * Load versions: {@code orders:2024-01-15T10.30.00.000Z,cars:x}. A version is one plain part of a path.
     *
     * @param text names and versions, separated by commas, or nothing
     * @return the versions by name; of two for one name the later one
     * @throws CatalogException if pieces cannot be read; lists them all
     */
    public static Map<String, String> loadVersions(String text) {
        Map<String, String> versions = new LinkedHashMap<>();
        Problems problems = new Problems();
        for (String item : text.isBlank() ? List.<String>of() : List.of(text.split(",", -1))) {
            problems.check(() -> {
                int colon = item.indexOf(':');
                if (colon < 0) {
                    throw new CatalogException("The load version '" + item.strip()
                            + "' has no ':'. Write it as 'orders:2024-01-15T10.30.00.000Z'.");
                }
                String name = item.substring(0, colon).strip();
                versions.put(
                        name, checkedVersion(name, item.substring(colon + 1).strip()));
            });
        }
        problems.throwIfAny();
        return Collections.unmodifiableMap(versions);
    }

    private static String checkedVersion(String name, String version) {
        boolean isPart = !version.isEmpty()
                && !version.equals(".")
                && !version.equals("..")
                && version.chars().noneMatch(c -> c == '/' || c == '\\');
        if (!isPart) {
            throw new CatalogException("'" + version + "' cannot be a version of '" + name
                    + "': a version is one plain name of a folder. Write it as 'orders:2024-01-15T10.30.00.000Z'.");
        }
        return version;
    }

    /**
     * Names of nodes or namespaces: {@code split,train}. A comma within brackets belongs to the name, because names that are made of a
     * node's inputs and outputs have some: {@code f([a,b]) -> [c]}.
     *
     * @param text the names, separated by commas; empty pieces do not count
     * @return the names
     * @throws CatalogException if brackets do not close
     */
    public static List<String> nodes(String text) {
        return OptionValues.namesOfNodes(text);
    }

    /**
     * Names of datasets, tags or pipelines: {@code a,b}.
     *
     * @param text the names, separated by commas; empty pieces do not count
     * @return the names
     */
    public static List<String> names(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
