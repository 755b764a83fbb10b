package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which nodes of a run that did not end well have to run again. A node need not if everything that it stores is noted as durable and is still
 * what was stored; if what it depends on (code, inputs, parameters, its own form) is what it was; and if the nodes that it reads from need not
 * run either and have not run again since. What it stores need not be durable if it stands in the run's {@link Spool}: then it is restored from there,
 * which for all others is as if it had been. So what is kept was made by one chain of values, even where nodes are not deterministic. A node
 * whose outputs live in memory runs again if somebody reads them, and then everything that descends from it. Used once.
 */
final class Resumption implements NodeChoice {
    private final Pipeline pipeline;
    private final RunHistory history;
    private final RunFacts now;
    private final Predicate<DatasetRef<?>> isPersistent;
    private final Map<String, String> marks; // of what is stored now, by full name
    private final Map<Node, String> running = new LinkedHashMap<>();
    private final Map<Node, String> skipped = new LinkedHashMap<>();
    private final SpooledOutputs spooled;
    private final Map<Node, List<DatasetRef<?>>> restored = new LinkedHashMap<>(); // with what is not durable
    private final Set<String> there = new HashSet<>(); // base names

    /**
     * @param pipeline all nodes that were asked for
     * @param history what earlier attempts have done
     * @param now what the results depend on now
     * @param isPersistent whether an output is stored
     * @param marks the marks of the outputs that are stored, by full name
     * @param spooled the outputs that stand in the run's spool
     */
    Resumption(
            Pipeline pipeline,
            RunHistory history,
            RunFacts now,
            Predicate<DatasetRef<?>> isPersistent,
            Map<String, String> marks,
            SpooledOutputs spooled) {
        this.spooled = spooled;
        this.pipeline = pipeline;
        this.history = history;
        this.now = now;
        this.isPersistent = isPersistent;
        this.marks = marks;
        pipeline.nodes().forEach(node -> why(node).ifPresent(reason -> running.put(node, reason)));
        addWhatIsNeeded();
        for (Node node : pipeline.nodes()) {
            if (!running.containsKey(node)) {
                doesNotRun(node);
            }
        }
    }

    private void doesNotRun(Node node) {
        boolean wasThere = history.wasThereBefore(node);
        List<DatasetRef<?>> toStore = wasThere
                ? List.of()
                : node.outputs().stream()
                        .filter(isPersistent)
                        .filter(output -> whyNotDurable(output, attemptOf(node)).isPresent())
                        .toList();
        if (toStore.isEmpty()) {
            skipped.put(
                    node,
                    wasThere ? "what it writes was there before the run" : "an earlier attempt of the run has done it");
        } else {
            restored.put(node, toStore);
        }
        node.outputs().stream()
                .filter(output -> isPersistent.test(output) && !toStore.contains(output))
                .forEach(output -> there.add(output.baseName()));
    }

    private Optional<String> why(Node node) {
        if (history.wasThereBefore(node)) {
            return whyGone(node);
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

    /** What was there before the run may have been removed since. */
    private Optional<String> whyGone(Node node) {
        return node.outputs().stream()
                .filter(output -> isPersistent.test(output) && !marks.containsKey(output.name()))
                .findFirst()
                .map(output -> "'" + output + "', which was there before the run, is not any more");
    }

    private Optional<String> whyChanged(Node node, RunFacts before) {
        if (!before.code().equals(now.code())) {
            return Optional.of("the code has changed since");
        }
        if (!now.nodes().getOrDefault(node.name(), "").equals(before.nodes().get(node.name()))) {
            return Optional.of("the node itself has changed since");
        }
        for (DatasetRef<?> input : node.inputs()) {
            Node writer = pipeline.writerOf(input.name());
            if (writer != null && !history.wasThereBefore(writer)) {
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
            Optional<String> why = isPersistent.test(output) ? whyNotDurable(output, attempt) : Optional.empty();
            if (why.isPresent() && !spooled.has(output, attempt)) {
                return why;
            }
        }
        return Optional.empty();
    }

    private Optional<String> whyNotDurable(DatasetRef<?> output, int attempt) {
        JsonNode entry = history.durable().get(output.name());
        if (entry == null || entry.path("attempt").asInt() != attempt) {
            JsonNode kept = history.spooled().get(output.name());
            boolean wasKept = kept != null && kept.path("attempt").asInt() == attempt;
            return Optional.of("'" + output + "' was not durable"
                    + (wasKept ? ", and what was kept of it in the spool is not there or damaged" : ""));
        }
        String stored = entry.path("mark").asText("");
        return entry.hasNonNull("mark") && !stored.equals(marks.get(output.name()))
                ? Optional.of("'" + output + "' is not any more what was stored")
                : Optional.empty();
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

    @Override
    public Map<Node, String> running() {
        return running;
    }

    @Override
    public Map<Node, String> skipped() {
        return skipped;
    }

    @Override
    public RestoredOutputs restored() {
        return new RestoredOutputs(pipeline, restored, spooled);
    }

    @Override
    public boolean isThere(String baseName) {
        return there.contains(baseName);
    }

    @Override
    public int attemptOf(Node node) {
        RunHistory.Entry noted = history.nodes().get(node.name());
        return noted == null ? 0 : noted.attempt();
    }
}
