package dev.contraflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which part of a pipeline is meant. Each condition looks at the whole pipeline, and a node stays if all of them hold for it, so their order
 * does not matter (Kedro's {@code filter}). An empty condition is none. Immutable: every method gives a new filter.
 *
 * @param tags a node has one of these tags
 * @param nodes a node has one of these full names
 * @param fromNodes a node is one of these, or runs after one because of it
 * @param toNodes a node is one of these, or must run before one
 * @param fromInputs a node reads one of these datasets, or runs after such a node because of it
 * @param toOutputs a node writes one of these datasets, or must run before such a node
 * @param namespaces a node is in one of these namespaces, or in one within
 */
public record PipelineFilter(
        List<String> tags,
        List<String> nodes,
        List<String> fromNodes,
        List<String> toNodes,
        List<String> fromInputs,
        List<String> toOutputs,
        List<String> namespaces) {
    private static final PipelineFilter ALL =
            new PipelineFilter(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public PipelineFilter {
        tags = List.copyOf(tags);
        nodes = List.copyOf(nodes);
        fromNodes = List.copyOf(fromNodes);
        toNodes = List.copyOf(toNodes);
        fromInputs = List.copyOf(fromInputs);
        toOutputs = List.copyOf(toOutputs);
        namespaces = List.copyOf(namespaces);
    }

    /** @return the filter without conditions */
    public static PipelineFilter all() {
        return ALL;
    }

    /** @return a filter that also asks for one of these tags */
    public PipelineFilter tagged(String... more) {
        return new PipelineFilter(plus(tags, more), nodes, fromNodes, toNodes, fromInputs, toOutputs, namespaces);
    }

    /** @return a filter that also asks for one of these full names of nodes */
    public PipelineFilter named(String... more) {
        return new PipelineFilter(tags, plus(nodes, more), fromNodes, toNodes, fromInputs, toOutputs, namespaces);
    }

    /** @return a filter that also asks for these nodes and what follows from them */
    public PipelineFilter from(String... more) {
        return new PipelineFilter(tags, nodes, plus(fromNodes, more), toNodes, fromInputs, toOutputs, namespaces);
    }

    /** @return a filter that also asks for these nodes and what they need */
    public PipelineFilter to(String... more) {
        return new PipelineFilter(tags, nodes, fromNodes, plus(toNodes, more), fromInputs, toOutputs, namespaces);
    }

    /** @return a filter that also asks for what follows from these datasets */
    public PipelineFilter fromInputs(String... more) {
        return new PipelineFilter(tags, nodes, fromNodes, toNodes, plus(fromInputs, more), toOutputs, namespaces);
    }

    /** @return a filter that also asks for what these datasets need */
    public PipelineFilter toOutputs(String... more) {
        return new PipelineFilter(tags, nodes, fromNodes, toNodes, fromInputs, plus(toOutputs, more), namespaces);
    }

    /** @return a filter that also asks for one of these namespaces */
    public PipelineFilter inNamespaces(String... more) {
        return new PipelineFilter(tags, nodes, fromNodes, toNodes, fromInputs, toOutputs, plus(namespaces, more));
    }

    /** The conditions that there are, for messages: {@code tags=[daily], toNodes=[train]}. */
    String describe() {
        Map<String, List<String>> conditions = new LinkedHashMap<>();
        conditions.put("tags", tags);
        conditions.put("nodes", nodes);
        conditions.put("fromNodes", fromNodes);
        conditions.put("toNodes", toNodes);
        conditions.put("fromInputs", fromInputs);
        conditions.put("toOutputs", toOutputs);
        conditions.put("namespaces", namespaces);
        conditions.values().removeIf(List::isEmpty);
        String text = conditions.toString();
        return text.substring(1, text.length() - 1);
    }

    private static List<String> plus(List<String> some, String... more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(Arrays.asList(more));
        return all;
    }
}
