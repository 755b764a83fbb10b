package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.Suggestion;
import dev.contraflow.spi.ConfigResolver;
import dev.contraflow.spi.Providers;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The resolvers that references may name: those built in, those given by hand, and those that providers have; by hand wins.
 *
 * @param given those given by hand, by name
 * @param providers those found, or null
 */
public record Resolvers(
        Map<String, ConfigResolver> given, @Nullable Providers providers) {
    private static final Set<String> BUILT_IN = Set.of(
            "env",
            "globals",
            "oc.create",
            "oc.decode",
            "oc.dict.keys",
            "oc.dict.values",
            "oc.env",
            "oc.select",
            "runtime_params");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*");

    /**
     * Checks the name of a resolver that is not built in.
     *
     * @param name the name
     * @throws CatalogException if it is taken, or no reference could have it
     */
    public static void checkName(String name) {
        if (BUILT_IN.contains(name)) {
            throw new CatalogException("A resolver cannot be called '" + name + "': the built-in one is. Rename it.");
        }
        if (!NAME.matcher(name).matches()) {
            throw new CatalogException("A resolver cannot be called '" + name
                    + "': use letters, digits and '_', with dots between the parts, no part beginning with a digit.");
        }
    }

    /** Whether there is a resolver of this name. */
    boolean has(String name) {
        return BUILT_IN.contains(name) || find(name) != null;
    }

    /** The resolver of this name that is not built in, or null. */
    @Nullable
    ConfigResolver find(String name) {
        ConfigResolver byHand = given.get(name);
        return byHand != null || providers == null
                ? byHand
                : providers.resolver(name).orElse(null);
    }

    /** The end of a message about an unknown one. */
    String suggestion(String name) {
        Set<String> known = new TreeSet<>(BUILT_IN);
        known.addAll(given.keySet());
        if (providers != null) {
            known.addAll(providers.resolverNames());
        }
        String failure = providers == null || providers.failures().isEmpty()
                ? ""
                : " " + providers.failures().get(0);
        return Suggestion.didYouMean(name, known) + " Known resolvers: " + String.join(", ", known) + "." + failure;
    }
}
