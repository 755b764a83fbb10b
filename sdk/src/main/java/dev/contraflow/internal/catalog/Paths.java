package dev.contraflow.internal.catalog;

import dev.contraflow.config.ConfigValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Relative paths in entries: as in Kedro they start at the project's root, whatever the working directory is, at any depth of an entry. */
final class Paths {
    private static final Set<String> KEYS = Set.of("filepath", "filename", "path");

    private Paths() {}

    /** A value in which the paths are absolute; URIs, and what cannot be a path, stay. */
    static ConfigValue absolute(ConfigValue value, Path root) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries != null) {
            Map<String, ConfigValue> changed = new LinkedHashMap<>();
            entries.forEach((key, inner) -> changed.put(
                    key,
                    KEYS.contains(key) && inner.value() instanceof String text
                            ? new ConfigValue(absolute(text, root), inner.position())
                            : absolute(inner, root)));
            return new ConfigValue(Collections.unmodifiableMap(changed), value.position());
        }
        List<ConfigValue> items = value.items();
        return items == null
                ? value
                : new ConfigValue(
                        items.stream().map(item -> absolute(item, root)).toList(), value.position());
    }

    private static String absolute(String text, Path root) {
        if (text.isEmpty() || text.contains("://")) {
            return text;
        }
        try {
            return root.resolve(text).toString();
        } catch (InvalidPathException e) {
            return text;
        }
    }
}
