package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.catalog.Resolution.Origin;
import dev.contraflow.config.ConfigValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which entry of a configuration a name has: an explicit one, else that of the first pattern by rank that matches, the catch-all last
 * (Kedro's order). It knows nothing of types. Immutable, so that any number of threads may ask.
 */
public final class CatalogEntries {
    /**
     * The entry of one name.
     *
     * @param name the name that was asked for
     * @param origin how it was found: an explicit entry, a pattern or a catch-all
     * @param pattern the pattern's text, or null for an explicit entry
     * @param entry the entry, placeholders replaced; credentials are still names
     */
    public record Found(
            String name, Origin origin, @Nullable String pattern, ConfigValue entry) {}

    private final Map<String, ConfigValue> explicit;
    private final List<EntryPattern> patterns;

    /**
     * @param all entries and patterns by name
     * @param problems gets the mistakes of patterns; a pattern with one answers for no name
     */
    public CatalogEntries(Map<String, ConfigValue> all, Problems problems) {
        Map<String, ConfigValue> entries = new LinkedHashMap<>();
        List<EntryPattern> found = new ArrayList<>();
        all.forEach((name, entry) -> {
            if (!EntryPattern.isPattern(name)) {
                entries.put(name, entry);
                return;
            }
            EntryPattern pattern = problems.get(() -> new EntryPattern(name, entry));
            if (pattern != null) {
                pattern.check(problems);
                found.add(pattern);
            }
        });
        found.sort(EntryPattern.RANKING);
        this.explicit = Collections.unmodifiableMap(entries);
        this.patterns = List.copyOf(found);
        checkCatchAlls(problems);
    }

    private void checkCatchAlls(Problems problems) {
        List<EntryPattern> catchAlls =
                patterns.stream().filter(EntryPattern::isCatchAll).toList();
        if (catchAlls.size() > 1) {
            problems.add(() -> new CatalogException(catchAlls.get(1).position() + ": the patterns '"
                    + catchAlls.get(0).text() + "' (" + catchAlls.get(0).position() + ") and '"
                    + catchAlls.get(1).text() + "' both match every name, and a catalog can have one such pattern."
                    + " Remove one, or give it a literal part."));
        }
    }

    /** @return the explicit entries by name, in the order of the configuration */
    public Map<String, ConfigValue> explicit() {
        return explicit;
    }

    /** @return the patterns, the first to be tried first; a catch-all is the last */
    public List<String> patterns() {
        return patterns.stream().map(EntryPattern::text).toList();
    }

    /** The patterns themselves, for checking what they say. */
    List<EntryPattern> patternEntries() {
        return patterns;
    }

    /**
     * The entry of a name.
     *
     * @param name any text
     * @return its entry, or null if there is none and no pattern matches
     */
    public @Nullable Found find(String name) {
        ConfigValue entry = explicit.get(name);
        if (entry != null) {
            return new Found(name, Origin.ENTRY, null, entry);
        }
        for (EntryPattern pattern : patterns) {
            Map<String, String> fields = pattern.match(name);
            if (fields != null) {
                return new Found(
                        name,
                        pattern.isCatchAll() ? Origin.CATCH_ALL : Origin.PATTERN,
                        pattern.text(),
                        pattern.substituted(fields));
            }
        }
        return null;
    }
}
