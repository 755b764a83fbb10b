package dev.contraflow.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a run is going to do, worked out once: the nodes in order, and for every dataset who writes it and when it is read. Immutable.
 */
public final class RunPlan {
    private final Pipeline pipeline;
    private final List<Node> nodes;
    private final Map<Node, Integer> positions = new HashMap<>();
    private final Map<String, PlannedDataset> datasets = new LinkedHashMap<>(); // by base name

    /** @param pipeline what is run, in Kedro's order */
    public RunPlan(Pipeline pipeline) {
        this(pipeline, NodeOrder.DEFAULT);
    }

    /**
     * @param pipeline what is run
     * @param order in which order
     */
    public RunPlan(Pipeline pipeline, NodeOrder order) {
        this.pipeline = pipeline;
        this.nodes = order.nodes(pipeline);
        Map<String, DatasetRef<?>> written = new HashMap<>();
        Map<String, List<Integer>> reads = new LinkedHashMap<>();
        Map<String, Set<String>> views = new HashMap<>();
        for (Node node : nodes) {
            int position = positions.size();
            positions.put(node, position);
            for (DatasetRef<?> input : node.inputs()) {
                reads.computeIfAbsent(input.baseName(), name -> new ArrayList<>())
                        .add(position);
                views.computeIfAbsent(input.baseName(), name -> new TreeSet<>()).add(input.name());
            }
            for (DatasetRef<?> output : node.outputs()) {
                written.put(output.baseName(), output);
                reads.computeIfAbsent(output.baseName(), name -> new ArrayList<>());
            }
        }
        reads.forEach((name, at) -> datasets.put(
                name,
                new PlannedDataset(
                        name,
                        written.get(name),
                        pipeline.writerOf(name),
                        List.copyOf(at),
                        Collections.unmodifiableSet(views.getOrDefault(name, Set.of())))));
    }

    /** @return what is run */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** @return the nodes in the order of the plan; a runner may choose another that respects the edges */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * @param node a node of the plan
     * @return its place in the order of the plan, from 0
     */
    public int position(Node node) {
        Integer position = positions.get(node);
        if (position == null) {
            throw new IllegalArgumentException("Node '" + node.name() + "' is not in the plan");
        }
        return position;
    }

    /** @return every dataset of the plan by base name, in the order in which the plan first meets them */
    public Map<String, PlannedDataset> datasets() {
        return Collections.unmodifiableMap(datasets);
    }

    /**
     * @param ref a dataset of the plan, in any view
     * @return what the plan says of it
     */
    public PlannedDataset dataset(DatasetRef<?> ref) {
        PlannedDataset planned = datasets.get(ref.baseName());
        if (planned == null) {
            throw new IllegalArgumentException("Dataset '" + ref + "' is not in the plan");
        }
        return planned;
    }

    /**
     * One dataset of a plan. Immutable.
     *
     * @param name its name, without view
     * @param written the view through which it is written, or null if no node writes it
     * @param writer the node that writes it, or null
     * @param reads the places of the nodes that read it, ascending; a node that reads it twice stands twice
     * @param readViews the full names through which it is read
     */
    public record PlannedDataset(
            String name,
            @Nullable DatasetRef<?> written,
            @Nullable Node writer,
            List<Integer> reads,
            Set<String> readViews) {
        /** @return whether no node writes it: it must be there before */
        public boolean isInput() {
            return writer == null;
        }

        /** @return whether no node reads it: it is a result of the run */
        public boolean isFinalOutput() {
            return reads.isEmpty();
        }
    }
}
