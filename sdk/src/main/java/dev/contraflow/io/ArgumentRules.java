package dev.contraflow.io;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the arguments that another system has for a format: each is renamed to an option of the format, ignored because it changes
 * neither bytes nor values, allowed where it says what the format does anyway, or refused by name. Immutable: each method returns new rules.
 */
public final class ArgumentRules {
    private final String system;
    private final Map<String, Rule> rules;
    private final Map<String, Object> defaults;

    /** What becomes of one argument. */
    private interface Rule {
        /** The options it becomes, none if it is dropped. */
        Map<String, ConfigValue> apply(ConfigSection section, String key, ConfigValue value);
    }

    private ArgumentRules(String system, Map<String, Rule> rules, Map<String, Object> defaults) {
        this.system = system;
        this.rules = rules;
        this.defaults = defaults;
    }

    /**
     * Rules that know no argument yet.
     *
     * @param system what the arguments belong to, for messages: {@code pandas}
     * @return the rules
     */
    public static ArgumentRules of(String system) {
        return new ArgumentRules(system, Map.of(), Map.of());
    }

    /**
     * @param key an argument
     * @param option the option of the format that means the same
     * @return rules that rename the argument
     */
    public ArgumentRules renamed(String key, String option) {
        return with((section, name, value) -> Map.of(option, value), key);
    }

    /**
     * @param keys arguments that the format has under the same names
     * @return rules that keep them
     */
    public ArgumentRules kept(String... keys) {
        return with((section, key, value) -> Map.of(key, value), keys);
    }

    /**
     * @param keys arguments that change neither the bytes nor the value: how much is read at once, by which engine
     * @return rules that drop them
     */
    public ArgumentRules ignored(String... keys) {
        return with((section, key, value) -> Map.of(), keys);
    }

    /**
     * @param key an argument of which the format can do some values only, because it does them anyway
     * @param values these values: texts, numbers, booleans, or null
     * @return rules that drop the argument if it has one of them, and refuse it otherwise
     */
    public ArgumentRules only(String key, @Nullable Object... values) {
        List<@Nullable Object> allowed = new ArrayList<>();
        Collections.addAll(allowed, values);
        return with(
                (section, name, value) -> {
                    if (allowed.stream().noneMatch(each -> same(each, value.plain()))) {
                        throw section.error(name, "can only be " + words(allowed) + " here. Remove it.");
                    }
                    return Map.of();
                },
                key);
    }

    /**
     * @param keys arguments that can be left to the other system's default only, which is null
     * @return rules that drop them if they are null, and refuse them otherwise
     */
    public ArgumentRules onlyNull(String... keys) {
        ArgumentRules more = this;
        for (String key : keys) {
            more = more.only(key, (Object) null);
        }
        return more;
    }

    /**
     * @param key an argument
     * @param option an option of the format
     * @param values which value of the option each value of the argument, as text, means
     * @return rules that rename argument and value, and refuse all other values
     */
    public ArgumentRules renamed(String key, String option, Map<String, String> values) {
        Map<String, String> known = Map.copyOf(values);
        return with(
                (section, name, value) -> {
                    String meant = known.get(String.valueOf(value.plain()));
                    if (meant == null) {
                        throw section.error(name, "has a value that cannot be honoured here. Remove it.");
                    }
                    return Map.of(option, new ConfigValue(meant, value.position()));
                },
                key);
    }

    /**
     * @param keys arguments that the other system has and the format has not
     * @return rules that refuse them, whatever their value, and say that they are known
     */
    public ArgumentRules refused(String... keys) {
        return with(
                (section, key, value) -> {
                    throw section.error(
                            key,
                            "is an argument of " + system + " that cannot be honoured here. Remove it, and do in a node"
                                    + " what it did.");
                },
                keys);
    }

    /**
     * @param option an option of the format
     * @param value its value if the arguments do not say it, because it is the other system's default: a text, number or boolean
     * @return rules that add it
     */
    public ArgumentRules withDefault(String option, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(defaults);
        more.put(option, value);
        return new ArgumentRules(system, rules, Collections.unmodifiableMap(more));
    }

    private ArgumentRules with(Rule rule, String... keys) {
        Map<String, Rule> more = new TreeMap<>(rules);
        for (String key : keys) {
            more.put(key, rule);
        }
        return new ArgumentRules(system, Collections.unmodifiableMap(more), defaults);
    }

    /**
     * Translates arguments.
     *
     * @param arguments the arguments as they are written
     * @return the options of the format, each at the position of its argument
     * @throws CatalogException if an argument is unknown or cannot be honoured: names it and says where it is written
     */
    public ConfigSection translate(ConfigSection arguments) {
        Map<String, ConfigValue> options = new LinkedHashMap<>();
        arguments.entries().forEach((key, value) -> {
            Rule rule = rules.get(key);
            if (rule == null) {
                throw unknown(arguments, key, value.position());
            }
            rule.apply(arguments, key, value).forEach((option, translated) -> {
                if (options.putIfAbsent(option, translated) != null) {
                    throw arguments.error(key, "says the same as another argument. Keep one of them.");
                }
            });
        });
        defaults.forEach((option, value) ->
                options.computeIfAbsent(option, absent -> ConfigValue.of(value, arguments.position())));
        return new ConfigSection(arguments.name(), arguments.position(), options);
    }

    private CatalogException unknown(ConfigSection arguments, String key, SourcePosition position) {
        Set<String> known = new TreeSet<>(rules.keySet());
        return new CatalogException(position + ": unknown key '" + key + "' in '" + arguments.name() + "'."
                + Suggestion.didYouMean(key, known) + " It is no argument of " + system + ".");
    }

    /** Numbers of a configuration are Long or Double, those of a rule what is easiest to write. */
    private static boolean same(@Nullable Object allowed, @Nullable Object value) {
        if (allowed instanceof String text && value instanceof String other) {
            return text.equalsIgnoreCase(other);
        }
        Object known = allowed instanceof Integer number ? (Object) Long.valueOf(number) : allowed;
        return Objects.equals(known, value);
    }

    private static String words(List<@Nullable Object> allowed) {
        return String.join(
                " or ",
                allowed.stream()
                        .map(value -> value instanceof String text
                                ? "'" + text.replace("\n", "\\n").replace("\r", "\\r") + "'"
                                : value == null ? "null" : value.toString())
                        .toList());
    }
}
