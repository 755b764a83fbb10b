package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which nodes of a run that did not end well have to run again. A node need not if everything that it stores is noted as durable and is still
 * what was stored; if what it depends on (code, inputs, parameters, its own form) is what it was; and if the nodes that it reads from need not
 * run either and have not run again since. So what is kept was made by one chain of values, even where nodes are not deterministic. A node
 * whose outputs live in memory runs again if somebody reads them, and then everything that descends from it. Used once.
 */
final class Resumption {
    private final Pipeline pipeline;
    private final RunHistory history;
    private final RunFacts now;
    private final Predicate<DatasetRef<?>> isPersistent;
    private final Map<String, String> marks; // of what is stored now, by full name
    private final Map<Node, String> running = new LinkedHashMap<>();
    private final Map<Node, String> skipped = new LinkedHashMap<>();
    private final Set<String> there = new HashSet<>(); // base names

    /**
     * @param pipeline all nodes that were asked for
     * @param history what earlier attempts have done
     * @param now what the results depend on now
     * @param isPersistent whether an output is stored
     * @param marks the marks of the outputs that are stored, by full name
     */
    Resumption(
            Pipeline pipeline,
            RunHistory history,
            RunFacts now,
            Predicate<DatasetRef<?>> isPersistent,
            Map<String, String> marks) {
        this.pipeline = pipeline;
        this.history = history;
        this.now = now;
        this.isPersistent = isPersistent;
        this.marks = marks;
        pipeline.nodes().forEach(node -> why(node).ifPresent(reason -> running.put(node, reason)));
        addWhatIsNeeded();
        for (Node node : pipeline.nodes()) {
            if (!running.containsKey(node)) {
                skipped.put(
                        node,
                        history.wasThereBefore(node)
                                ? "what it writes was there before the run"
                                : "an earlier attempt of the run has done it");
                node.outputs().stream().filter(isPersistent).forEach(output -> there.add(output.baseName()));
            }
        }
    }

    private Optional<String> why(Node node) {
        if (history.wasThereBefore(node)) {
            return Optional.empty();
        }
        Optional<Node> parent = pipeline.parents(node).stream()
                .filter(running::containsKey)
                .findFirst(); // the nodes come in order: parents first
        if (parent.isPresent()) {
            return Optional.of("node '" + parent.get().name() + "' runs again");
        }
        RunHistory.Entry noted = history.nodes().get(node.name());
        if (noted == null) {
            return Optional.of("no earlier attempt has done it");
        }
        return whyChanged(node, history.facts(noted.attempt()))
                .or(() -> whyNotStored(node, noted.attempt()))
                .or(() -> whyOutdated(node, noted));
    }

    private Optional<String> whyChanged(Node node, RunFacts before) {
        if (!before.code().equals(now.code())) {
            return Optional.of("the code has changed since");
        }
        if (!now.nodes().getOrDefault(node.name(), "").equals(before.nodes().get(node.name()))) {
            return Optional.of("the node itself has changed since");
        }
        for (DatasetRef<?> input : node.inputs()) {
            if (pipeline.writerOf(input.name()) != null) {
                continue;
            }
            String mark = now.inputs().getOrDefault(input.name(), "");
            if (mark.isEmpty() || !mark.equals(before.inputs().get(input.name()))) {
                String what = input.isParameter() ? "parameter '" : "input '";
                return Optional.of(
                        what + input + (mark.isEmpty() ? "' may have changed since" : "' has changed since"));
            }
        }
        return Optional.empty();
    }

    private Optional<String> whyNotStored(Node node, int attempt) {
        for (DatasetRef<?> output : node.outputs()) {
            if (!isPersistent.test(output)) {
                continue;
            }
            JsonNode entry = history.durable().get(output.name());
            if (entry == null || entry.path("attempt").asInt() != attempt) {
                return Optional.of("'" + output + "' was not durable");
            }
            String stored = entry.path("mark").asText("");
            if (entry.hasNonNull("mark") && !stored.equals(marks.get(output.name()))) {
                return Optional.of("'" + output + "' is not any more what was stored");
            }
        }
        return Optional.empty();
    }

    /** A parent that has run again since this node did may have given another value. */
    private Optional<String> whyOutdated(Node node, RunHistory.Entry noted) {
        for (Node parent : pipeline.parents(node)) {
            if (noted.parents().path(parent.name()).asInt(-1) != attemptOf(parent)) {
                return Optional.of("node '" + parent.name() + "' has run again since");
            }
        }
        return Optional.empty();
    }

    /** Who writes in memory what somebody reads, or what the caller gets, and then everything that descends from it. */
    private void addWhatIsNeeded() {
        Deque<Node> open = new ArrayDeque<>(running.keySet());
        for (Node node : pipeline.nodes()) {
            node.outputs().stream()
                    .filter(output -> !isPersistent.test(output)
                            && pipeline.children(node).stream().noneMatch(child -> reads(child, output)))
                    .findFirst()
                    .ifPresent(output -> add(node, "'" + output + "' is in memory", open));
        }
        while (!open.isEmpty()) {
            Node again = open.pop();
            for (Node child : pipeline.children(again)) {
                add(child, "node '" + again.name() + "' runs again", open);
            }
            for (DatasetRef<?> input : again.inputs()) {
                Node writer = pipeline.writerOf(input.name());
                if (writer != null && writer.outputs().stream().anyMatch(o -> isInMemory(o, input))) {
                    add(writer, "'" + input + "' is in memory, and node '" + again.name() + "' needs it", open);
                }
            }
        }
    }

    private boolean isInMemory(DatasetRef<?> output, DatasetRef<?> input) {
        return output.baseName().equals(input.baseName()) && !isPersistent.test(output);
    }

    private static boolean reads(Node child, DatasetRef<?> output) {
        return child.inputs().stream().anyMatch(input -> input.baseName().equals(output.baseName()));
    }

    private void add(Node node, String why, Deque<Node> open) {
        if (running.putIfAbsent(node, why) == null) {
            open.push(node);
        }
    }

    Map<Node, String> running() {
        return running;
    }

    Map<Node, String> skipped() {
        return skipped;
    }

    /** Whether an output is stored, and was made by a node that need not run again. */
    boolean isThere(String baseName) {
        return there.contains(baseName);
    }

    /** The attempt in which a node that need not run again has run; 0 if what it writes was there before the run. */
    int attemptOf(Node skippedNode) {
        RunHistory.Entry noted = history.nodes().get(skippedNode.name());
        return noted == null ? 0 : noted.attempt();
    }
}
