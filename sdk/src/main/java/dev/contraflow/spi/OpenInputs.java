package dev.contraflow.spi;

import dev.contraflow.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the inputs of running nodes hold open. Thread-safe. */
final class OpenInputs {
    private final Map<Node, List<Runnable>> closers = new ConcurrentHashMap<>();

    /** Notes what is to be done when a node ends. */
    void add(Node node, Runnable closer) {
        closers.compute(node, (key, known) -> {
            List<Runnable> all = known == null ? new ArrayList<>() : known;
            all.add(closer);
            return all;
        });
    }

    /** Does it, in the order in which it was noted. */
    void close(Node node) {
        List<Runnable> all = closers.remove(node);
        if (all != null) {
            all.forEach(Runnable::run);
        }
    }
}
