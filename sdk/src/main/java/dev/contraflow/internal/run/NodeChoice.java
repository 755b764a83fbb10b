package dev.contraflow.internal.run;

import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.Map;
import java.util.Set;

/** Which of the nodes that were asked for have to run, and why; which need not. Made by the thread that prepares the run; then immutable. */
public interface NodeChoice {
    /** All of them, since they were asked for. */
    NodeChoice ALL = new NodeChoice() {
        @Override
        public Map<Node, String> running() {
            return Map.of();
        }

        @Override
        public Map<Node, String> skipped() {
            return Map.of();
        }

        @Override
        public boolean isThere(String baseName) {
            return false;
        }
    };

    /** @return the nodes that run, and why, where there is more to say than that they were asked for */
    Map<Node, String> running();

    /** @return the nodes that need not run, and why */
    Map<Node, String> skipped();

    /**
     * @param baseName an output, by its name without view
     * @return whether it is stored, can be trusted, and is not written again
     */
    boolean isThere(String baseName);

    /** @return the nodes that need not run because what they write was there before the first attempt of the run */
    default Set<Node> thereBefore() {
        return Set.of();
    }

    /** @return the nodes that are not called, since what they write was kept by an earlier attempt */
    default RestoredOutputs restored() {
        return RestoredOutputs.NONE;
    }

    /**
     * @param node a node that does not run in this attempt
     * @return the attempt in which it has run; 0 if it never needed to
     */
    default int attemptOf(Node node) {
        return 0;
    }

    /**
     * @param node a node that runs
     * @return why
     */
    default String whyRunning(Node node) {
        return running().getOrDefault(node, "it was asked for");
    }

    /**
     * @param all all nodes that were asked for
     * @return those that are in the plan: of what is restored, the stand-ins
     */
    default Pipeline of(Pipeline all) {
        return skipped().isEmpty() && restored().count() == 0
                ? all
                : Pipeline.of(all.nodes().stream()
                        .filter(node -> !skipped().containsKey(node))
                        .map(restored()::inPlaceOf)
                        .toList());
    }
}
