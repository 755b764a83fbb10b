package dev.contraflow.internal.run;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.ResumeHint;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the result of a run from what is known of its nodes and datasets. Used once, by one thread. */
public final class RunOutcome {
    private static final Logger LOG = LoggerFactory.getLogger(RunOutcome.class);

    private final RunSetup setup;
    private final DatasetAccess access;
    private final Settlement settlement;
    private final Map<String, NodeResult> nodes;
    private final Map<String, DatasetResult> datasets = new LinkedHashMap<>(); // by full name

    /**
     * @param setup the run
     * @param access its datasets
     * @param settlement what became of everything that it wrote
     * @param nodes what became of the nodes that were begun or skipped
     */
    public RunOutcome(RunSetup setup, DatasetAccess access, Settlement settlement, Map<String, NodeResult> nodes) {
        this.setup = setup;
        this.access = access;
        this.settlement = settlement;
        this.nodes = nodes;
    }

    /**
     * @param ofNodes the failures of nodes, in the order in which they happened
     * @param isCancelled whether the run was cancelled or interrupted
     * @param took how long it took
     * @return the result
     */
    public PipelineResult result(List<ContraflowException> ofNodes, boolean isCancelled, Duration took) {
        List<ContraflowException> failures = failures(ofNodes);
        Map<String, Object> values = new LinkedHashMap<>();
        for (PlannedDataset planned : setup.plan().datasets().values()) {
            DatasetResult result = datasetResult(planned);
            datasets.put(result.name(), result);
            keepValue(planned, result, values);
        }
        Map<String, NodeResult> ordered = new LinkedHashMap<>();
        setup.nodes().forEach(node -> ordered.put(node.name(), nodeResult(node)));
        boolean allDurable = datasets.values().stream().noneMatch(RunOutcome::isMissing);
        boolean allCompleted = ordered.values().stream().allMatch(RunOutcome::isDone);
        boolean isSuccess = failures.isEmpty() && allCompleted && allDurable && !isCancelled;
        PipelineResult.State state = isCancelled
                ? PipelineResult.State.CANCELLED
                : isSuccess ? PipelineResult.State.SUCCEEDED : PipelineResult.State.FAILED;
        return new PipelineResult(
                setup.runId(),
                state,
                setup.choices().io().id(),
                took,
                ordered,
                datasets,
                failures,
                values,
                setup.finalOutputs(),
                isSuccess ? null : resume());
    }

    private NodeResult nodeResult(Node node) {
        NodeResult known = nodes.get(node.name());
        return known != null
                ? known
                : new NodeResult(node.name(), NodeResult.State.NOT_RUN, Duration.ZERO, "the run had ended before");
    }

    private static boolean isDone(NodeResult node) {
        return node.state() == NodeResult.State.COMPLETED || node.state() == NodeResult.State.SKIPPED;
    }

    private static boolean isMissing(DatasetResult dataset) {
        return switch (dataset.state()) {
            case INPUT, DURABLE, IN_MEMORY -> false;
            case FAILED, DISCARDED, UNFINISHED, NOT_COMPUTED -> true;
        };
    }

    private DatasetResult datasetResult(PlannedDataset planned) {
        DatasetRef<?> written = planned.written();
        if (written == null) {
            return new DatasetResult(planned.name(), DatasetResult.State.INPUT, null, null);
        }
        DatasetResult settled = settlement.datasets().get(written.name());
        return settled != null
                ? settled
                : new DatasetResult(
                        written.name(),
                        DatasetResult.State.NOT_COMPUTED,
                        null,
                        "the node that writes it did not complete");
    }

    private void keepValue(PlannedDataset planned, DatasetResult result, Map<String, Object> values) {
        DatasetRef<?> written = planned.written();
        if (written == null || !planned.isFinalOutput() || result.state() != DatasetResult.State.IN_MEMORY) {
            return;
        }
        Dataset<Object> dataset = access.dataset(written);
        try {
            values.put(written.name(), dataset.load());
        } catch (IOException | RuntimeException e) {
            LOG.warn("The value of dataset {} is gone", written, e);
        }
    }

    /** Every failure once: those of nodes first, so that a node's own error is never masked; what was suppressed stands on its own. */
    private List<ContraflowException> failures(List<ContraflowException> ofNodes) {
        Set<ContraflowException> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<ContraflowException> found = new ArrayList<>(ofNodes);
        found.addAll(settlement.failures());
        List<ContraflowException> all = new ArrayList<>();
        for (ContraflowException failure : found) {
            add(failure, seen, all);
            for (Throwable suppressed : failure.getSuppressed()) {
                if (suppressed instanceof DatasetException other) {
                    add(other, seen, all);
                }
            }
        }
        return all;
    }

    private static void add(ContraflowException failure, Set<ContraflowException> seen, List<ContraflowException> all) {
        if (seen.add(failure)) {
            all.add(failure);
        }
    }

    /** What has to run again: what is not done, the makers of what it reads and nobody has stored, and all that follows. */
    private @Nullable ResumeHint resume() {
        Set<Node> again = new LinkedHashSet<>();
        setup.pipeline().nodes().stream().filter(node -> !isDurablyDone(node)).forEach(again::add);
        int remaining = again.size();
        Deque<Node> open = new ArrayDeque<>(again);
        while (!open.isEmpty()) {
            for (DatasetRef<?> input : open.pop().inputs()) {
                Node writer = setup.pipeline().writerOf(input.name());
                if (writer != null && !isStored(input) && again.add(writer)) {
                    open.push(writer);
                }
            }
        }
        open.addAll(again);
        while (!open.isEmpty()) {
            for (Node child : setup.pipeline().children(open.pop())) {
                if (again.add(child)) {
                    open.push(child);
                }
            }
        }
        if (again.isEmpty()) {
            return null;
        }
        List<String> first = setup.pipeline().nodes().stream()
                .filter(again::contains)
                .filter(node -> Collections.disjoint(setup.pipeline().parents(node), again))
                .map(Node::name)
                .toList();
        return new ResumeHint(first, remaining, setup.pipeline().nodes().size());
    }

    private boolean isDurablyDone(Node node) {
        return isDone(nodeResult(node))
                && node.outputs().stream()
                        .map(output -> datasets.get(output.name()))
                        .noneMatch(result -> result != null && isMissing(result));
    }

    /** Of a node that was skipped, what is stored was there before; of one that ran, the result says it. */
    private boolean isStored(DatasetRef<?> input) {
        Node writer = setup.pipeline().writerOf(input.name());
        if (writer == null) {
            return true;
        }
        return writer.outputs().stream()
                .filter(output -> output.baseName().equals(input.baseName()))
                .allMatch(output -> {
                    DatasetResult result = datasets.get(output.name());
                    return (result == null || result.state() == DatasetResult.State.INPUT)
                            ? setup.choice().isThere(output.baseName())
                            : result.state() == DatasetResult.State.DURABLE;
                });
    }
}
