package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds, overlays and unites maps of configuration values; they are never changed, new ones are made. */
public final class Trees {
    /** What two files of one environment may both write to. */
    enum Sharing {
        /** Nothing: a key stands in one file. */
        NOTHING,
        /** The same map, but not the same key in it. */
        MAPS
    }

    private Trees() {}

    /**
     * The value at a dotted path. A key that has dots itself is found too, by its whole name, if no path leads to a value.
     *
     * @param entries where to look
     * @param path the path
     * @return the value (which may hold null), or null if there is none
     */
    public static @Nullable ConfigValue find(Map<String, ConfigValue> entries, String path) {
        ConfigValue nested = findNested(entries, path);
        return nested == null ? entries.get(path) : nested;
    }

    /**
     * The value at a dotted path that leads through a map.
     *
     * @param entries where to look
     * @param path the path
     * @return the value, or null if there is none or the path has no dot
     */
    public static @Nullable ConfigValue findNested(Map<String, ConfigValue> entries, String path) {
        int dot = path.indexOf('.');
        ConfigValue head = dot < 0 ? null : entries.get(path.substring(0, dot));
        Map<String, ConfigValue> below = head == null ? null : head.entries();
        return below == null ? null : find(below, path.substring(dot + 1));
    }

    /** What stands over wins; maps on both sides are overlaid in turn. */
    static Map<String, ConfigValue> overlaid(Map<String, ConfigValue> under, Map<String, ConfigValue> over) {
        Map<String, ConfigValue> result = new LinkedHashMap<>(under);
        over.forEach((key, value) -> result.merge(key, value, (a, b) -> overlaid(key, a, b)));
        return Collections.unmodifiableMap(result);
    }

    private static ConfigValue overlaid(String key, ConfigValue under, ConfigValue over) {
        Map<String, ConfigValue> below = under.entries();
        Map<String, ConfigValue> above = over.entries();
        boolean mapOnList = above != null && under.items() != null;
        boolean listOnMap = over.items() != null && below != null;
        if (mapOnList || listOnMap) { // refused by OmegaConf too: one of the two is hardly what was meant
            throw new CatalogException(
                    over.position() + ": '" + key + "' is " + under.kind() + " at " + under.position() + ", and "
                            + over.kind() + " cannot take its place. Give it " + under.kind() + ".");
        }
        if (above == null || below == null) {
            return over;
        }
        return new ConfigValue(overlaid(below, above), under.position());
    }

    /** The tree with one more value, which may be overlaid on what is there. */
    static Map<String, ConfigValue> with(Map<String, ConfigValue> tree, String path, ConfigValue value) {
        ConfigValue nested = value;
        int dot;
        String head = path;
        while ((dot = head.lastIndexOf('.')) >= 0) {
            nested = new ConfigValue(Map.of(head.substring(dot + 1), nested), value.position());
            head = head.substring(0, dot);
        }
        return overlaid(tree, Map.of(head, nested));
    }

    /** One key of two files of one environment. */
    static ConfigValue united(String path, ConfigValue a, ConfigValue b, Sharing sharing) {
        Map<String, ConfigValue> inA = a.entries();
        Map<String, ConfigValue> inB = b.entries();
        if (sharing == Sharing.NOTHING || inA == null || inB == null) {
            throw new CatalogException(
                    b.position() + ": key '" + path + "' is already set at " + a.position() + ". Keep one of them.");
        }
        Map<String, ConfigValue> result = new LinkedHashMap<>(inA);
        inB.forEach((key, value) -> result.merge(key, value, (x, y) -> united(path + "." + key, x, y, sharing)));
        return new ConfigValue(Collections.unmodifiableMap(result), a.position());
    }
}
