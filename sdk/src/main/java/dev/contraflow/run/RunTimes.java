package dev.contraflow.run;

import dev.contraflow.run.ObservedRun.Moment;
import dev.contraflow.run.ObservedRun.NodeTimes;
import dev.contraflow.run.RunReport.Cause;
import dev.contraflow.run.RunReport.Stall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where the time of a run went: every moment has one cause, the first of {@link Cause} that some thread gives it. What is waited for ends with a
 * dataset; the time since the one before is that dataset's. Used by one thread.
 */
final class RunTimes {
    private final ObservedRun run;
    private final List<Interval> intervals = new ArrayList<>();
    private final Map<Cause, Long> times = new EnumMap<>(Cause.class);
    private final Map<Interval, Long> stalls = new HashMap<>(); // by cause and dataset, without times

    private record Interval(Cause cause, String dataset, long start, long end) {}

    RunTimes(ObservedRun run) {
        this.run = run;
        long first = run.end;
        long last = 0;
        for (NodeTimes node : run.nodes.values()) {
            long ended = node.ended >= 0 ? node.ended : run.end;
            add(node, ended);
            first = Math.min(first, node.ready);
            last = Math.max(last, ended);
        }
        intervals.add(new Interval(Cause.BEGIN, "", 0, first));
        if (!run.nodes.isEmpty()) {
            split(Cause.TAIL, last, run.end, run.durable);
        }
        sweep();
    }

    private void add(NodeTimes node, long ended) {
        split(Cause.MEMORY, node.ready, node.started, run.durable);
        long called = node.called >= 0 ? node.called : ended;
        split(Cause.LOAD, node.started, called, node.loaded);
        if (node.called >= 0) {
            intervals.add(new Interval(Cause.COMPUTE, "", called, node.hasReturned() ? node.returned : ended));
        }
        if (node.hasReturned()) {
            split(Cause.SAVE, node.returned, ended, node.saved);
        }
    }

    private void split(Cause cause, long from, long to, List<Moment> moments) {
        long before = from;
        for (int i = firstAfter(from, moments);
                i < moments.size() && moments.get(i).at() <= to;
                i++) {
            Moment moment = moments.get(i);
            intervals.add(new Interval(cause, moment.dataset(), before, moment.at()));
            before = moment.at();
        }
    }

    private static int firstAfter(long from, List<Moment> moments) {
        int low = 0;
        int high = moments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (moments.get(middle).at() <= from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private record Change(long at, int interval, boolean isBegin) {}

    private void sweep() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < intervals.size(); i++) {
            Interval interval = intervals.get(i);
            if (interval.end > interval.start) {
                changes.add(new Change(interval.start, i, true));
                changes.add(new Change(interval.end, i, false));
            }
        }
        changes.sort(Comparator.comparingLong(Change::at));
        TreeSet<Integer> active = new TreeSet<>(Comparator.<Integer, Cause>comparing(i -> intervals.get(i).cause)
                .thenComparing(i -> i));
        long before = 0;
        for (Change change : changes) {
            give(change.at - before, active);
            before = change.at;
            if (change.isBegin) {
                active.add(change.interval);
            } else {
                active.remove(change.interval);
            }
        }
        give(run.end - before, active);
    }

    private void give(long time, SortedSet<Integer> active) {
        if (time <= 0) {
            return;
        }
        Interval top = active.isEmpty() ? new Interval(Cause.SCHEDULING, "", 0, 0) : intervals.get(active.first());
        times.merge(top.cause, time, Long::sum);
        if (!top.dataset.isEmpty()) {
            stalls.merge(new Interval(top.cause, top.dataset, 0, 0), time, Long::sum);
        }
    }

    Map<Cause, Duration> times() {
        Map<Cause, Duration> all = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            all.put(cause, Duration.ofNanos(times.getOrDefault(cause, 0L)));
        }
        return all;
    }

    /** The longest first; of equal ones by cause and name. */
    List<Stall> stalls() {
        return stalls.entrySet().stream()
                .map(e -> new Stall(e.getKey().cause, e.getKey().dataset, Duration.ofNanos(e.getValue())))
                .sorted(Comparator.comparing(Stall::time)
                        .reversed()
                        .thenComparing(Stall::cause)
                        .thenComparing(Stall::dataset))
                .toList();
    }
}
