package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the references in the values of one kind of files in one environment: {@code ${globals:a.b}}, {@code ${runtime_params:x}},
 * {@code ${env:NAME}}, {@code ${a.b}} within the same kind and environment, each with a default after a comma. A value that is one
 * reference and nothing else keeps the type of what it refers to. Syntax and scopes are OmegaConf's as Kedro restricts them. Messages quote
 * resolvers and keys, never defaults or texts around them: those may be secrets. Used by one thread.
 */
final class Interpolation {
    private static final int DEPTH = 20;
    private static final int REFERENCES = 100_000;
    private static final List<String> RESOLVERS = List.of("env", "globals", "oc.env", "runtime_params");

    private final ConfigKind kind;
    private final Map<String, ConfigValue> local;
    private final Map<String, ConfigValue> globals;
    private final Map<String, ConfigValue> runtimeParameters;
    private final Map<String, String> variables;
    private final Set<String> following = new LinkedHashSet<>();
    private int references;
    private int depth;

    Interpolation(
            ConfigKind kind,
            Map<String, ConfigValue> local,
            Map<String, ConfigValue> globals,
            Map<String, ConfigValue> runtimeParameters,
            Map<String, String> variables) {
        this.kind = kind;
        this.local = local;
        this.globals = globals;
        this.runtimeParameters = runtimeParameters;
        this.variables = variables;
    }

