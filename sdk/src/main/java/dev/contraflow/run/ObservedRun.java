package dev.contraflow.run;

import dev.contraflow.run.RunShape.Step;
import dev.contraflow.run.RunShape.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a run say, put in order: moments in nanoseconds since its begin, datasets without their views. Used by one thread.
 */
final class ObservedRun {
    private static final int UNKNOWN = -1;

    final long end;
    final Map<String, NodeTimes> nodes = new LinkedHashMap<>(); // in the order in which they began
    final List<Transfer> transfers = new ArrayList<>();
    final List<Load> loads = new ArrayList<>();
    final List<Moment> durable = new ArrayList<>();
    final Set<String> persistent = new HashSet<>();
    int unchanged; // outputs that were stored already
    final Map<String, Long> sizes = new HashMap<>();
    final Map<String, Long> computedAt = new HashMap<>();
    int retries;
    int failures;
    private final Instant begin;

    /** A moment at which something about a dataset happened. */
    record Moment(long at, String dataset) {}

    /**
     * A dataset on its way.
     *
     * @param isTimed whether start and end are those of the transfer, and nothing else was waited for
     */
    record Transfer(String dataset, boolean isLoad, long start, long end, long bytes, boolean isTimed) {
        long took() {
            return end - start;
        }
    }

    /** An input that a node got. */
    record Load(String dataset, RunEvent.Source source, long took) {}

    /** When the steps of a node were; UNKNOWN for what has not been. */
    static final class NodeTimes {
        final String name;
        final long ready;
        final long started;
        long called = UNKNOWN;
        long returned = UNKNOWN;
        long ended = UNKNOWN;
        Duration computed = Duration.ZERO;
        final Set<String> inputs = new LinkedHashSet<>();
        final Set<String> outputs = new LinkedHashSet<>();
        final List<Moment> loaded = new ArrayList<>();
        final List<Moment> saved = new ArrayList<>(); // taken over or durable

        NodeTimes(String name, long ready, long started) {
            this.name = name;
            this.ready = ready;
            this.started = started;
        }

        boolean hasReturned() {
            return returned >= 0;
        }
    }

