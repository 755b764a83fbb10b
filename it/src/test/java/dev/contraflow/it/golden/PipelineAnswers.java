package dev.contraflow.it.golden;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeGroup;
import dev.contraflow.Pipeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What pipelines say about themselves, in the words of the corpus. */
final class PipelineAnswers {
    private PipelineAnswers() {}

    static List<String> names(Collection<DatasetRef<?>> refs) {
        return refs.stream().map(DatasetRef::name).toList();
    }

    /** Sets stand sorted by code point in the corpus, and so do they here. */
    static List<String> sorted(Collection<DatasetRef<?>> refs) {
        return List.copyOf(new TreeSet<>(names(refs)));
    }

    static List<String> nodes(Collection<Node> nodes) {
        return nodes.stream().map(Node::name).toList();
    }

    /** Inputs, outputs, datasets, levels, order, dependencies, tags, confirms, interrupted namespaces. */
    static Map<String, Object> whole(Pipeline pipeline) {
        Map<String, Object> answer = slice(pipeline);
        answer.remove("nodes");
        answer.put("datasets", sorted(pipeline.datasets()));
        answer.put(
                "levels", pipeline.levels().stream().map(PipelineAnswers::nodes).toList());
        answer.put("order", nodes(pipeline.nodes()));
        Map<String, Object> dependencies = new LinkedHashMap<>();
        pipeline.nodes()
                .forEach(node ->
                        dependencies.put(node.name(), List.copyOf(new TreeSet<>(nodes(pipeline.parents(node))))));
        answer.put("dependencies", dependencies);
        putUnlessEmpty(answer, "tags", tags(pipeline, false));
        putUnlessEmpty(
                answer,
                "confirms",
                pipeline.nodes().stream()
                        .filter(node -> !node.confirms().isEmpty())
                        .collect(Collectors.toMap(Node::name, node -> names(node.confirms()))));
        putInterrupted(answer, pipeline);
        return answer;
    }

    static Map<String, Object> slice(Pipeline pipeline) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("nodes", nodes(pipeline.nodes()));
        answer.put("inputs", sorted(pipeline.inputs()));
        answer.put("outputs", sorted(pipeline.outputs()));
        return answer;
    }

    static Map<String, Object> tags(Pipeline pipeline, boolean ofAll) {
        Map<String, Object> tags = new LinkedHashMap<>();
        pipeline.nodes().stream()
                .filter(node -> ofAll || !node.tags().isEmpty())
                .forEach(node -> tags.put(node.name(), List.copyOf(node.tags())));
        return tags;
    }

    /** Nodes in the form in which they are written, and groups. */
    static Map<String, Object> used(Pipeline pipeline) {
        Map<String, Object> answer = slice(pipeline);
        answer.put("nodes", pipeline.nodes().stream().map(PipelineAnswers::node).toList());
        answer.put(
                "groups", pipeline.groups().stream().map(PipelineAnswers::group).toList());
        putInterrupted(answer, pipeline);
        return answer;
    }

    private static void putInterrupted(Map<String, Object> answer, Pipeline pipeline) {
        List<String> interrupted = List.copyOf(pipeline.interruptedNamespaces());
        if (!interrupted.isEmpty()) {
            answer.put("interrupted_namespaces", interrupted);
        }
    }

    private static void putUnlessEmpty(Map<String, Object> answer, String key, Map<String, ?> values) {
        if (!values.isEmpty()) {
            answer.put(key, values);
        }
    }

    private static Map<String, Object> node(Node node) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", node.name());
        answer.put("inputs", ports(node.inputForm(), node.inputKeys(), node.inputs()));
        answer.put("outputs", ports(node.outputForm(), node.outputKeys(), node.outputs()));
        if (!node.tags().isEmpty()) {
            answer.put("tags", List.copyOf(node.tags()));
        }
        if (!node.confirms().isEmpty()) {
            answer.put("confirms", names(node.confirms()));
        }
        if (!node.namespace().isEmpty()) {
            answer.put("namespace", node.namespace());
        }
        return answer;
    }

    private static @Nullable Object ports(Node.Form form, List<String> keys, List<DatasetRef<?>> refs) {
        if (form == Node.Form.NOTHING || (form == Node.Form.LIST && refs.isEmpty())) {
            return null;
        }
        if (form != Node.Form.MAP) {
            return form == Node.Form.EACH ? refs.get(0).name() : names(refs);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), refs.get(i).name());
        }
        return map;
    }

    private static Map<String, Object> group(NodeGroup group) {
        List<String> dependencies = new ArrayList<>(group.dependencies());
        return Map.of(
                "name",
                group.name(),
                "type",
                group.isNamespace() ? "namespace" : "nodes",
                "nodes",
                nodes(group.nodes()),
                "dependencies",
                dependencies);
    }
}
