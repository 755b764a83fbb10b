package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.catalog.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The keys of runtime parameters: {@code a.b}, {@code a[0]}, and {@code a\.b} for a key that has a dot itself. */
public final class OptionKeys {
    private OptionKeys() {}

    /**
     * The path that a key stands for.
     *
     * @param key the key
     * @return its parts, at least one
     * @throws CatalogException if a part is empty
     */
    public static List<String> path(String key) {
        List<String> path = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        String dotted = key.replaceAll("\\[([^\\[\\]]*)\\]", ".$1");
        for (int i = 0; i < dotted.length(); i++) {
            char c = dotted.charAt(i);
            if (c == '\\' && i + 1 < dotted.length() && dotted.charAt(i + 1) == '.') {
                part.append(dotted.charAt(++i));
            } else if (c == '.') {
                path.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        path.add(part.toString());
        if (path.stream().anyMatch(String::isBlank)) {
            throw new CatalogException(
                    "The runtime parameter '" + key + "' has an empty name. Write it as 'model.depth'.");
        }
        return path;
    }

    /**
     * What stands for the place where a runtime parameter is written.
     *
     * @param key its key
     */
    public static SourcePosition position(String key) {
        return new SourcePosition("(runtime parameter " + key + ")", 0, 0);
    }

    /**
     * A value in which nothing is a reference.
     *
     * @param value the value as a program gave it
     */
    public static ConfigValue literal(ConfigValue value) {
        return Trees.escaped(value);
    }

    /**
     * One more parameter. It is laid over what is there; where they do not fit together, it replaces that.
     *
     * @param parameters those given before
     * @param path its path
     * @param value its value
     * @return all of them
     */
    public static Map<String, ConfigValue> with(
            Map<String, ConfigValue> parameters, List<String> path, ConfigValue value) {
        return Trees.with(parameters, path, value);
    }

    /**
     * More parameters, laid over those given before.
     *
     * @param parameters those given before
     * @param more the others
     * @return all of them
     */
    public static Map<String, ConfigValue> with(Map<String, ConfigValue> parameters, Map<String, ConfigValue> more) {
        Problems problems = new Problems();
        Map<String, ConfigValue> all = Trees.overlaid(parameters, more, problems);
        problems.throwIfAny();
        return all;
    }
}