    ObservedRun(List<RunEvent> events, Duration took) {
        this.begin = events.stream()
                .filter(RunEvent.RunStarted.class::isInstance)
                .map(RunEvent.RunStarted.class::cast)
                .map(started -> started.at().minus(started.prepared()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the run has not begun"));
        this.end = took.toNanos();
        events.forEach(this::see);
        durable.sort(Comparator.comparingLong(Moment::at));
    }

    /** The wall clock may have been set in between; nothing was before the begin or after the end. */
    private long at(RunEvent event) {
        return Math.max(0, Math.min(end, Duration.between(begin, event.at()).toNanos()));
    }

    private long before(RunEvent event, Duration took) {
        return Math.max(0, at(event) - took.toNanos());
    }

    static String base(String dataset) {
        return Objects.requireNonNull(dataset.split("@", 2)[0]);
    }

    private void see(RunEvent event) {
        if (event instanceof RunEvent.NodeStarted e) {
            nodes.put(e.node(), new NodeTimes(e.node(), before(e, e.waited()), at(e)));
        } else if (event instanceof RunEvent.Retrying) {
            retries++;
        } else if (event instanceof RunEvent.LoadFailed || event instanceof RunEvent.SaveFailed) {
            failures++;
        } else if (event instanceof RunEvent.DatasetFetched e) {
            seeFetched(e);
        } else if (event instanceof RunEvent.SaveStarted e) {
            persistent.add(base(e.dataset()));
        } else if (event instanceof RunEvent.DatasetDurable e) {
            seeDurable(e);
        } else {
            seeOfNode(event);
        }
    }

    private void seeOfNode(RunEvent event) {
        if (event instanceof RunEvent.DatasetLoaded e && nodes.get(e.node()) != null) {
            seeLoaded(e, need(e.node()));
        } else if (event instanceof RunEvent.NodeCalled e) {
            need(e.node()).called = at(e);
        } else if (event instanceof RunEvent.NodeReturned e) {
            need(e.node()).returned = at(e);
            need(e.node()).computed = e.computed();
        } else if (event instanceof RunEvent.DatasetComputed e) {
            need(e.node()).outputs.add(base(e.dataset()));
            need(e.node()).saved.add(new Moment(at(e), base(e.dataset())));
            computedAt.put(base(e.dataset()), at(e));
        } else if (event instanceof RunEvent.NodeCompleted e) {
            need(e.node()).ended = at(e);
        } else if (event instanceof RunEvent.NodeFailed e && nodes.get(e.node()) != null) {
            need(e.node()).ended = at(e);
        }
    }

    private NodeTimes need(String node) {
        return Objects.requireNonNull(nodes.get(node), node);
    }

    private void seeFetched(RunEvent.DatasetFetched e) {
        String dataset = base(e.dataset());
        persistent.add(dataset);
        sizes.putIfAbsent(dataset, e.bytes());
        transfers.add(new Transfer(dataset, true, before(e, e.took()), at(e), e.bytes(), true));
    }

    private void seeLoaded(RunEvent.DatasetLoaded e, NodeTimes node) {
        String dataset = base(e.dataset());
        node.inputs.add(dataset);
        node.loaded.add(new Moment(at(e), dataset));
        loads.add(new Load(dataset, e.source(), e.took().toNanos()));
        if (e.source() == RunEvent.Source.STORAGE && e.bytes() == null) { // opaque: nobody else has told of it
            persistent.add(dataset);
            boolean isTimed = !computedAt.containsKey(dataset); // else it may have waited for its save
            transfers.add(new Transfer(dataset, true, before(e, e.took()), at(e), 0, isTimed));
        }
    }

    private void seeDurable(RunEvent.DatasetDurable e) {
        String dataset = base(e.dataset());
        boolean isUnchanged = e.attempt() == 0; // nothing was sent
        long size = e.stored() == null || isUnchanged ? 0 : e.stored().size();
        persistent.add(dataset);
        sizes.put(dataset, size);
        durable.add(new Moment(at(e), dataset));
        if (isUnchanged) {
            unchanged++;
        } else {
            transfers.add(new Transfer(dataset, false, before(e, e.took()), at(e), size, true));
        }
        NodeTimes node = nodes.get(e.node());
        if (node != null) {
            node.saved.add(new Moment(at(e), dataset));
        }
    }

    // ---- what follows from it

    /** How many nodes were at work at once, at most. */
    int lanes() {
        List<long[]> changes = new ArrayList<>();
        for (NodeTimes node : nodes.values()) {
            long until = node.ended >= 0 ? node.ended : end;
            changes.add(new long[] {node.started, 1});
            changes.add(new long[] {until, -1});
        }
        return (int) Math.max(1, peak(changes));
    }

    /** The most bytes that were computed and not yet durable. */
    long peakUndurable() {
        List<long[]> changes = new ArrayList<>();
        for (Moment end : durable) {
            long size = sizes.getOrDefault(end.dataset, 0L);
            changes.add(new long[] {computedAt.getOrDefault(end.dataset, end.at), size});
            changes.add(new long[] {end.at, -size});
        }
        return peak(changes);
    }

    /** The highest sum; what ends at a moment has ended before what begins then. */
    private static long peak(List<long[]> changes) {
        changes.sort(Comparator.<long[]>comparingLong(change -> change[0]).thenComparingLong(change -> change[1]));
        long sum = 0;
        long peak = 0;
        for (long[] change : changes) {
            sum += change[1];
            peak = Math.max(peak, sum);
        }
        return peak;
    }

    /** The run as plain numbers, as far as its nodes have returned. */
    RunShape shape(Store store) {
        List<Step> steps = new ArrayList<>();
        Set<String> inMemory = new HashSet<>();
        Map<String, Long> known = new HashMap<>(sizes);
        Set<String> restored = new HashSet<>(); // computed by an earlier attempt: their readers need no load
        durable.stream()
                .map(Moment::dataset)
                .filter(d -> !computedAt.containsKey(d))
                .forEach(restored::add);
        for (NodeTimes node : nodes.values()) {
            if (node.hasReturned()) {
                steps.add(new Step(node.name, node.computed, List.copyOf(node.inputs), List.copyOf(node.outputs)));
                for (Collection<String> side : List.of(node.inputs, node.outputs)) {
                    side.stream()
                            .filter(d -> !persistent.contains(d) || restored.contains(d))
                            .forEach(inMemory::add);
                    side.forEach(dataset -> known.putIfAbsent(dataset, 0L));
                }
            }
        }
        return new RunShape(steps, known, inMemory, store, Long.MAX_VALUE, lanes());
    }

    /**
     * What the storage has been seen to do: the latency is the shortest transfer, the rate of a connection that of the fastest object beyond
     * the latency, the total the highest sum of rates. How many channels there are nobody has seen.
     */
    Store store() {
        List<Transfer> timed = transfers.stream().filter(Transfer::isTimed).toList();
        long latency = timed.stream().mapToLong(Transfer::took).min().orElse(0);
        double fastest = 0;
        List<long[]> changes = new ArrayList<>();
        for (Transfer transfer : timed) {
            if (transfer.bytes > 0 && transfer.took() > latency) {
                double rate = transfer.bytes / ((transfer.took() - latency) / 1e9);
                fastest = Math.max(fastest, rate);
                changes.add(new long[] {transfer.start + latency, Math.round(rate)});
                changes.add(new long[] {transfer.end, -Math.round(rate)});
            }
        }
        double connection = fastest == 0 ? Double.POSITIVE_INFINITY : fastest;
        return new Store(
                Duration.ofNanos(latency), connection, Math.max(connection, (double) peak(changes)), Integer.MAX_VALUE);
    }

    /** What the loads would have taken, each reader for itself. */
    long loadsOneByOne() {
        return loads.stream().mapToLong(this::alone).sum();
    }

    private long alone(Load load) {
        if (!persistent.contains(load.dataset)) {
            return 0;
        }
        boolean isItsOwn = load.source == RunEvent.Source.STORAGE && !hasUntimed(load.dataset);
        return isItsOwn ? load.took : typical().getOrDefault(load.dataset, 0L);
    }

    private boolean hasUntimed(String dataset) {
        return untimed().contains(dataset);
    }

    private @Nullable Set<String> untimed;
    private @Nullable Map<String, Long> typical;

    private Set<String> untimed() {
        if (untimed == null) {
            untimed = new HashSet<>();
            transfers.stream().filter(t -> !t.isTimed).map(Transfer::dataset).forEach(untimed::add);
        }
        return untimed;
    }

    /** What one transfer of each dataset takes: as it was fetched, or else as it was saved. */
    private Map<String, Long> typical() {
        if (typical == null) {
            Map<String, Long> found = new HashMap<>();
            transfers.stream().filter(t -> t.isTimed && !t.isLoad).forEach(t -> found.put(t.dataset, t.took()));
            transfers.stream().filter(t -> t.isTimed && t.isLoad).forEach(t -> found.put(t.dataset, t.took()));
            typical = found;
        }
        return typical;
    }

    /** What the saves took, one after the other. */
    long savesOneByOne() {
        return transfers.stream()
                .filter(t -> !t.isLoad)
                .mapToLong(Transfer::took)
                .sum();
    }

    long bytes(boolean isLoad) {
        return transfers.stream()
                .filter(t -> t.isLoad == isLoad)
                .mapToLong(Transfer::bytes)
                .sum();
    }

    int count(boolean isLoad) {
        return (int) transfers.stream().filter(t -> t.isLoad == isLoad).count();
    }
}
