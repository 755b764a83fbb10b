package dev.contraflow;

import java.util.List;
import java.util.Set;

/**
 * Nodes that belong together where a pipeline is deployed in pieces: those of one top namespace, or one node without namespace. Immutable.
 *
 * @param name the namespace, or the node's name
 * @param isNamespace whether it is a namespace
 * @param nodes its nodes, in the order of the pipeline
 * @param dependencies the names of the groups that must run before, sorted; a namespace that is left and entered again makes a circle
 */
public record NodeGroup(String name, boolean isNamespace, List<Node> nodes, Set<String> dependencies) {
    /** Copies the nodes. */
    public NodeGroup {
        nodes = List.copyOf(nodes);
    }
}
