package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.internal.catalog.Problems;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /**
     * The mistake of a parameter whose name means two values.
     *
     * @param name the name
     * @param one one of them
     * @param other the other one
     */
    public static CatalogException ambiguous(String name, ConfigValue one, ConfigValue other) {
        return new CatalogException(
                other.position(),
                "'" + name + "' means this value and also the one at " + one.position()
                        + ": one has a key with a dot, the other stands in a map. Rename one of them.");
    }

    /** What stands over wins; maps on both sides are overlaid in turn. */
    static Map<String, ConfigValue> overlaid(
            Map<String, ConfigValue> under, Map<String, ConfigValue> over, Problems problems) {
        Map<String, ConfigValue> result = new LinkedHashMap<>(under);
        over.forEach((key, value) -> result.merge(key, value, (a, b) -> overlaid(key, a, b, problems)));
        return Collections.unmodifiableMap(result);
    }

    private static ConfigValue overlaid(String key, ConfigValue under, ConfigValue over, Problems problems) {
        Map<String, ConfigValue> below = under.entries();
        Map<String, ConfigValue> above = over.entries();
        boolean mapOnList = above != null && under.items() != null;
        boolean listOnMap = over.items() != null && below != null;
        if (mapOnList || listOnMap) { // refused by OmegaConf too: one of the two is hardly what was meant
            problems.add(() -> incompatible(key, under, over));
            return under;
        }
        if (above == null || below == null) {
            return over;
        }
        return new ConfigValue(overlaid(below, above, problems), under.position());
    }

    private static CatalogException incompatible(String key, ConfigValue under, ConfigValue over) {
        Map<String, ConfigValue> above = over.entries();
        boolean isIndex =
                above != null && !above.isEmpty() && above.keySet().stream().allMatch(name -> name.matches("\\d+"));
        return new CatalogException(
                over.position(),
                "'" + key + "' is " + under.kind() + " at " + under.position()
                        + (isIndex
                                ? ", and its items cannot be set one by one. Give the whole list: " + key + "=[1, 2]."
                                : ", and " + over.kind() + " cannot take its place. Give it " + under.kind() + "."));
    }

    /** The tree with one more value, which may be overlaid on what is there. */
    static Map<String, ConfigValue> with(Map<String, ConfigValue> tree, List<String> path, ConfigValue value) {
        ConfigValue nested = value;
        for (int i = path.size() - 1; i > 0; i--) {
            nested = new ConfigValue(Map.of(path.get(i), nested), value.position());
        }
        Problems problems = new Problems();
        Map<String, ConfigValue> result = overlaid(tree, Map.of(path.get(0), nested), problems);
        problems.throwIfAny();
        return result;
    }

    /** One key of two files of one environment; the first one stays where both have it. */
    static ConfigValue united(String path, ConfigValue a, ConfigValue b, Sharing sharing, Problems problems) {
        Map<String, ConfigValue> inA = a.entries();
        Map<String, ConfigValue> inB = b.entries();
        if (sharing == Sharing.NOTHING || inA == null || inB == null) {
            problems.add(() -> new CatalogException(
                    b.position(), "key '" + path + "' is already set at " + a.position() + ". Keep one of them."));
            return a;
        }
        Map<String, ConfigValue> result = new LinkedHashMap<>(inA);
        inB.forEach(
                (key, value) -> result.merge(key, value, (x, y) -> united(path + "." + key, x, y, sharing, problems)));
        return new ConfigValue(Collections.unmodifiableMap(result), a.position());
    }

    /** All values of a tree, by identity. */
    static Set<ConfigValue> identities(Map<String, ConfigValue> entries) {
        Set<ConfigValue> identities = Collections.newSetFromMap(new IdentityHashMap<>());
        addIdentities(entries.values(), identities);
        return identities;
    }

    private static void addIdentities(Collection<ConfigValue> values, Set<ConfigValue> identities) {
        for (ConfigValue value : values) {
            identities.add(value);
            Map<String, ConfigValue> entries = value.entries();
            addIdentities(entries == null ? List.of() : entries.values(), identities);
        }
    }

    /** The same values, whose texts lead nowhere when references are followed; and after that are what they were. */
    static ConfigValue escaped(ConfigValue value) {
        Map<String, ConfigValue> entries = value.entries();
        List<ConfigValue> items = value.items();
        if (entries != null) {
            Map<String, ConfigValue> escaped = new LinkedHashMap<>();
            entries.forEach((key, entry) -> escaped.put(key, escaped(entry)));
            return new ConfigValue(Collections.unmodifiableMap(escaped), value.position());
        }
        if (items != null) {
            return new ConfigValue(items.stream().map(Trees::escaped).toList(), value.position());
        }
        return value.value() instanceof String text && TemplateParser.isTemplate(text)
                ? new ConfigValue(TemplateParser.escaped(text), value.position())
                : value;
    }
}
