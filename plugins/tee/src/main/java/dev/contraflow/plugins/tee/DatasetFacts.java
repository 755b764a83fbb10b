package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.plugins.tee.TeeDecisions.Facts;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a plan and its datasets say before the run, for the decisions. Used by one thread. */
final class DatasetFacts {
    private final RunPlan plan;
    private final DatasetAccess access;
    private final boolean isOrdered;
    private final Map<Node, Set<String>> ancestors = new HashMap<>();

    private DatasetFacts(IoContext context) {
        this.plan = context.plan();
        this.access = context.datasets();
        this.isOrdered = context.visibility() == Visibility.ORDERED;
    }

    static List<Facts> of(IoContext context) {
        DatasetFacts facts = new DatasetFacts(context);
        context.plan().nodes().forEach(facts::ancestors);
        return context.plan().datasets().values().stream().map(facts::of).toList();
    }

    private Facts of(PlannedDataset planned) {
        Node writer = planned.writer();
        DatasetRef<?> written = planned.written();
        return new Facts(
                planned.name(),
                writer == null ? -1 : plan.position(writer),
                planned.reads(),
                canPrefetch(planned),
                written != null && access.encoded(written) == null,
                writer == null ? Set.of() : ancestors(writer),
                written == null || !countsAsUndurable(written)
                        ? 0
                        : access.lastSize(written).orElse(-1));
    }

    private boolean countsAsUndurable(DatasetRef<?> written) {
        return access.encoded(written) != null && access.dataset(written).isPersistent();
    }

    /**
     * What has to become visible before what a node writes: the nearest that is stored of all that it was made from. Nodes are asked for in
     * the order of the plan, so what their parents have is known.
     */
    private Set<String> ancestors(Node node) {
        if (!isOrdered) {
            return Set.of();
        }
        Set<String> known = ancestors.get(node);
        return known == null ? findAncestors(node) : known;
    }

    private Set<String> findAncestors(Node node) {
        Set<String> found = new HashSet<>();
        for (DatasetRef<?> input : node.inputs()) {
            PlannedDataset planned = plan.dataset(input);
            Node writer = planned.writer();
            DatasetRef<?> written = planned.written();
            if (writer == null || written == null) {
                continue;
            }
            if (access.dataset(written).isPersistent()) {
                found.add(planned.name());
            } else {
                found.addAll(ancestors(writer));
            }
        }
        ancestors.put(node, found);
        return found;
    }

    /** Only inputs that are made of bytes and read through one view: an opaque one may do anything when it is loaded. */
    private boolean canPrefetch(PlannedDataset planned) {
        if (!planned.isInput() || planned.readViews().size() != 1) {
            return false;
        }
        EncodedDataset<Object> encoded = access.encoded(firstRead(plan, planned));
        return encoded != null && encoded.isPersistent() && !encoded.isSerial();
    }

    static Node firstReader(RunPlan plan, PlannedDataset planned) {
        return plan.nodes().get(planned.reads().get(0));
    }

    /** The view through which the first reader reads. */
    static DatasetRef<?> firstRead(RunPlan plan, PlannedDataset planned) {
        return firstReader(plan, planned).inputs().stream()
                .filter(input -> input.baseName().equals(planned.name()))
                .findFirst()
                .orElseThrow();
    }
}
