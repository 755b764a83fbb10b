package dev.contraflow.run;

import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * In which order nodes run where the edges leave a choice. It follows from the pipeline alone, so it is the same each time. A runner with
 * several threads starts nodes that are ready in this order.
 */
public enum NodeOrder {
    /** Level by level, each level by name: Kedro's order. */
    DEFAULT {
        @Override
        public List<Node> nodes(Pipeline pipeline) {
            return pipeline.nodes();
        }
    },
    /**
     * One result after the other: what a final node needs runs right before it, by name where there is a choice. Values in memory are let go
     * of earlier, so a wide pipeline needs less of it.
     */
    DEPTH_FIRST {
        @Override
        public List<Node> nodes(Pipeline pipeline) {
            return new DepthFirst(pipeline).order();
        }
    };

    /**
     * Puts nodes in order.
     *
     * @param pipeline the pipeline
     * @return all its nodes, each after its parents; unmodifiable
     */
    public abstract List<Node> nodes(Pipeline pipeline);

    /** Goes up from the last nodes, and notes each node once its parents are noted. Without recursion: chains may be long. */
    private static final class DepthFirst {
        private final Pipeline pipeline;
        private final Set<Node> ordered = new LinkedHashSet<>();
        private final Deque<Visit> open = new ArrayDeque<>();

        /** A node, and those of its parents that have not been looked at. */
        private record Visit(Node node, Iterator<Node> parents) {}

        DepthFirst(Pipeline pipeline) {
            this.pipeline = pipeline;
        }

        List<Node> order() {
            byName(pipeline.nodes().stream()
                            .filter(node -> pipeline.children(node).isEmpty()))
                    .forEach(this::visit);
            return List.copyOf(ordered);
        }

        private void visit(Node last) {
            open.push(begin(last));
            while (true) {
                Visit visit = open.peek();
                if (visit == null) {
                    return;
                }
                if (visit.parents().hasNext()) {
                    Node parent = visit.parents().next();
                    if (!ordered.contains(parent)) {
                        open.push(begin(parent));
                    }
                } else {
                    ordered.add(visit.node());
                    open.pop();
                }
            }
        }

        private Visit begin(Node node) {
            return new Visit(node, byName(pipeline.parents(node).stream()).iterator());
        }

        private static List<Node> byName(Stream<Node> nodes) {
            List<Node> sorted = new ArrayList<>(nodes.toList());
            sorted.sort(Comparator.comparing(Node::name));
            return sorted;
        }
    }
}
