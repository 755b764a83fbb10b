package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a catalog whose name has placeholders, {@code "{region}.{name}_raw"}: Kedro's dataset factory. It matches whole names; a
 * placeholder stands for at least one character and, from the left, for as few as possible; one that occurs twice stands for the same text
 * twice (as Python's {@code parse}, but case counts). Immutable.
 */
final class EntryPattern {
    /** More literal characters, then more placeholders, then the alphabet. */
    static final Comparator<EntryPattern> RANKING = Comparator.comparingInt((EntryPattern p) -> -p.literals)
            .thenComparingInt(p -> -p.occurrences)
            .thenComparing(EntryPattern::text);

    private static final String IDENTIFIER = "[\\p{L}_][\\p{L}\\p{Nd}_]*";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(" + IDENTIFIER + ")}");
    /** A placeholder in a value; what follows the name would be one of Python's formats: {@code {name!r}}, {@code {num:d}}. */
    private static final Pattern IN_VALUE = Pattern.compile("\\{(" + IDENTIFIER + ")([!:.\\[][^{}]*)?}");

    private final String text;
    private final ConfigValue entry;
    private final List<String> fields = new ArrayList<>();
    private final Pattern regex;
    private final String start;
    private final String end;
    private final int literals;
    private final int occurrences;

    /**
     * @param text the entry's name
     * @param entry the entry
     * @throws CatalogException if the name's braces are not those of placeholders
     */
    EntryPattern(String text, ConfigValue entry) {
        this.text = text;
        this.entry = entry;
        List<String> between = new ArrayList<>();
        StringBuilder whole = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(text);
        int from = 0;
        int count = 0;
        while (placeholder.find()) {
            between.add(text.substring(from, placeholder.start()));
            whole.append(Pattern.quote(text.substring(from, placeholder.start())));
            whole.append(group(placeholder.group(1)));
            from = placeholder.end();
            count++;
        }
        between.add(text.substring(from));
        whole.append(Pattern.quote(text.substring(from)));
        String literal = String.join("", between);
        if (count == 0 || literal.indexOf('{') >= 0 || literal.indexOf('}') >= 0) {
            throw new CatalogException(entry.position() + ": '" + text + "' is not a dataset pattern. Write each"
                    + " placeholder as {name}: one pair of braces around letters, digits and '_', not beginning"
                    + " with a digit.");
        }
        this.regex = Pattern.compile(whole.toString(), Pattern.DOTALL);
        this.start = between.get(0);
        this.end = between.get(between.size() - 1);
        this.literals = literal.codePointCount(0, literal.length());
        this.occurrences = count;
    }

    private String group(String field) {
        int known = fields.indexOf(field);
        if (known < 0) {
            fields.add(field);
            return "(.+?)";
        }
        return "\\" + (known + 1) + "(?:)"; // a digit that follows is not part of the number
    }

    /** Whether an entry's name is meant as a pattern. */
    static boolean isPattern(String name) {
        return name.indexOf('{') >= 0;
    }

    String text() {
        return text;
    }

    ConfigValue entry() {
        return entry;
    }

    SourcePosition position() {
        return entry.position();
    }

    /** Whether it has no literal character, so that it matches every name that is long enough. */
    boolean isCatchAll() {
        return literals == 0;
    }

    /** What its placeholders stand for in a name, or null if it does not match the name. */
    @Nullable
    Map<String, String> match(String name) {
        if (!name.startsWith(start) || !name.endsWith(end)) { // quick, as most patterns do not match
            return null;
        }
        Matcher matcher = regex.matcher(name);
        if (!matcher.matches()) {
            return null;
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            found.put(fields.get(i), matcher.group(i + 1));
        }
        return found;
    }

    /** Its entry with placeholders replaced in all texts, at any depth; keys, and braces around anything else, stay. */
    ConfigValue substituted(Map<String, String> found) {
        return mapped(entry, value -> substituted(value, found));
    }

    private static String substituted(String value, Map<String, String> found) {
        if (value.indexOf('{') < 0) {
            return value;
        }
        return PLACEHOLDER.matcher(value).replaceAll(match -> {
            String replacement = found.get(match.group(1));
            return Matcher.quoteReplacement(replacement == null ? match.group() : replacement);
        });
    }

    /** Whether a text has a placeholder of this pattern, so that it is known only once a name is. */
    boolean isOpen(String value) {
        Matcher placeholder = PLACEHOLDER.matcher(value);
        while (placeholder.find()) {
            if (fields.contains(placeholder.group(1))) {
                return true;
            }
        }
        return false;
    }

    /** Refuses placeholders in the entry that the name does not have. */
    void check(Problems problems) {
        check(entry, problems);
    }

    private void check(ConfigValue value, Problems problems) {
        Map<String, ConfigValue> entries = value.entries();
        List<ConfigValue> items = value.items();
        if (entries != null) {
            entries.values().forEach(inner -> check(inner, problems));
        } else if (items != null) {
            items.forEach(inner -> check(inner, problems));
        } else if (value.value() instanceof String here) {
            Matcher placeholder = IN_VALUE.matcher(here);
            while (placeholder.find()) {
                String field = placeholder.group(1);
                String written = placeholder.group();
                boolean isKnown = fields.contains(field);
                if (placeholder.group(2) == null ? !isKnown : isKnown) {
                    problems.add(() -> unknown(written, isKnown ? field : null, value.position()));
                }
            }
        }
    }

    private CatalogException unknown(String written, @Nullable String plain, SourcePosition at) {
        return new CatalogException(at + ": " + written + " is not a placeholder of the pattern '" + text + "'."
                + (plain == null
                        ? Suggestion.didYouMean(written, placeholders())
                        : " Write {" + plain + "}; there are no formats.")
                + " Its placeholders: " + String.join(", ", placeholders()) + ".");
    }

    private Set<String> placeholders() {
        Set<String> all = new java.util.TreeSet<>();
        fields.forEach(field -> all.add("{" + field + "}"));
        return all;
    }

    /** A value with every text in it replaced, positions kept. */
    private static ConfigValue mapped(ConfigValue value, UnaryOperator<String> change) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries != null) {
            Map<String, ConfigValue> changed = new LinkedHashMap<>();
            entries.forEach((key, inner) -> changed.put(key, mapped(inner, change)));
            return new ConfigValue(Collections.unmodifiableMap(changed), value.position());
        }
        List<ConfigValue> items = value.items();
        if (items != null) {
            return new ConfigValue(
                    items.stream().map(item -> mapped(item, change)).toList(), value.position());
        }
        return value.value() instanceof String here ? new ConfigValue(change.apply(here), value.position()) : value;
    }
}
