package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.DatasetMapping;
import dev.contraflow.DatasetRef;
import dev.contraflow.Fn;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Reads1;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds the pipelines that the corpus describes. */
final class PipelineSpec {
    /** What a node does: its full name is known only when the pipeline is built, so it is asked by the node's own description. */
    interface Behaviour {
        /** @return the result of a node, in the form of its outputs */
        @Nullable
        Object call(JsonNode node, List<Object> inputs) throws Exception;
    }

    private final Function<String, DatasetRef<Object>> ref;
    private final Behaviour behaviour;

    /** @param ref makes the ref of a name; the type is for the caller to know */
    PipelineSpec(Function<String, DatasetRef<Object>> ref, Behaviour behaviour) {
        this.ref = ref;
        this.behaviour = behaviour;
    }

    /** A pipeline whose nodes are never called. */
    static Pipeline of(JsonNode spec) {
        return new PipelineSpec(PipelineSpec::anything, (node, inputs) -> {
                    throw new IllegalStateException("not to be called");
                })
                .pipeline(spec);
    }

    Pipeline pipeline(JsonNode spec) {
        List<Node> nodes = new ArrayList<>();
        for (JsonNode element : spec.path("nodes")) {
            if (element.has("nodes")) {
                nodes.addAll(pipeline(element).nodes());
            } else {
                nodes.add(node(element));
            }
        }
        Pipeline pipeline = Pipeline.of(nodes);
        if (spec.has("tags")) {
            pipeline = pipeline.withTags(texts(spec.path("tags")).toArray(String[]::new));
        }
        return pipeline.withNamespace(spec.path("namespace").asText(""), mapping(spec));
    }

    private static DatasetMapping mapping(JsonNode spec) {
        DatasetMapping[] mapping = {DatasetMapping.none()};
        each(spec.path("inputs"), (from, to) -> mapping[0] = mapping[0].input(from, to));
        each(spec.path("outputs"), (from, to) -> mapping[0] = mapping[0].output(from, to));
        each(spec.path("parameters"), (from, to) -> mapping[0] = mapping[0].parameter(from, to));
        return spec.path("prefix_datasets_with_namespace").asBoolean(true) ? mapping[0] : mapping[0].withoutPrefix();
    }

    private static void each(JsonNode names, BiConsumer<String, String> to) {
        if (names.isObject()) {
            names.properties().forEach(e -> to.accept(e.getKey(), e.getValue().asText()));
        } else {
            texts(names).forEach(name -> to.accept(name, name));
        }
    }

    /** A text, or a list of texts, or nothing. */
    static List<String> texts(JsonNode names) {
        List<String> texts = new ArrayList<>();
        if (names.isTextual()) {
            texts.add(names.asText());
        } else {
            names.forEach(name -> texts.add(name.asText()));
        }
        return texts;
    }

    /** A ref whose value may be anything. */
    static DatasetRef<Object> anything(String name) {
        return DatasetRef.of(name, Object.class);
    }

    private List<DatasetRef<Object>> refs(JsonNode names) {
        return texts(names).stream().map(ref).toList();
    }

    private Map<String, DatasetRef<Object>> refsByKey(JsonNode names) {
        Map<String, DatasetRef<Object>> refs = new LinkedHashMap<>();
        names.properties()
                .forEach(e -> refs.put(e.getKey(), ref.apply(e.getValue().asText())));
        return refs;
    }

    /** Every form of inputs is brought to a list of values; a text and a list of one stay different nodes. */
    private Node node(JsonNode spec) {
        JsonNode inputs = spec.path("inputs");
        String name = spec.path("name").asText();
        Node node;
        if (inputs.isObject()) {
            node = writing(spec, Node.named(name).readsMap(refsByKey(inputs)), map -> new ArrayList<>(map.values()));
        } else if (inputs.isTextual()) {
            node = writing(spec, Node.named(name).reads(ref.apply(inputs.asText())), PipelineSpec::one);
        } else {
            node = writing(spec, Node.named(name).readsList(refs(inputs)), list -> list);
        }
        return node.withTags(texts(spec.path("tags")).toArray(String[]::new))
                .withConfirms(refs(spec.path("confirms")).toArray(DatasetRef<?>[]::new))
                .withNamespace(spec.path("namespace").asText(""));
    }

    @SuppressWarnings("NullAway") // null is one of the wrong results that the corpus asks for
    private Object returned(JsonNode spec, List<Object> inputs) throws Exception {
        return behaviour.call(spec, inputs);
    }

    private static List<Object> one(Object value) {
        return Arrays.asList(value); // a parameter may be null
    }

    private interface Values<A> {
        List<Object> of(A inputs);
    }

    @SuppressWarnings(
            "unchecked") // what a node returns is compared with its outputs when it runs: wrong results are asked for
    private <A> Node writing(JsonNode spec, Reads1<A> reads, Values<A> values) {
        JsonNode outputs = spec.path("outputs");
        Fn.F1<A, Object> call = inputs -> returned(spec, values.of(inputs));
        if (outputs.isTextual()) {
            return reads.writes(ref.apply(outputs.asText())).by(call);
        }
        if (outputs.isObject()) {
            return reads.writesMap(refsByKey(outputs)).by((Fn.F1<A, Map<String, Object>>) (Fn.F1<A, ?>) call);
        }
        if (outputs.isEmpty()) {
            return reads.runs(inputs -> behaviour.call(spec, values.of(inputs)));
        }
        return reads.writesList(refs(outputs)).by((Fn.F1<A, List<Object>>) (Fn.F1<A, ?>) call);
    }
}
