package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;

/**
 * Tells that a value which several nodes share is not what was stored any more. Only a type that is taken for immutable and is not can do that:
 * one that is wrongly marked so, or changed by reflection. Stateless.
 */
final class MutationCheck {
    private MutationCheck() {}

    /** Somebody has changed a value that a node is about to get. */
    static NodeException changedBefore(DatasetRef<?> ref, Node writer, Node reader) {
        return new NodeException(
                "Dataset '" + ref + "' has changed in memory after node '" + writer.name()
                        + "' returned it, and before node '" + reader.name()
                        + "' got it: what is stored is what it was. " + advice(ref),
                writer.name(),
                null);
    }

    /** A node has changed an input. */
    static NodeException changedBy(DatasetRef<?> ref, Node reader) {
        return new NodeException(
                "Node '" + reader.name() + "' has changed its input '" + ref
                        + "', which it shares with others: what is stored is what it was. " + advice(ref),
                reader.name(),
                null);
    }

    private static String advice(DatasetRef<?> ref) {
        return "Its type, " + ref.type()
                + ", is taken for immutable: leave its values alone, or take the mark @Immutable from what can be changed.";
    }
}
