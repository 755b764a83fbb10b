package dev.contraflow.plugins.tee;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Saves that wait for a place. The largest is next: begun late it would be the tail of the run, and it frees the most memory (longest
 * processing time first: Graham, "Bounds on multiprocessing timing anomalies", 1969). But one that has seen enough others begin is next whatever
 * its size, so none waits for ever. Not thread-safe.
 */
final class SaveQueue {
    private final int patience;
    private final Map<String, Waiting> inOrder = new LinkedHashMap<>(); // the oldest first
    private final TreeSet<Waiting> bySize = new TreeSet<>(
            Comparator.comparingLong((Waiting save) -> -save.bytes).thenComparing(Waiting::number));
    private long number;
    private long begun;

    private record Waiting(String dataset, long bytes, long number, long begunBefore) {}

    /** @param patience how many others may begin before one that waits */
    SaveQueue(int patience) {
        this.patience = patience;
    }

    void add(String dataset, long bytes) {
        Waiting save = new Waiting(dataset, bytes, number++, begun);
        inOrder.put(dataset, save);
        bySize.add(save);
    }

    boolean isEmpty() {
        return inOrder.isEmpty();
    }

    void remove(String dataset) {
        Waiting save = inOrder.remove(dataset);
        if (save != null) {
            bySize.remove(save);
        }
    }

    /** @return the one that begins now; null if none waits */
    @Nullable
    String next() {
        if (inOrder.isEmpty()) {
            return null;
        }
        Waiting oldest = inOrder.values().iterator().next();
        Waiting next = begun - oldest.begunBefore >= patience ? oldest : bySize.first();
        remove(next.dataset);
        begun++;
        return next.dataset;
    }
}
