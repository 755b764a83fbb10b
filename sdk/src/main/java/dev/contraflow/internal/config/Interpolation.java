package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.config.Template.Call;
import dev.contraflow.internal.config.Template.Entries;
import dev.contraflow.internal.config.Template.Items;
import dev.contraflow.internal.config.Template.Joined;
import dev.contraflow.internal.config.Template.Literal;
import dev.contraflow.internal.config.Template.Path;
import dev.contraflow.internal.config.Template.Word;
import dev.contraflow.internal.config.TemplateParser.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Follows the references in the values of one kind of files in one environment. A value that is one reference and nothing else keeps the
 * type of what it refers to. Syntax is OmegaConf's, scopes are those of Kedro. Messages quote resolvers and keys, never defaults or texts
 * around them: those may be secrets. Used by one thread.
 */
final class Interpolation {
    private static final int LONGEST_CHAIN = 20;
    private static final int DEEPEST = 2 * Budget.DEPTH;
    private static final String STILL_TO_BE_GIVEN = "???"; // OmegaConf's mandatory value

    /**
     * What references see beside the values of their own files.
     *
     * @param globals the globals, resolved
     * @param runtime gives the runtime parameters; null in globals, and for those parameters themselves
     * @param variables the environment variables
     * @param resolvers those that references may name
     * @param budget bounds what is made
     * @param given hears which parameters are asked for
     */
    record Surroundings(
            Map<String, ConfigValue> globals,
            @Nullable Interpolation runtime,
            Map<String, String> variables,
            Resolvers resolvers,
            Budget budget,
            GivenParameters given) {}

    /**
     * What references without a resolver see.
     *
     * @param values the values of the files
     * @param elsewhere what they do not see, though one may expect it: the other files of the kind
     * @param postponed values, by identity, that are resolved later, when nothing refers to them
     */
    record Local(Map<String, ConfigValue> values, Map<String, ConfigValue> elsewhere, Set<ConfigValue> postponed) {
        static Local of(Map<String, ConfigValue> values) {
            return new Local(values, values, Set.of());
        }
    }

    /** A container and those around it; what is resolved already has no references any more, even if its texts look so. */
    record Scope(@Nullable Scope outer, ConfigValue container, boolean isResolved) {
        Scope within(ConfigValue inner) {
            return new Scope(this, inner, isResolved);
        }
    }

    /** A value and the scope it stands in. */
    private record Found(ConfigValue value, Scope scope) {}

    /** A value whose references are being followed, and the name by which it was asked for. */
    private record Step(String name, ConfigValue value) {}

    private final Scope top;
    private final Local local;
    private final Surroundings around;
    private final boolean isOfParameters;
    private final MissingReference missing;
    private final ResolverCalls calls;
    private final Problems problems;
    private final List<Step> following = new ArrayList<>();
    private final IdentityHashMap<ConfigValue, CatalogException> circles = new IdentityHashMap<>();
    private int depth;

    /**
     * @param kind the kind of files
     * @param local what references without a resolver see
     * @param around what other references see
     * @param problems gets the mistakes
     */
    Interpolation(ConfigKind kind, Local local, Surroundings around, Problems problems) {
        this.top = new Scope(null, new ConfigValue(local.values(), SourcePosition.code()), false);
        this.local = local;
        this.around = around;
        this.isOfParameters = kind.isParameters() || kind.isRuntime();
        this.missing = new MissingReference(kind, local, around);
        this.calls = new ResolverCalls(this, kind, around, missing);
        this.problems = problems;
    }

    /** One of the local values with all its references followed. In place of one that leads nowhere stands null. */
    ConfigValue resolve(ConfigValue value) {
        return resolve(value, top);
    }

    /** What references without a resolver see, not resolved. */
    Map<String, ConfigValue> values() {
        return local.values();
    }

    /** The value at a path from the top, resolved; null if there is none. */
    @Nullable
    ConfigValue select(String path, SourcePosition at) {
        return select(0, List.of(path.split("\\.", -1)), top, at);
    }

    private ConfigValue resolve(ConfigValue value, Scope scope) {
        if (following.isEmpty() && local.postponed().contains(value)) {
            return value;
        }
        if (!following.isEmpty() && !around.budget().addValue()) { // what is not followed was counted when it was read
            throw new CatalogException(value.position(), YamlReader.tooManyValues());
        }
        Map<String, ConfigValue> entries = value.entries();
        List<ConfigValue> items = value.items();
        if (entries == null && items == null) {
            return isTemplate(value) ? leaf(value, scope) : value;
        }
        if (++depth > DEEPEST) {
            throw new CatalogException(
                    value.position(), "nested deeper than " + DEEPEST + " levels once references are followed.");
        }
        try {
            Scope inner = scope.within(value);
            return entries != null ? map(value, entries, inner) : list(value, items, inner);
        } finally {
            depth--;
        }
    }

