package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * The credentials that entries refer to by name: wherever a key {@code credentials} in an entry, at any depth, also in lists, has a text, that
 * text is the name of one of them. What they hold is taken as it is: neither placeholders nor references are looked for in it. Immutable.
 */
public final class Credentials {
    private static final String KEY = "credentials";
    private static final String HIDDEN = "(secret)";

    private final Map<String, ConfigValue> byName;
    private final String environment;

    /**
     * @param byName the credentials by name
     * @param environment the environment that they belong to, for messages
     */
    public Credentials(Map<String, ConfigValue> byName, String environment) {
        this.byName = byName;
        this.environment = environment;
    }

    /**
     * Refuses references to what is not there.
     *
     * @param name the entry's name
     * @param entry the entry
     * @param isOpen says of a reference that it is not known yet, because it has a placeholder
     * @param problems gets the mistakes
     */
    public void check(String name, ConfigValue entry, Predicate<String> isOpen, Problems problems) {
        references(name, entry, (path, reference) -> {
            String wanted = String.valueOf(reference.value());
            if (!byName.containsKey(wanted) && !isOpen.test(wanted)) {
                problems.add(() -> unknown(path, reference));
            }
        });
    }

    /** Tells of every reference in an entry: the path of the map that has it, and the reference. */
    private static void references(String path, ConfigValue value, BiConsumer<String, ConfigValue> sink) {
        Map<String, ConfigValue> entries = value.entries();
        List<ConfigValue> items = value.items();
        if (entries != null) {
            entries.forEach((key, inner) -> {
                if (key.equals(KEY) && inner.value() instanceof String) {
                    sink.accept(path, inner);
                } else {
                    references(path + "." + key, inner, sink);
                }
            });
        } else if (items != null) {
            for (int i = 0; i < items.size(); i++) {
                references(path + "[" + i + "]", items.get(i), sink);
            }
        }
    }

    private CatalogException unknown(String path, ConfigValue reference) {
        String wanted = String.valueOf(reference.value());
        String meant = Suggestion.didYouMean(wanted, byName.keySet());
        return new CatalogException(reference.position() + ": 'credentials' in '" + path + "' is '" + wanted
                + "', which no credentials*.yml"
                + " of the environment '" + environment + "' has."
                + (meant.isEmpty() ? " Add it to conf/" + environment + "/credentials.yml." : meant));
    }

    /**
     * What stands behind a reference.
     *
     * @param path where the reference is, for the message
     * @param reference the reference, a text
     * @return the credentials, of any kind; secret
     * @throws CatalogException if there are none of that name
     */
    public ConfigValue get(String path, ConfigValue reference) {
        ConfigValue found = byName.get(String.valueOf(reference.value()));
        if (found == null) {
            throw unknown(path, reference);
        }
        return found;
    }

    /**
     * An entry with its references replaced by what stands behind them.
     *
     * @param path the entry's name
     * @param value the entry
     * @return a new value; secret
     * @throws CatalogException if a reference leads nowhere
     */
    public ConfigValue resolved(String path, ConfigValue value) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries != null) {
            Map<String, ConfigValue> resolved = new LinkedHashMap<>();
            entries.forEach((key, inner) -> resolved.put(
                    key,
                    key.equals(KEY) && inner.value() instanceof String
                            ? get(path, inner)
                            : resolved(path + "." + key, inner)));
            return new ConfigValue(Collections.unmodifiableMap(resolved), value.position());
        }
        List<ConfigValue> items = value.items();
        if (items != null) {
            return new ConfigValue(
                    items.stream().map(item -> resolved(path, item)).toList(), value.position());
        }
        return value;
    }

    /**
     * An entry as it may be shown: its references as they are written, and instead of credentials that stand in the entry itself a word.
     *
     * @param value the entry
     * @return a new value
     */
    public static ConfigValue hidden(ConfigValue value) {
        return moved(value, inline -> HIDDEN);
    }

    /**
     * An entry with the credentials that stand in it itself moved to sections of their own.
     *
     * @param name the entry's name; the sections are named after it
     * @param value the entry
     * @param secrets gets the sections; none of them has a name that there is already
     * @return a new value that refers to them
     */
    public ConfigValue split(String name, ConfigValue value, Map<String, ConfigValue> secrets) {
        return moved(value, inline -> {
            String section = name + "_credentials";
            for (int i = 2; secrets.containsKey(section) || byName.containsKey(section); i++) {
                section = name + "_credentials_" + i;
            }
            secrets.put(section, inline);
            return section;
        });
    }

    /** Takes credentials out of an entry and says by which text they are replaced. */
    interface Mover {
        String moved(ConfigValue inline);
    }

    /** An entry with the credentials that stand in it replaced by texts. Null, an empty map and references stay. */
    static ConfigValue moved(ConfigValue value, Mover mover) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries != null) {
            Map<String, ConfigValue> changed = new LinkedHashMap<>();
            entries.forEach(
                    (key, inner) -> changed.put(key, key.equals(KEY) ? move(inner, mover) : moved(inner, mover)));
            return new ConfigValue(Collections.unmodifiableMap(changed), value.position());
        }
        List<ConfigValue> items = value.items();
        return items == null
                ? value
                : new ConfigValue(items.stream().map(item -> moved(item, mover)).toList(), value.position());
    }

    private static ConfigValue move(ConfigValue inline, Mover mover) {
        boolean isHarmless = inline.value() == null || inline.value() instanceof String;
        return isHarmless ? inline : new ConfigValue(mover.moved(inline), inline.position());
    }

    /**
     * The credentials that entries refer to.
     *
     * @param entries the entries by name; a reference with a placeholder may mean any of them
     * @return those of them, in the order of the configuration; secret
     */
    public Map<String, ConfigValue> usedBy(Map<String, ConfigValue> entries) {
        Set<String> used = new HashSet<>();
        entries.forEach((name, entry) ->
                references(name, entry, (path, reference) -> used.add(String.valueOf(reference.value()))));
        boolean any = used.stream().anyMatch(EntryPattern::isPattern);
        Map<String, ConfigValue> found = new LinkedHashMap<>();
        byName.forEach((name, value) -> {
            if (any || used.contains(name)) {
                found.put(name, value);
            }
        });
        return found;
    }

    /** @return the names, never the values */
    @Override
    public String toString() {
        return "credentials " + byName.keySet();
    }
}
