package dev.contraflow;

import dev.contraflow.config.Suggestion;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which names a pipeline's datasets and parameters get where it is used again, under a namespace or not. What is not named here gets the
 * namespace before its name, except {@code parameters} as a whole (Kedro's rules for reuse). Immutable: every method gives a new mapping.
 *
 * <pre>{@code
 * Pipeline active = training.withNamespace("active", DatasetMapping.none().input("cars").output("model", "active_model"));
 * }</pre>
 */
public final class DatasetMapping {
    private static final String PARAMS = "params:";
    private static final DatasetMapping NONE = new DatasetMapping(Map.of(), Map.of(), Map.of(), true);

    private final Map<String, String> inputs;
    private final Map<String, String> outputs;
    private final Map<String, String> parameters; // with params: before their names
    private final boolean hasPrefix;

    private DatasetMapping(
            Map<String, String> inputs,
            Map<String, String> outputs,
            Map<String, String> parameters,
            boolean hasPrefix) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.parameters = parameters;
        this.hasPrefix = hasPrefix;
    }

    /** @return a mapping that names nothing: everything gets the namespace */
    public static DatasetMapping none() {
        return NONE;
    }

    /**
     * @param name a free input of the pipeline that keeps its name; without view it stands for all its views
     * @return a new mapping
     */
    public DatasetMapping input(String name) {
        return input(name, name);
    }

    /**
     * @param name a free input of the pipeline; without view it stands for all its views
     * @param to its name where the pipeline is used
     * @return a new mapping
     */
    public DatasetMapping input(String name, String to) {
        return new DatasetMapping(with(inputs, name, to), outputs, parameters, hasPrefix);
    }

    /**
     * @param name a dataset that a node of the pipeline writes, an intermediate one too, that keeps its name
     * @return a new mapping
     */
    public DatasetMapping output(String name) {
        return output(name, name);
    }

    /**
     * @param name a dataset that a node of the pipeline writes, an intermediate one too
     * @param to its name where the pipeline is used
     * @return a new mapping
     */
    public DatasetMapping output(String name, String to) {
        return new DatasetMapping(inputs, with(outputs, name, to), parameters, hasPrefix);
    }

    /**
     * @param key a parameter that keeps its key, with or without {@code params:}
     * @return a new mapping
     */
    public DatasetMapping parameter(String key) {
        return parameter(key, key);
    }

    /**
     * @param key the key of a parameter, with or without {@code params:}
     * @param to its key where the pipeline is used
     * @return a new mapping
     */
    public DatasetMapping parameter(String key, String to) {
        return new DatasetMapping(inputs, outputs, with(parameters, parameterName(key), parameterName(to)), hasPrefix);
    }

    /** @return a mapping under which what it does not name keeps its name; only the nodes get the namespace */
    public DatasetMapping withoutPrefix() {
        return new DatasetMapping(inputs, outputs, parameters, false);
    }

    private static String parameterName(String key) {
        return key.startsWith(PARAMS) || key.equals("parameters") ? key : PARAMS + key;
    }

    private static Map<String, String> with(Map<String, String> names, String name, String to) {
        Map<String, String> more = new LinkedHashMap<>(names);
        more.put(name, to);
        return Collections.unmodifiableMap(more);
    }

    /** The nodes of a pipeline under a namespace, with the names that their datasets get. */
    Pipeline applied(Pipeline pipeline, String namespace) {
        if (!namespace.isEmpty()) {
            Node.checkNamespace(namespace);
        }
        check(pipeline);
        Map<String, String> names = new LinkedHashMap<>(inputs);
        names.putAll(outputs);
        names.putAll(parameters);
        String prefix = hasPrefix && !namespace.isEmpty() ? namespace + "." : "";
        return Pipeline.of(pipeline.nodes().stream()
                .map(node -> node.withDatasets(ref -> ref.withName(name(ref, names, prefix)))
                        .withNamespace(namespace))
                .toList());
    }

    private static String name(DatasetRef<?> ref, Map<String, String> names, String prefix) {
        String exact = names.get(ref.name());
        if (exact != null) {
            return exact;
        }
        if (ref.isParameter()) {
            return ref.parameterKey().isEmpty() ? ref.name() : PARAMS + prefix + ref.parameterKey();
        }
        String base = names.get(ref.baseName());
        String view = ref.name().substring(ref.baseName().length());
        return (base == null ? prefix + ref.baseName() : base) + view;
    }

    private void check(Pipeline pipeline) {
        checkKnown(pipeline);
        for (String name : inputs.keySet()) {
            if (name.startsWith(PARAMS) || name.equals("parameters")) {
                throw new PipelineException(
                        "'" + name + "' is a parameter, but is mapped as an input. Map it by parameter(..).");
            }
            Node writer = pipeline.writerOf(name);
            if (writer != null) {
                throw new PipelineException("Dataset '" + name + "' is mapped as an input, but node '" + writer.name()
                        + "' of the pipeline writes it. Map it by output(..).");
            }
        }
        for (String name : outputs.keySet()) {
            if (pipeline.writerOf(name) == null) {
                throw new PipelineException("Dataset '" + name
                        + "' is mapped as an output, but no node of the pipeline writes it. Map it by input(..).");
            }
        }
        checkViews(pipeline);
    }

    private void checkKnown(Pipeline pipeline) {
        Set<String> known = pipeline.datasetNames();
        Set<String> unknown = new TreeSet<>();
        for (Collection<String> names : java.util.List.of(inputs.keySet(), outputs.keySet(), parameters.keySet())) {
            names.stream().filter(name -> !known.contains(name)).forEach(unknown::add);
        }
        if (!unknown.isEmpty()) {
            String first = unknown.iterator().next();
            throw new PipelineException("The mapping names what the pipeline does not have: "
                    + unknown.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")) + "."
                    + Suggestion.didYouMean(first, known) + " The pipeline has: " + Pipeline.shortList(known) + ".");
        }
    }

    /** A view that is mapped while another one is not would make two datasets of one. */
    private void checkViews(Pipeline pipeline) {
        Map<String, String> mapped = new TreeMap<>(inputs);
        mapped.putAll(outputs);
        for (String name : mapped.keySet()) {
            String base = DatasetRef.baseOf(name);
            if (base.equals(name) || mapped.containsKey(base)) {
                continue;
            }
            for (DatasetRef<?> ref : pipeline.datasets()) {
                if (ref.baseName().equals(base) && !mapped.containsKey(ref.name())) {
                    throw new PipelineException("The mapping names only the view '" + name + "' of dataset '" + base
                            + "', which the pipeline also uses as '" + ref.name() + "'. Map '" + base + "'.");
                }
            }
        }
    }
}
