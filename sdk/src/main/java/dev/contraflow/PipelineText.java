package dev.contraflow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a pipeline is, in the forms in which people and tools read it. */
final class PipelineText {
    private PipelineText() {}

    static String describe(Pipeline pipeline) {
        StringBuilder text = new StringBuilder();
        text.append("Inputs: ").append(names(pipeline.inputs())).append('\n');
        pipeline.nodes()
                .forEach(node -> text.append('\n')
                        .append(node)
                        .append(node.tags().isEmpty() ? "" : "  #" + String.join(" #", node.tags())));
        return text.append("\n\nOutputs: ")
                .append(names(pipeline.outputs()))
                .append('\n')
                .toString();
    }

    private static String names(Collection<DatasetRef<?>> refs) {
        return refs.isEmpty() ? "none" : refs.stream().map(DatasetRef::name).collect(Collectors.joining(", "));
    }

    static String json(Pipeline pipeline) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode nodes = root.putArray("pipeline");
        for (Node node : pipeline.nodes()) {
            ObjectNode json = nodes.addObject().put("name", node.name());
            add(json.putArray("inputs"), node.inputs());
            add(json.putArray("outputs"), node.outputs());
            node.tags().forEach(json.putArray("tags")::add);
            if (!node.namespace().isEmpty()) {
                json.put("namespace", node.namespace());
            }
            if (!node.confirms().isEmpty()) {
                add(json.putArray("confirms"), node.confirms());
            }
            node.timeLimit().ifPresent(limit -> json.put("timeLimit", limit.toString()));
        }
        return root.toPrettyString();
    }

    private static void add(ArrayNode to, Collection<DatasetRef<?>> refs) {
        refs.forEach(ref -> to.add(ref.name()));
    }

    /** Ids are numbers, since names may hold what Mermaid reads as its own signs; names stand in quoted labels. */
    static String mermaid(Pipeline pipeline) {
        Map<String, String> datasets = new LinkedHashMap<>();
        StringBuilder nodes = new StringBuilder();
        StringBuilder edges = new StringBuilder();
        int count = 0;
        for (Node node : pipeline.nodes()) {
            String id = "n" + count++;
            nodes.append("  ")
                    .append(id)
                    .append("[\"")
                    .append(escaped(node.name()))
                    .append("\"]\n");
            edges(node.inputs(), datasets)
                    .forEach(dataset -> edges.append("  ")
                            .append(dataset)
                            .append(" --> ")
                            .append(id)
                            .append('\n'));
            edges(node.outputs(), datasets)
                    .forEach(dataset -> edges.append("  ")
                            .append(id)
                            .append(" --> ")
                            .append(dataset)
                            .append('\n'));
        }
        StringBuilder text = new StringBuilder("flowchart TD\n").append(nodes);
        datasets.forEach((name, id) -> text.append("  ")
                .append(id)
                .append("([\"")
                .append(escaped(name))
                .append("\"])\n"));
        return text.append(edges).toString();
    }

    private static List<String> edges(List<DatasetRef<?>> refs, Map<String, String> datasets) {
        return refs.stream()
                .map(DatasetRef::baseName)
                .distinct()
                .map(name -> datasets.computeIfAbsent(name, n -> "d" + datasets.size()))
                .toList();
    }

    private static String escaped(String name) {
        return name.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