    /** Whether they are one object: two equal values at two places are two values. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(ConfigValue one, ConfigValue other) {
        return one == other;
    }

    private ConfigValue map(ConfigValue value, Map<String, ConfigValue> entries, Scope scope) {
        Map<String, ConfigValue> resolved = new LinkedHashMap<>();
        boolean isChanged = false;
        for (Map.Entry<String, ConfigValue> entry : entries.entrySet()) {
            ConfigValue one = resolve(entry.getValue(), scope);
            isChanged |= !isSame(one, entry.getValue());
            resolved.put(entry.getKey(), one);
        }
        return isChanged ? new ConfigValue(Collections.unmodifiableMap(resolved), value.position()) : value;
    }

    private ConfigValue list(ConfigValue value, @Nullable List<ConfigValue> items, Scope scope) {
        List<ConfigValue> resolved = new ArrayList<>();
        boolean isChanged = false;
        for (ConfigValue item : items == null ? List.<ConfigValue>of() : items) {
            ConfigValue one = resolve(item, scope);
            isChanged |= !isSame(one, item);
            resolved.add(one);
        }
        return isChanged ? new ConfigValue(Collections.unmodifiableList(resolved), value.position()) : value;
    }

    /** A mistake in what a reference leads to is one of that value; here it is only noticed again. */
    private ConfigValue leaf(ConfigValue value, Scope scope) {
        if (!following.isEmpty()) {
            return template(value, scope);
        }
        ConfigValue resolved = problems.get(() -> template(value, scope));
        return resolved == null ? new ConfigValue(null, value.position()) : resolved;
    }

    private static boolean isTemplate(ConfigValue value) {
        return value.value() instanceof String text && TemplateParser.isTemplate(text);
    }

    private ConfigValue template(ConfigValue value, Scope scope) {
        SourcePosition at = value.position();
        try {
            ConfigValue resolved = evaluate(TemplateParser.parse(String.valueOf(value.value())), scope, at);
            return new ConfigValue(resolved.value(), at);
        } catch (MalformedException e) {
            throw new CatalogException(at, e.problem());
        }
    }

    ConfigValue evaluate(Template template, Scope scope, SourcePosition at) {
        if (template instanceof Literal literal) {
            return new ConfigValue(literal.text(), at);
        }
        if (template instanceof Word word) {
            return new ConfigValue(typed(word.text()), at);
        }
        if (template instanceof Joined joined) {
            return joined(joined, scope, at);
        }
        if (template instanceof Items items) {
            return new ConfigValue(
                    items.items().stream()
                            .map(item -> evaluate(item, scope, at))
                            .toList(),
                    at);
        }
        if (template instanceof Entries entries) {
            Map<String, ConfigValue> values = new LinkedHashMap<>();
            entries.entries().forEach(e -> values.put(text(e.getKey(), scope, at), evaluate(e.getValue(), scope, at)));
            return new ConfigValue(Collections.unmodifiableMap(values), at);
        }
        return template instanceof Path path ? path(path, scope, at) : calls.value((Call) template, scope, at);
    }

