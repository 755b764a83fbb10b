package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.config.Interpolation.Local;
import dev.contraflow.internal.config.Interpolation.Surroundings;
import java.util.Map;

/**
 * The mistakes of references that lead to nothing. Immutable.
 *
 * @param kind the kind of files that the reference stands in
 * @param local what references without a resolver see
 * @param around what other references see
 */
record MissingReference(ConfigKind kind, Local local, Surroundings around) {
    /** A reference with a resolver. */
    CatalogException from(String resolver, String key, SourcePosition at) {
        String name = resolver + ":" + key;
        return new CatalogException(
                at,
                switch (resolver) {
                    case "globals" ->
                        "no value for '" + name + "'." + nearest(around.globals(), key)
                                + " Set it in globals.yml, or write a default: ${" + name + ", value}.";
                    case "runtime_params" ->
                        "no value for '" + name + "'." + runtimeNearest(key)
                                + " Give the run this parameter, or write a default: ${" + name + ", value}.";
                    default ->
                        "the environment variable '" + key + "' is not set. Set it, or write a default: ${" + name
                                + ", value}.";
                });
    }

    /** A reference without a resolver. */
    CatalogException here(String key, SourcePosition at) {
        return new CatalogException(at, nothingAt(key));
    }

    /** What is a key elsewhere is no secret. */
    private String nothingAt(String key) {
        if (key.startsWith(".")) {
            return "no value for " + (kind.isCredentials() ? "a relative reference" : "'" + key + "'")
                    + ". It is looked for beside the value that holds the reference, with each further dot one map or list up.";
        }
        int dot = key.indexOf('.');
        String head = dot < 0 ? key : key.substring(0, dot);
        ConfigValue other =
                local.values().containsKey(head) ? null : local.elsewhere().get(head);
        if (other != null) {
            return "no value for '" + head + "' in this file. It stands at " + other.position()
                    + ", but references in credentials reach within one file only. Repeat it here, or make it a global.";
        }
        return "no value for " + (kind.isCredentials() ? "a reference" : "'" + key + "'") + "."
                + nearest(local.values(), key) + " A reference without resolver finds " + kind.name()
                + " of the same environment only.";
    }

    private String runtimeNearest(String key) {
        Interpolation runtime = around.runtime();
        return runtime == null ? "" : nearest(runtime.values(), key);
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
    String quoted(String resolver) {
        return kind.isCredentials() && !around.resolvers().has(resolver) ? "" : " '" + resolver + "'";
    }
}