    /** The value with all its references followed. */
    ConfigValue resolve(ConfigValue value) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries != null) {
            Map<String, ConfigValue> resolved = new LinkedHashMap<>();
            entries.forEach((key, entry) -> resolved.put(key, resolve(entry)));
            return new ConfigValue(Collections.unmodifiableMap(resolved), value.position());
        }
        List<ConfigValue> items = value.items();
        if (items != null) {
            List<ConfigValue> resolved = new ArrayList<>();
            items.forEach(item -> resolved.add(resolve(item)));
            return new ConfigValue(Collections.unmodifiableList(resolved), value.position());
        }
        return isTemplate(value) ? template((String) value.value(), value.position()) : value;
    }

    private static boolean isTemplate(ConfigValue value) {
        return value.value() instanceof String text && text.contains("${");
    }

    private ConfigValue template(@Nullable String template, SourcePosition at) {
        String text = String.valueOf(template);
        if (text.startsWith("${") && end(text, 0, at) == text.length()) {
            return new ConfigValue(reference(text, at).value(), at);
        }
        StringBuilder filled = new StringBuilder();
        int i = 0;
        for (int next; (next = text.indexOf("${", i)) >= 0; ) {
            boolean escaped = next > i && (text.charAt(next - 1) == '$' || text.charAt(next - 1) == '\\');
            int end = escaped ? next + 2 : end(text, next, at);
            filled.append(text, i, escaped ? next - 1 : next);
            filled.append(escaped ? "${" : inserted(reference(text.substring(next, end), at), at));
            i = end;
        }
        return new ConfigValue(filled.append(text, i, text.length()).toString(), at);
    }

    /** The index after the brace that closes the reference at an index. */
    private static int end(String text, int from, SourcePosition at) {
        int open = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == '}' && open == 0) {
                return i + 1;
            }
        }
        throw new CatalogException(
                at + ": a '${' is not closed by '}'. Write '$${' for the two characters themselves.");
    }

    /** As YAML would print it. */
    private static String inserted(ConfigValue value, SourcePosition at) {
        if (value.entries() != null || value.items() != null) {
            throw new CatalogException(at + ": " + value.kind() + " (from " + value.position()
                    + ") cannot stand inside a text. Let the reference be the whole value.");
        }
        return String.valueOf(value.value());
    }

    private ConfigValue reference(String text, SourcePosition at) {
        if (++references > REFERENCES || depth == DEPTH) {
            throw new CatalogException(at + ": references lead on more than " + DEPTH
                    + " times, or there are more than " + REFERENCES + ". Refer to fewer values.");
        }
        depth++;
        try {
            return followed(text, at);
        } finally {
            depth--;
        }
    }

    /** What {@code ${resolver:key, default}} stands for. */
    private ConfigValue followed(String text, SourcePosition at) {
        String body = text.substring(2, text.length() - 1);
        int comma = comma(body);
        String expression = (comma < 0 ? body : body.substring(0, comma)).strip();
        if (expression.contains("${")) {
            expression = String.valueOf(template(expression, at).value());
        }
        int colon = expression.indexOf(':');
        String resolver = colon < 0 ? "" : expression.substring(0, colon).strip();
        String key = expression.substring(colon + 1).strip();
        checkKey(resolver, key, at);
        ConfigValue found = found(resolver, key, at);
        if (found != null) {
            return found;
        }
        if (comma < 0) {
            throw missing(resolver, key, at);
        }
        ConfigValue value = byDefault(body.substring(comma + 1).strip(), at);
        boolean asText =
                resolver.endsWith("env") && value.value() != null; // a variable is a text, and so is its default
        return asText ? new ConfigValue(inserted(value, at), at) : value;
    }

    private static int comma(String body) {
        int open = 0;
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && open == 0) {
                return i;
            }
        }
        return -1;
    }

    private ConfigValue byDefault(String text, SourcePosition at) {
        if (text.contains("${")) {
            return template(text, at);
        }
        try {
            return new ConfigValue(
                    YamlReader.read(text, at.file(), YamlReader.Quoting.NOTHING).value(), at);
        } catch (CatalogException e) { // its positions are those within the default, and its cause may quote a secret
            throw new CatalogException(at + ": the default of a reference is not a plain value. Quote it.");
        }
    }

    private static void checkKey(String resolver, String key, SourcePosition at) {
        if (key.startsWith(".") && resolver.isEmpty()) {
            throw new CatalogException(
                    at + ": relative references are not supported. Write the whole path, from the top of the file.");
        }
        if (key.isEmpty() || key.chars().anyMatch(c -> Character.isWhitespace(c) || "{}$:".indexOf(c) >= 0)) {
            throw new CatalogException(
                    at + ": a reference has no valid key. Write '${globals:a.b}' or '${globals:a.b, default}',"
                            + " and '$${' for the two characters themselves.");
        }
    }

    private @Nullable ConfigValue found(String resolver, String key, SourcePosition at) {
        return switch (resolver) {
            case "" -> local(key, at);
            case "globals" -> global(key, at);
            case "runtime_params" -> runtimeParameter(key, at);
            case "env", "oc.env" -> variable(resolver, key, at);
            default ->
                throw new CatalogException(at + ": unknown resolver" + quoted(resolver, resolver) + "."
                        + Suggestion.didYouMean(resolver, RESOLVERS) + " Known resolvers: "
                        + String.join(", ", RESOLVERS) + ". Write '$${' for the two characters themselves.");
        };
    }

    private @Nullable ConfigValue global(String key, SourcePosition at) {
        if (kind == ConfigKind.GLOBALS) {
            throw new CatalogException(at + ": globals cannot refer to 'globals:'. Write '${" + key
                    + "}' for a value of the same environment.");
        }
        if (key.startsWith("_")) {
            throw new CatalogException(
                    at + ": '" + key + "' cannot be referred to: globals whose names begin with '_' are"
                            + " private to their file. Rename it.");
        }
        return Trees.find(globals, key);
    }

    private @Nullable ConfigValue runtimeParameter(String key, SourcePosition at) {
        if (kind == ConfigKind.GLOBALS) {
            throw new CatalogException(at + ": globals cannot refer to runtime parameters. Write '${runtime_params:"
                    + key + "}' where the global is used.");
        }
        return Trees.find(runtimeParameters, key);
    }

    private @Nullable ConfigValue variable(String resolver, String key, SourcePosition at) {
        if (kind != ConfigKind.CREDENTIALS) {
            throw new CatalogException(
                    at + ": '${" + resolver + ":" + key + "}' is allowed in credentials*.yml only: elsewhere"
                            + " a run would depend on the machine. Use ${runtime_params:...}, or an environment of the configuration.");
        }
        String value = variables.get(key);
        return value == null ? null : new ConfigValue(value, at);
    }

    /** A value of the same kind and environment, itself resolved. */
    private @Nullable ConfigValue local(String key, SourcePosition at) {
        ConfigValue raw = localRaw(key, at);
        if (raw == null) {
            return null;
        }
        if (!following.add(key)) {
            throw new CatalogException(at + ": references in a circle: " + String.join(" -> ", following) + " -> " + key
                    + ". Give one of them a value.");
        }
        try {
            return resolve(raw);
        } finally {
            following.remove(key);
        }
    }

    /** The path may lead through a value that is a reference itself. */
    private @Nullable ConfigValue localRaw(String key, SourcePosition at) {
        ConfigValue direct = Trees.find(local, key);
        if (direct != null) {
            return direct;
        }
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            ConfigValue through = Trees.find(local, key.substring(0, dot));
            if (through != null && isTemplate(through)) {
                ConfigValue target = local(key.substring(0, dot), at);
                Map<String, ConfigValue> entries = target == null ? null : target.entries();
                return entries == null ? null : Trees.find(entries, key.substring(dot + 1));
            }
        }
        return null;
    }

    private CatalogException missing(String resolver, String key, SourcePosition at) {
        String what = quoted(resolver, (resolver.isEmpty() ? "" : resolver + ":") + key);
        return switch (resolver) {
            case "globals" ->
                new CatalogException(at + ": no value for" + what + "." + nearest(globals, key)
                        + " Set it in globals.yml, or write a default: ${globals:" + key + ", value}.");
            case "runtime_params" ->
                new CatalogException(at + ": no value for" + what + "." + nearest(runtimeParameters, key)
                        + " Give the run this parameter, or write a default: ${runtime_params:" + key + ", value}.");
            case "" ->
                new CatalogException(at + ": no value for" + what + "." + nearest(local, key)
                        + " A reference without resolver finds " + kind.title() + " of the same environment only.");
            default ->
                new CatalogException(at + ": the environment variable" + what.replace(resolver + ":", "")
                        + " is not set. Set it, or write a default: ${" + resolver + ":" + key + ", value}.");
        };
    }

    /** The nearest key on the level where the path leaves what exists. */
    private String nearest(Map<String, ConfigValue> entries, String path) {
        int dot = path.indexOf('.');
        ConfigValue head = dot < 0 ? null : entries.get(path.substring(0, dot));
        Map<String, ConfigValue> below = head == null ? null : head.entries();
        return below == null
                ? Suggestion.didYouMean(dot < 0 ? path : path.substring(0, dot), entries.keySet())
                : nearest(below, path.substring(dot + 1));
    }

    /** In credentials, what looks like a reference may be a piece of a password; only that of a known resolver is none. */
    private String quoted(String resolver, String name) {
        return kind == ConfigKind.CREDENTIALS && !RESOLVERS.contains(resolver) ? "" : " '" + name + "'";
    }
}
