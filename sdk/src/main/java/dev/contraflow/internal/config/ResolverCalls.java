package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.config.Interpolation.Scope;
import dev.contraflow.internal.config.Interpolation.Surroundings;
import dev.contraflow.internal.config.Template.Call;
import dev.contraflow.internal.config.Template.Path;
import dev.contraflow.internal.config.TemplateParser.MalformedException;
import dev.contraflow.spi.ConfigResolver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers references with a resolver: Kedro's {@code globals} and {@code runtime_params}, those of OmegaConf, and those of the project.
 * Used by one thread.
 */
final class ResolverCalls {
    private final Interpolation references;
    private final ConfigKind kind;
    private final Surroundings around;
    private final MissingReference missing;

    ResolverCalls(Interpolation references, ConfigKind kind, Surroundings around, MissingReference missing) {
        this.references = references;
        this.kind = kind;
        this.around = around;
        this.missing = missing;
    }

    /** What a reference stands for. */
    ConfigValue value(Call call, Scope scope, SourcePosition at) {
        return switch (call.resolver()) {
            case "globals", "runtime_params", "env", "oc.env", "oc.select" -> valueOrDefault(call, scope, at);
            case "oc.decode" -> decoded(only(call, scope, at), scope, at);
            case "oc.create" -> created(only(call, scope, at), at);
            case "oc.dict.keys", "oc.dict.values" -> ofMap(call, scope, at);
            default -> custom(call, scope, at);
        };
    }

