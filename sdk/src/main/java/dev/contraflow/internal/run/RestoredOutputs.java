package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.NamedNode;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.io.Content;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The nodes of a resumed run that are restored: an earlier attempt has computed their outputs, which are durable or stand in the run's {@link
 * Spool}. They are not called. In the plan each has a stand-in of its name, which writes only what is not durable, and reads nothing but what
 * other stand-ins write that it descends from, so that what is stored keeps its order. Immutable.
 */
public final class RestoredOutputs {
    private static final String WHY =
            "an earlier attempt of the run has computed it, and what was not durable yet is stored from the spool";

    static final RestoredOutputs NONE = new RestoredOutputs(Pipeline.of(), Map.of(), SpooledOutputs.NONE);

    private final Map<String, Node> standIns = new LinkedHashMap<>(); // by name
    private final Map<String, List<DatasetRef<?>>> toStore = new LinkedHashMap<>(); // by name
    private final SpooledOutputs spooled;

    /**
     * @param all all nodes that were asked for
     * @param restored which of them are restored, and what of each is not durable
     * @param spooled where that is
     */
    RestoredOutputs(Pipeline all, Map<Node, List<DatasetRef<?>>> restored, SpooledOutputs spooled) {
        this.spooled = spooled;
        restored.forEach((node, outputs) -> toStore.put(node.name(), outputs));
        restored.forEach((node, outputs) -> standIns.put(node.name(), standIn(node, ancestors(all, node), outputs)));
    }

    /** Those outputs that are to be stored and that a node descends from, without others between them. */
    private Set<DatasetRef<?>> ancestors(Pipeline all, Node node) {
        Set<DatasetRef<?>> found = new LinkedHashSet<>();
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            for (DatasetRef<?> input : open.pop().inputs()) {
                Node writer = all.writerOf(input.name());
                if (writer == null) {
                    continue;
                }
                Optional<DatasetRef<?>> stored = toStore.getOrDefault(writer.name(), List.of()).stream()
                        .filter(output -> output.baseName().equals(input.baseName()))
                        .findFirst();
                stored.ifPresent(found::add);
                if (stored.isEmpty() && seen.add(writer)) {
                    open.push(writer);
                }
            }
        }
        return found;
    }

    @SuppressWarnings("unchecked") // its function is never called, so of what type the values are does not matter
    private static Node standIn(Node node, Set<DatasetRef<?>> inputs, List<DatasetRef<?>> outputs) {
        List<DatasetRef<Object>> reads = (List<DatasetRef<Object>>) (List<?>) List.copyOf(inputs);
        List<DatasetRef<Object>> writes = (List<DatasetRef<Object>>) (List<?>) outputs;
        NamedNode named = Node.named(node.shortName());
        Node made = reads.isEmpty()
                ? named.readsNothing().writesList(writes).by(() -> List.of())
                : named.readsList(reads).writesList(writes).by(values -> List.of());
        return made.withNamespace(node.namespace()).withConfirms(node.confirms().toArray(new DatasetRef<?>[0]));
    }

    /**
     * What stands in the plan for a node.
     *
     * @param node a node of the run
     * @return its stand-in, or the node itself if it is not restored
     */
    Node inPlaceOf(Node node) {
        return standIns.getOrDefault(node.name(), node);
    }

    /** The files that are going to be stored, by the full name of the dataset. */
    Map<String, Path> files() {
        Map<String, Path> files = new TreeMap<>();
        toStore.values().forEach(outputs -> outputs.forEach(output -> files.put(output.name(), spooled.file(output))));
        return files;
    }

    /** @return how many nodes are restored */
    public int count() {
        return standIns.size();
    }

    /**
     * @param node a node of the run, or what stands for it in the plan
     * @return why it is not called; empty if it is not restored
     */
    public Optional<String> why(Node node) {
        return standIns.containsKey(node.name()) ? Optional.of(WHY) : Optional.empty();
    }

    /**
     * @param standIn what stands in the plan for a node that is restored
     * @param spool the spool of the run
     * @return the bytes of each of its outputs, in their order; the caller owns them
     */
    public List<Content> contents(Node standIn, Spool spool) {
        return standIn.outputs().stream()
                .map(output -> spool.restored(output.name(), spooled.content(output)))
                .toList();
    }
}
