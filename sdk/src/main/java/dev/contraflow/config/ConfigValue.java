package dev.contraflow.config;

import dev.contraflow.CatalogException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One value of a configuration, and where it is written. Immutable.
 *
 * @param value a {@code Map<String, ConfigValue>} in the order of the file, a {@code List<ConfigValue>}, a String, Boolean, Long,
 *     {@link java.math.BigInteger} (beyond 64 bits) or Double, a {@code byte[]} (of which each caller gets a copy), or null
 * @param position where it begins
 */
public record ConfigValue(@Nullable Object value, SourcePosition position) {
    private static final int MOST_LEVELS = 64; // as in a file

    /** Checks that the position is not null, and copies a map, list or {@code byte[]}: so nothing can contain itself. */
    public ConfigValue {
        Objects.requireNonNull(position, "position is null");
        if (value instanceof Map<?, ?> map) {
            value = Collections.unmodifiableMap(new LinkedHashMap<>(map));
        } else if (value instanceof List<?> list) {
            value = Collections.unmodifiableList(new ArrayList<>(list));
        } else if (value instanceof byte[] bytes) {
            value = bytes.clone();
        }
    }

    @Override
    public @Nullable Object value() {
        return value instanceof byte[] bytes ? bytes.clone() : value;
    }

    /**
     * A plain Java value as a configuration value.
     *
     * @param plain maps with text keys, lists, texts, booleans, numbers, {@code byte[]} or null, nested at will
     * @param position the position that all of them get
     * @return the value
     * @throws IllegalArgumentException if something else is in it
     * @throws CatalogException if maps and lists stand in each other more than 64 times, or one in itself
     */
    public static ConfigValue of(@Nullable Object plain, SourcePosition position) {
        return of(plain, position, "", 0);
    }

    private static ConfigValue of(@Nullable Object plain, SourcePosition position, String key, int level) {
        if (level > MOST_LEVELS) {
            throw new CatalogException(
                    position,
                    "'" + key + "' is nested deeper than " + MOST_LEVELS
                            + " levels, or is a map or list that contains itself. Make it flatter.");
        }
        if (plain instanceof Map<?, ?> map) {
            Map<String, ConfigValue> entries = new LinkedHashMap<>();
            map.forEach((name, value) ->
                    entries.put(String.valueOf(name), of(value, position, String.valueOf(name), level + 1)));
            return new ConfigValue(entries, position);
        }
        if (plain instanceof List<?> list) {
            List<ConfigValue> items = new ArrayList<>();
            list.forEach(item -> items.add(of(item, position, key, level + 1)));
            return new ConfigValue(items, position);
        }
        if (plain instanceof Integer || plain instanceof Short || plain instanceof Byte) {
            return new ConfigValue(((Number) plain).longValue(), position);
        }
        if (plain instanceof Float f) {
            return new ConfigValue(f.doubleValue(), position);
        }
        if (plain == null
                || plain instanceof String
                || plain instanceof Boolean
                || plain instanceof Long
                || plain instanceof Double
                || plain instanceof byte[]
                || plain instanceof java.math.BigInteger) {
            return new ConfigValue(plain, position);
        }
        throw new IllegalArgumentException(
                "A configuration cannot hold a " + plain.getClass().getName());
    }

    /** @return the entries if it is a map, else null */
    @SuppressWarnings("unchecked") // maps are made with this type only
    public @Nullable Map<String, ConfigValue> entries() {
        return value instanceof Map<?, ?> map ? (Map<String, ConfigValue>) map : null;
    }

    /** @return the items if it is a list, else null */
    @SuppressWarnings("unchecked") // lists are made with this type only
    public @Nullable List<ConfigValue> items() {
        return value instanceof List<?> list ? (List<ConfigValue>) list : null;
    }

    /** @return the value without positions: unmodifiable maps and lists of plain values */
    public @Nullable Object plain() {
        Map<String, ConfigValue> entries = entries();
        if (entries != null) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            entries.forEach((key, entry) -> plain.put(key, entry.plain()));
            return Collections.unmodifiableMap(plain);
        }
        List<ConfigValue> items = items();
        if (items != null) {
            List<@Nullable Object> plain = new ArrayList<>();
            items.forEach(item -> plain.add(item.plain()));
            return Collections.unmodifiableList(plain);
        }
        return value();
    }

    /** @return what kind of value it is, in the words of a configuration: map, list, text, number, true/false, binary data, nothing */
    public String kind() {
        if (value instanceof Map) {
            return "a map";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof String) {
            return "a text";
        }
        if (value instanceof Boolean) {
            return "true/false";
        }
        return value == null ? "nothing" : value instanceof byte[] ? "binary data" : "a number";
    }

    /** @return its kind and position, never the value: it may be a secret */
    @Override
    public String toString() {
        return kind() + " at " + position;
    }
}