    private ConfigValue valueOrDefault(Call call, Scope scope, SourcePosition at) {
        List<Template> arguments = call.arguments();
        String resolver = call.resolver();
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw wrongArguments(call, "takes a key and perhaps a default. Quote a default that holds a comma", at);
        }
        String key = references.text(arguments.get(0), scope, at);
        if (key.isEmpty() || key.chars().anyMatch(c -> Character.isWhitespace(c) || "{}$:".indexOf(c) >= 0)) {
            throw wrongArguments(call, "has no valid key. Write '${" + resolver + ":a.b}'", at);
        }
        ConfigValue found = found(resolver, key, scope, at);
        if (found != null) {
            return found;
        }
        if (arguments.size() == 1) {
            if (resolver.equals("oc.select")) {
                return new ConfigValue(null, at);
            }
            throw missing.from(resolver, key, at);
        }
        ConfigValue byDefault = references.evaluate(arguments.get(1), scope, at);
        boolean asText =
                resolver.endsWith("env") && byDefault.value() != null; // a variable is a text, and so its default
        return asText ? new ConfigValue(references.text(arguments.get(1), scope, at), at) : byDefault;
    }

    private CatalogException wrongArguments(Call call, String problem, SourcePosition at) {
        return new CatalogException(
                at, "a reference with the resolver" + missing.quoted(call.resolver()) + " " + problem + ".");
    }

    private @Nullable ConfigValue found(String resolver, String key, Scope scope, SourcePosition at) {
        return switch (resolver) {
            case "globals" -> global(key, at);
            case "runtime_params" -> runtimeParameter(key, at);
            case "oc.select" -> selected(key, scope, at);
            default -> variable(resolver, key, at);
        };
    }

    private @Nullable ConfigValue global(String key, SourcePosition at) {
        if (kind.isGlobals()) {
            throw new CatalogException(
                    at,
                    "globals cannot refer to 'globals:'. Write '${" + key + "}' for a value of the same environment.");
        }
        if (key.startsWith("_")) {
            throw new CatalogException(
                    at,
                    "'" + key + "' cannot be referred to: globals whose names begin with '_' are"
                            + " private to their file. Rename it.");
        }
        ConfigValue found = Trees.find(around.globals(), key);
        return found == null ? null : references.counted(found, at);
    }

    private @Nullable ConfigValue runtimeParameter(String key, SourcePosition at) {
        Interpolation runtime = around.runtime();
        if (kind.isGlobals()) {
            throw new CatalogException(
                    at,
                    "globals cannot refer to runtime parameters. Write '${runtime_params:" + key
                            + "}' where the global is used.");
        }
        ConfigValue found = (runtime == null ? references : runtime).select(key, at); // they may refer to each other
        return found == null ? null : references.counted(found, at);
    }

    private @Nullable ConfigValue variable(String resolver, String key, SourcePosition at) {
        if (!kind.isCredentials()) {
            throw new CatalogException(
                    at,
                    "'${" + resolver + ":" + key + "}' is allowed in credentials*.yml only: elsewhere"
                            + " a run would depend on the machine. Use ${runtime_params:...}, or an environment of the configuration.");
        }
        String value = around.variables().get(key);
        return value == null ? null : new ConfigValue(value, at);
    }

    private @Nullable ConfigValue selected(String key, Scope scope, SourcePosition at) {
        ConfigValue found =
                references.select(parsed(key, at).up(), references.keys(parsed(key, at), scope, at), scope, at);
        return found == null || Interpolation.isStillToBeGiven(found) ? null : found;
    }

    private static Path parsed(String key, SourcePosition at) {
        try {
            if (TemplateParser.parse("${" + key + "}") instanceof Path path) {
                return path;
            }
        } catch (MalformedException e) {
            throw new CatalogException(at, e.problem());
        }
        throw new CatalogException(at, "a reference has no valid key.");
    }

    private ConfigValue only(Call call, Scope scope, SourcePosition at) {
        if (call.arguments().size() != 1) {
            throw wrongArguments(call, "takes one argument. Quote one that holds a comma", at);
        }
        return references.evaluate(call.arguments().get(0), scope, at);
    }

    private ConfigValue decoded(ConfigValue value, Scope scope, SourcePosition at) {
        if (!(value.value() instanceof String text)) {
            return value;
        }
        try {
            return references.evaluate(TemplateParser.parseArgument(text), scope, at);
        } catch (MalformedException e) {
            throw new CatalogException(at, "'oc.decode' cannot read its text: " + e.problem());
        }
    }

    private static ConfigValue created(ConfigValue value, SourcePosition at) {
        if (value.entries() == null && value.items() == null) {
            throw new CatalogException(at, "'oc.create' takes a map or a list, not " + value.kind() + ".");
        }
        return value;
    }

    private ConfigValue ofMap(Call call, Scope scope, SourcePosition at) {
        ConfigValue argument = only(call, scope, at);
        Map<String, ConfigValue> entries = argument.entries();
        if (argument.value() instanceof String key) {
            ConfigValue found = selected(key, scope, at);
            if (found == null) {
                throw missing.here(key, at);
            }
            entries = found.entries();
        }
        if (entries == null) {
            throw new CatalogException(
                    at, "a reference with the resolver '" + call.resolver() + "' does not lead to a map.");
        }
        boolean isKeys = call.resolver().equals("oc.dict.keys");
        return new ConfigValue(
                isKeys
                        ? entries.keySet().stream()
                                .map(key -> new ConfigValue(key, at))
                                .toList()
                        : List.copyOf(entries.values()),
                at);
    }

    private ConfigValue custom(Call call, Scope scope, SourcePosition at) {
        String name = call.resolver();
        ConfigResolver resolver = around.resolvers().find(name);
        if (resolver == null) {
            throw new CatalogException(
                    at,
                    "unknown resolver" + missing.quoted(name) + "."
                            + around.resolvers().suggestion(kind.isCredentials() ? "" : name)
                            + " Write '\\${' for the two characters themselves.");
        }
        List<ConfigValue> arguments = call.arguments().stream()
                .map(argument -> references.evaluate(argument, scope, at))
                .toList();
        try {
            return references.counted(ConfigValue.of(resolver.resolve(arguments), at), at);
        } catch (CatalogException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw kind.isCredentials() // what it says may quote a secret
                    ? new CatalogException(
                            at,
                            "the resolver '" + name + "' failed ("
                                    + e.getClass().getName() + ").")
                    : new CatalogException(at, "the resolver '" + name + "' failed: " + Reason.lineOf(e) + ".", e);
        }
    }
}
