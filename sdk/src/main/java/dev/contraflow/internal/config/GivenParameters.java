package dev.contraflow.internal.config;

import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters that were given for one run, and what of the configuration they meet: the parameters that its files set, and the names that its
 * references ask for. Filled by the thread that reads the configuration; never changed afterwards.
 */
public final class GivenParameters {
    private final Map<String, ConfigValue> given;
    private final Set<String> declared = new TreeSet<>();
    private final Set<String> leaves = new TreeSet<>(); // of those declared: what has no parts that a file knows of
    private final Set<String> asked = new TreeSet<>();

    /** @param given the parameters, nested */
    GivenParameters(Map<String, ConfigValue> given) {
        this.given = given;
    }

    /** @return that none were given */
    public static GivenParameters none() {
        return new GivenParameters(Map.of());
    }

    /** The parameters of some files, before those of the run are laid over them. */
    void declare(Map<String, ConfigValue> parameters) {
        if (!given.isEmpty()) {
            addPaths("", parameters, declared, false);
            addPaths("", parameters, leaves, true);
        }
    }

    /** A reference asks for a parameter, whether it is there or not; the name of one that is relative begins with a dot. */
    void ask(String name) {
        if (!given.isEmpty()) {
            asked.add(name);
        }
    }

    /**
     * What there is to be said of parameters that change nothing, or stand beside one that was probably meant.
     *
     * @param read the names that nodes ask for, as {@link dev.contraflow.DatasetRef#parameterKey} gives them; empty for all parameters at once
     * @return a line for each, with no values
     */
    public List<String> unused(Collection<String> read) {
        if (given.isEmpty()) {
            return List.of();
        }
        Set<String> names = new TreeSet<>();
        addPaths("", given, names, true);
        List<String> found = new ArrayList<>();
        for (String name : names) {
            boolean isRead = read.stream().anyMatch(one -> isWithin(one, name));
            if (!isRead && !isDeclared(name) && !isAsked(name)) {
                addIfUnused(name, read, found);
            }
        }
        return found;
    }

    private void addIfUnused(String name, Collection<String> read, List<String> found) {
        if (read.stream().anyMatch(whole -> isWithin(name, whole))) { // it may well have parts that no file knows of
            nearSibling(name)
                    .ifPresent(near -> found.add("The runtime parameter '" + name
                            + "' stands in no file of the configuration. Did you mean '" + near + "'?"));
            return;
        }
        Set<String> known = new TreeSet<>(declared);
        known.addAll(read);
        known.addAll(asked);
        found.add("The runtime parameter '" + name + "' changes nothing: no pipeline of the project reads it, and the"
                + " configuration neither sets it nor refers to it." + Suggestion.didYouMean(name, known));
    }

    /** The one beside it with nearly its name: what they have in common before that makes no two names alike. */
    private Optional<String> nearSibling(String name) {
        String parent = name.substring(0, name.lastIndexOf('.') + 1);
        Set<String> siblings = new TreeSet<>();
        declared.stream()
                .filter(one -> one.startsWith(parent))
                .map(one -> one.substring(parent.length()))
                .filter(one -> one.indexOf('.') < 0)
                .forEach(siblings::add);
        return Suggestion.nearest(name.substring(parent.length()), siblings).map(near -> parent + near);
    }

    private boolean isDeclared(String name) {
        return declared.contains(name) || leaves.stream().anyMatch(leaf -> isWithin(name, leaf));
    }

    private boolean isAsked(String name) {
        return asked.stream()
                .anyMatch(one ->
                        one.startsWith(".") ? ("." + name).endsWith(one) : isWithin(one, name) || isWithin(name, one));
    }

    /** Whether a parameter is another one, or part of it. */
    private static boolean isWithin(String part, String whole) {
        return whole.isEmpty() || part.equals(whole) || part.startsWith(whole + ".");
    }

    private static void addPaths(
            String prefix, Map<String, ConfigValue> entries, Collection<String> into, boolean isLeavesOnly) {
        entries.forEach((key, value) -> {
            Map<String, ConfigValue> below = value.entries();
            boolean isLeaf = below == null || below.isEmpty();
            if (isLeaf || !isLeavesOnly) {
                into.add(prefix + key);
            }
            if (below != null) {
                addPaths(prefix + key + ".", below, into, isLeavesOnly);
            }
        });
    }
}