    /** The types of unquoted words are those of OmegaConf's grammar, which is narrower than YAML. */
    private static @Nullable Object typed(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> YamlScalars.number(word);
        };
    }

    private ConfigValue joined(Joined joined, Scope scope, SourcePosition at) {
        StringBuilder text = new StringBuilder();
        for (Template part : joined.parts()) {
            String piece = text(part, scope, at);
            if (!around.budget().addText(piece.length())) {
                throw new CatalogException(
                        at,
                        "references put together texts of more than " + Budget.CHARACTERS
                                + " characters. Refer to fewer values.");
            }
            text.append(piece);
        }
        return new ConfigValue(text.toString(), at);
    }

    /** As YAML would print it; a word as it is written. */
    String text(Template template, Scope scope, SourcePosition at) {
        if (template instanceof Word word) {
            return word.text();
        }
        ConfigValue value = evaluate(template, scope, at);
        if (value.entries() != null || value.items() != null || value.value() instanceof byte[]) {
            throw new CatalogException(
                    at,
                    value.kind() + " (from " + value.position()
                            + ") cannot stand inside a text. Let the reference be the whole value.");
        }
        return String.valueOf(value.value());
    }

    private ConfigValue path(Path path, Scope scope, SourcePosition at) {
        List<String> keys = keys(path, scope, at);
        ConfigValue found = select(path.up(), keys, scope, at);
        if (found == null) {
            throw missing.here(".".repeat(path.up()) + String.join(".", keys), at);
        }
        if (isStillToBeGiven(found)) {
            throw new CatalogException(
                    at,
                    "a reference leads to '???' at " + found.position()
                            + ", which stands for a value that is still to be given. Give it.");
        }
        return found;
    }

    static boolean isStillToBeGiven(ConfigValue value) {
        return STILL_TO_BE_GIVEN.equals(value.value());
    }

    List<String> keys(Path path, Scope scope, SourcePosition at) {
        List<String> keys = new ArrayList<>();
        for (Template key : path.keys()) {
            keys.addAll(List.of(text(key, scope, at).split("\\.", -1)));
        }
        return keys;
    }

    @Nullable
    ConfigValue select(int up, List<String> keys, Scope scope, SourcePosition at) {
        if (isOfParameters) {
            around.given().ask((up == 0 ? "" : ".") + String.join(".", keys));
        }
        Scope from = up == 0 ? top : scope;
        for (int i = 1; i < up; i++) {
            Scope outer = from.outer();
            if (outer == null) {
                return null;
            }
            from = outer;
        }
        Found found = find(from, keys, at);
        return found == null ? null : followed(String.join(".", keys), found, at);
    }

    /** The path may lead through a value that is a reference itself. A key that has dots is found by its whole name, if no path leads on. */
    private @Nullable Found find(Scope scope, List<String> keys, SourcePosition at) {
        ConfigValue child = child(scope.container(), keys.get(0));
        if (keys.size() == 1) {
            return child == null ? null : new Found(child, scope);
        }
        if (child != null) {
            Scope inner = scope.within(child);
            if (isTemplate(child) && !scope.isResolved()) {
                inner = new Scope(scope, followed(keys.get(0), new Found(child, scope), at), true);
            }
            Found below = find(inner, keys.subList(1, keys.size()), at);
            if (below != null) {
                return below;
            }
        }
        ConfigValue whole = child(scope.container(), String.join(".", keys));
        return whole == null ? null : new Found(whole, scope);
    }

    private static @Nullable ConfigValue child(ConfigValue container, String key) {
        Map<String, ConfigValue> entries = container.entries();
        List<ConfigValue> items = container.items();
        if (items == null) {
            return entries == null ? null : entries.get(key);
        }
        boolean isIndex = key.matches("\\d{1,9}") && Integer.parseInt(key) < items.size();
        return isIndex ? items.get(Integer.parseInt(key)) : null;
    }

    private ConfigValue followed(String name, Found found, SourcePosition at) {
        ConfigValue value = found.value();
        CatalogException circle = circles.get(value);
        if (circle != null) {
            throw circle;
        }
        if (following.stream().anyMatch(step -> isSame(step.value(), value))) {
            throw circle(name, value, at);
        }
        if (following.size() == LONGEST_CHAIN) {
            throw new CatalogException(
                    at,
                    "references lead on more than " + LONGEST_CHAIN + " times. Refer to the last value of the chain.");
        }
        following.add(new Step(name, value));
        try {
            return found.scope().isResolved() ? counted(value, at) : resolve(value, found.scope());
        } finally {
            following.remove(following.size() - 1);
        }
    }

    /** Reported once: whatever else leads into the circle gets the same exception. */
    private CatalogException circle(String name, ConfigValue value, SourcePosition at) {
        List<Step> members = following.stream()
                .dropWhile(step -> !isSame(step.value(), value))
                .toList();
        String path = members.stream().map(Step::name).collect(Collectors.joining(" -> "));
        CatalogException circle = new CatalogException(
                at, "references in a circle: " + path + " -> " + name + ". Give one of them a value.");
        members.forEach(step -> circles.put(step.value(), circle));
        return circle;
    }

    /** A value that is made or shared by references: each time it is one more part of the whole. */
    ConfigValue counted(ConfigValue value, SourcePosition at) {
        if (!around.budget().addValue()) {
            throw new CatalogException(at, YamlReader.tooManyValues());
        }
        Map<String, ConfigValue> entries = value.entries();
        List<ConfigValue> items = value.items();
        if (entries != null) {
            entries.values().forEach(entry -> counted(entry, at));
        } else if (items != null) {
            items.forEach(item -> counted(item, at));
        }
        return value;
    }
}
