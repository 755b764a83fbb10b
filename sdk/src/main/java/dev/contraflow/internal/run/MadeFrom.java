package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A mark of all that the outputs of a node are made from: the version of the code, the node's form, the marks of its free inputs and parameters,
 * and the nodes that it reads from, with the attempts in which they have run and what they were made from. Storages keep it with what is stored,
 * so that it can be told without the run's record whether a node would make the same again. Immutable.
 */
final class MadeFrom {
    /** What stands in its place where a manifest, and so the run's record, decides what counts. */
    static final String MANIFEST = "manifest";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1; // part of the mark: other rules make other marks

    private final Pipeline pipeline;
    private final RunFacts facts;

    /** That a node has run in an attempt, and from what. */
    record Made(int attempt, String from) {}

    MadeFrom(Pipeline pipeline, RunFacts facts) {
        this.pipeline = pipeline;
        this.facts = facts;
    }

    /**
     * @param node a node
     * @param parents what is known of the nodes that it reads from
     * @return the mark; empty if an input has none, or something is not known of a parent
     */
    Optional<String> of(Node node, Function<Node, Optional<Made>> parents) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("code", facts.code())
                .put("node", node.name())
                .put("form", facts.nodes().get(node.name()));
        ArrayNode inputs = json.putArray("inputs");
        for (DatasetRef<?> input : node.inputs()) {
            if (pipeline.writerOf(input.name()) == null) {
                String mark = facts.inputs().getOrDefault(input.name(), "");
                if (mark.isEmpty()) {
                    return Optional.empty();
                }
                inputs.add(input.name()).add(mark);
            }
        }
        Map<String, Made> known = new TreeMap<>(); // in an order that is always the same
        for (Node parent : pipeline.parents(node)) {
            Optional<Made> made = parents.apply(parent);
            if (made.isEmpty()) {
                return Optional.empty();
            }
            known.put(parent.name(), made.get());
        }
        ArrayNode from = json.putArray("parents");
        known.forEach((name, made) -> from.add(name).add(made.attempt()).add(made.from()));
        return Optional.of(RunFacts.sha256(json.toString()));
    }

    /**
     * @param attemptOf the attempt in which each node runs, or has run last
     * @return the marks by the names of the nodes; those that nobody can tell are not among them
     */
    Map<String, String> all(ToIntFunction<Node> attemptOf) {
        Map<String, String> marks = new HashMap<>();
        for (Node node : pipeline.nodes()) { // parents first
            of(
                            node,
                            parent -> Optional.ofNullable(marks.get(parent.name()))
                                    .map(from -> new Made(attemptOf.applyAsInt(parent), from)))
                    .ifPresent(mark -> marks.put(node.name(), mark));
        }
        return marks;
    }
}
