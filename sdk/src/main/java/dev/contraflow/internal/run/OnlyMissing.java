package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which nodes of a pipeline need not run because what they write is there. Kedro's rule, from the last nodes up: a node runs if it has no
 * outputs, if one of its persistent outputs does not exist, or if a node that runs reads an output of it that is in memory or does not
 * exist. Outputs that an unfinished run may have left half done count as missing, and so does all that descends from them. Used once.
 */
final class OnlyMissing implements NodeChoice {
    private final Pipeline pipeline;
    private final BoundDatasets outputs;
    private final Set<String> halfDone;
    private final Map<Node, String> skipped = new LinkedHashMap<>();
    private final Map<Node, String> running = new LinkedHashMap<>();
    private final Set<Node> doubtful = new HashSet<>();
    private final Set<String> there = new HashSet<>(); // base names

    /**
     * @param pipeline all nodes that were asked for
     * @param outputs what they write
     * @param halfDone the names, without view, of what unfinished runs may have left half done
     */
    OnlyMissing(Pipeline pipeline, BoundDatasets outputs, Set<String> halfDone) {
        this.pipeline = pipeline;
        this.outputs = outputs;
        this.halfDone = halfDone;
        findWhatIsThere();
        List<Node> up = new ArrayList<>(pipeline.nodes());
        Collections.reverse(up);
        for (Node node : up) {
            whyItRuns(node)
                    .ifPresentOrElse(
                            why -> running.put(node, why),
                            () -> skipped.put(node, "everything that it writes is there"));
        }
    }

    private void findWhatIsThere() {
        List<DatasetRef<?>> persistent = pipeline.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .filter(ref -> outputs.dataset(ref).isPersistent())
                .toList();
        pipeline.nodes().stream()
                .filter(node -> node.outputs().stream().anyMatch(ref -> halfDone.contains(ref.baseName()))
                        || !Collections.disjoint(pipeline.parents(node), doubtful))
                .forEach(doubtful::add); // the nodes come in order: parents first
        List<DatasetRef<?>> asked = persistent.stream()
                .filter(ref -> !doubtful.contains(pipeline.writerOf(ref.name())))
                .toList();
        List<String> answers = SideBySide.all(asked, ref -> exists(outputs.dataset(ref)) ? ref.baseName() : "");
        there.addAll(answers);
    }

    private static boolean exists(Dataset<?> dataset) {
        return StorageQuestion.needed(
                dataset::exists, "whether " + dataset.describe() + " exists", "which outputs are missing");
    }

    private Optional<String> whyItRuns(Node node) {
        if (node.outputs().isEmpty()) {
            return Optional.of("it writes nothing");
        }
        for (DatasetRef<?> output : node.outputs()) {
            boolean isThere = there.contains(output.baseName());
            if (!isThere && outputs.dataset(output).isPersistent()) {
                return Optional.of(whyMissing(node, output));
            }
            Optional<Node> reader = pipeline.children(node).stream()
                    .filter(running::containsKey)
                    .filter(child -> child.inputs().stream()
                            .anyMatch(input -> input.baseName().equals(output.baseName())))
                    .findFirst();
            if (!isThere && reader.isPresent()) {
                return Optional.of("'" + output + "' is in memory, and node '"
                        + reader.get().name() + "' needs it");
            }
        }
        return Optional.empty();
    }

    private String whyMissing(Node node, DatasetRef<?> output) {
        if (halfDone.contains(output.baseName())) {
            return "'" + output + "' may be half done: the last run that was to write it did not finish";
        }
        return doubtful.contains(node)
                ? "'" + output + "' may be made from what an unfinished run left half done"
                : "'" + output + "' is missing";
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
    public boolean isThere(String baseName) {
        return there.contains(baseName);
    }

    @Override
    public Set<Node> thereBefore() {
        return skipped.keySet();
    }
}
