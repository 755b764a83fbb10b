package dev.contraflow.run;

import dev.contraflow.run.RunShape.Step;
import dev.contraflow.run.RunShape.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What no schedule of a run can beat, whatever overlaps with what: every input is loaded once, every output is stored, objects may be cut into
 * parts. Five bounds that each hold on their own; the bound of the run is the largest. The makespan divided by it says how far from perfect a
 * run was: {@code eta = bound / makespan}. Immutable.
 *
 * <p>Symbols: a dataset {@code d} of {@code s} bytes; {@code L}, {@code b}, {@code B}, {@code k} of {@link Store}; {@code M} the memory; {@code w
 * = L + s/b}; {@code x = L + s/min(B, k b)}; {@code r} the earliest moment at which a dataset can have been computed, its release.
 */
public final class LowerBound {
    /** The kinds of bound. */
    public enum Kind {
        /**
         * LB1, compute. With one lane, by recursion over the nodes in their order: a node ends no earlier than the one before it plus its own
         * time, nor before the inputs needed so far have come, which takes at least {@code x} of each, {@code L} plus their bytes over {@code
         * B}, and the sum of their {@code w} over {@code k}. With m lanes, the larger of the longest path and {@code h + sum of all times / m},
         * where {@code h} is what has to be loaded before any node can begin (Graham 1966: neither can be beaten).
         */
        COMPUTE,
        /** LB2, the longest path with its tail: {@code max (r + x)} over what is stored. */
        TAIL,
        /**
         * LB3, machines with heads (Carlier 1982, for one machine; here k channels): for the saves released at {@code r} or later, the larger
         * of {@code r + sum of w / k} and {@code r + L + sum of s / B}; only the suffixes in the order of release need be looked at.
         */
        SAVES,
        /** LB4, everything that is moved: the larger of {@code sum of w / k} and {@code sum of s / B}. */
        TRANSFERS,
        /**
         * LB5, memory, taken when a node begins, in a fixed order on one lane: before node j begins, all but {@code M} of what has been written
         * so far, its own outputs included, has been stored, which cannot begin before the first release {@code r1}: {@code r1 + (P - M) / B},
         * then what is left from j on: its nodes one after the other, each with the tail {@code x} of its outputs. A node whose own outputs exceed {@code M} waits for all others.
         */
        MEMORY
    }

    /**
     * One bound.
     *
     * @param kind which
     * @param time the run takes at least so long
     * @param because the node or dataset at which the maximum is, or an empty text
     */
    public record Bound(Kind kind, Duration time, String because) {}

    private static final int MOST_WITH_ANCESTORS = 5_000;

    private final RunShape shape;
    private final Store store;
    private final Map<String, Double> release = new LinkedHashMap<>(); // of what is stored, in seconds
    private final Map<Kind, Bound> bounds = new LinkedHashMap<>();

    private LowerBound(RunShape shape) {
        this.shape = shape;
        this.store = shape.store();
        double compute = shape.lanes() == 1 ? releaseInOrder() : releaseOnLanes();
        bounds.put(Kind.COMPUTE, bound(Kind.COMPUTE, compute, ""));
        bounds.put(Kind.TAIL, tail());
        bounds.put(Kind.SAVES, saves());
        bounds.put(Kind.TRANSFERS, transfers());
        bounds.put(Kind.MEMORY, memory());
    }

    /**
     * The bounds of a run.
     *
     * @param shape the run
     * @return its bounds
     */
    public static LowerBound of(RunShape shape) {
        return new LowerBound(shape);
    }

    private static Bound bound(Kind kind, double seconds, String because) {
        return new Bound(kind, Duration.ofNanos(Math.round(seconds * 1e9)), because);
    }

    // ---- LB1

    private double releaseInOrder() {
        Set<String> inputs = new HashSet<>(shape.inputs());
        double time = 0;
        double bytes = 0;
        double channelTime = 0;
        for (Step step : shape.steps()) {
            for (String input : step.inputs()) {
                if (inputs.remove(input)) { // once
                    long size = shape.size(input);
                    bytes += size;
                    channelTime += store.channelTime(size);
                    time = Math.max(time, store.fastest(size));
                    time = Math.max(time, store.latencySeconds() + bytes / store.total());
                    time = Math.max(time, channelTime / store.channels());
                }
            }
            time += step.seconds();
            released(step, time);
        }
        return time;
    }

    private void released(Step step, double time) {
        step.outputs().stream()
                .filter(output -> !shape.inMemory().contains(output))
                .forEach(output -> release.put(output, time));
    }

    private double releaseOnLanes() {
        Set<String> inputs = new HashSet<>(shape.inputs());
        Map<String, Integer> writers = new HashMap<>();
        int count = shape.steps().size();
        double[] ends = new double[count];
        BitSet[] ancestors = new BitSet[count];
        double head = head(inputs);
        double longest = 0;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            Step step = shape.steps().get(i);
            BitSet before = new BitSet();
            double begin = head;
            for (String input : step.inputs()) {
                Integer writer = writers.get(input);
                if (writer != null) {
                    addAncestors(writer, ancestors, before);
                    begin = Math.max(begin, ends[writer]);
                } else if (inputs.contains(input)) {
                    begin = Math.max(begin, store.fastest(shape.size(input)));
                }
            }
            ancestors[i] = before;
            double work = before.stream()
                            .mapToDouble(at -> shape.steps().get(at).seconds())
                            .sum()
                    + step.seconds();
            ends[i] = Math.max(begin + step.seconds(), head + work / shape.lanes());
            for (String output : step.outputs()) {
                writers.put(output, i);
            }
            released(step, ends[i]);
            longest = Math.max(longest, ends[i]);
            sum += step.seconds();
        }
        return Math.max(longest, head + sum / shape.lanes());
    }

    /** The square of the nodes in bits: of very many nodes the work of ancestors is left out, which leaves a bound. */
    private static void addAncestors(int writer, BitSet[] ancestors, BitSet to) {
        if (ancestors.length <= MOST_WITH_ANCESTORS) {
            to.set(writer);
            to.or(ancestors[writer]);
        }
    }

    /** No node begins before some node without a parent can. */
    private double head(Set<String> inputs) {
        Set<String> written =
                shape.steps().stream().flatMap(step -> step.outputs().stream()).collect(Collectors.toSet());
        return shape.steps().stream()
                .filter(step -> step.inputs().stream().noneMatch(written::contains))
                .mapToDouble(step -> step.inputs().stream()
                        .filter(inputs::contains)
                        .mapToDouble(input -> store.fastest(shape.size(input)))
                        .max()
                        .orElse(0))
                .min()
                .orElse(0);
    }

    // ---- LB2 to LB5

    private double tailOf(String output) {
        return Objects.requireNonNull(release.get(output)) + store.fastest(shape.size(output));
    }

    private Bound tail() {
        return release.keySet().stream()
                .max(Comparator.comparingDouble(this::tailOf))
                .map(output -> bound(Kind.TAIL, tailOf(output), output))
                .orElseGet(() -> bound(Kind.TAIL, 0, ""));
    }

    private Bound saves() {
        List<Map.Entry<String, Double>> latestFirst = new ArrayList<>(release.entrySet());
        latestFirst.sort(Map.Entry.<String, Double>comparingByValue().reversed());
        double channelTime = 0;
        double bytes = 0;
        double most = 0;
        String because = "";
        for (Map.Entry<String, Double> output : latestFirst) {
            long size = shape.size(output.getKey());
            channelTime += store.channelTime(size);
            bytes += size;
            double rest = Math.max(channelTime / store.channels(), store.latencySeconds() + bytes / store.total());
            if (output.getValue() + rest > most) {
                most = output.getValue() + rest;
                because = output.getKey();
            }
        }
        return bound(Kind.SAVES, most, because);
    }

    private Bound transfers() {
        List<String> all = new ArrayList<>(shape.inputs());
        all.addAll(shape.outputs());
        double channelTime =
                all.stream().mapToDouble(d -> store.channelTime(shape.size(d))).sum();
        double bytes = all.stream().mapToDouble(shape::size).sum();
        return bound(Kind.TRANSFERS, Math.max(channelTime / store.channels(), bytes / store.total()), "");
    }

    private Bound memory() {
        double first =
                release.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double[] rest = restFrom();
        double written = 0;
        double most = 0;
        String because = "";
        for (int i = 0; i < rest.length; i++) {
            Step step = shape.steps().get(i);
            long own = stored(step).mapToLong(shape::size).sum();
            double mustBeGone = written - Math.max(0, (double) shape.memory() - own);
            double time = first + mustBeGone / store.total() + rest[i];
            if (shape.lanes() == 1 && mustBeGone > 0 && time > most) {
                most = time;
                because = step.name();
            }
            written += own;
        }
        return bound(Kind.MEMORY, most, because);
    }

    private Stream<String> stored(Step step) {
        return step.outputs().stream().filter(release::containsKey);
    }

    /** What is left of the run when each node begins: the nodes from it on, and the tails of their outputs. */
    private double[] restFrom() {
        double[] rest = new double[shape.steps().size()];
        double after = 0;
        for (int i = rest.length - 1; i >= 0; i--) {
            Step step = shape.steps().get(i);
            double tail = stored(step)
                    .mapToDouble(output -> store.fastest(shape.size(output)))
                    .max()
                    .orElse(0);
            after = step.seconds() + Math.max(tail, after);
            rest[i] = after;
        }
        return rest;
    }

    // ---- what came out

    /** @return the run */
    public RunShape shape() {
        return shape;
    }

    /** @return each of the five bounds; unmodifiable, in the order of {@link Kind} */
    public List<Bound> all() {
        return List.copyOf(bounds.values());
    }

    /**
     * @param kind a kind
     * @return the bound of that kind; zero if it does not bind
     */
    public Bound of(Kind kind) {
        return Objects.requireNonNull(bounds.get(kind));
    }

    /** @return the largest: the run takes at least so long. Of equal ones the first in the order of {@link Kind} */
    public Bound binding() {
        Bound most = of(Kind.COMPUTE);
        for (Bound bound : bounds.values()) {
            if (bound.time().compareTo(most.time()) > 0) {
                most = bound;
            }
        }
        return most;
    }

    /** @return the time of the largest bound */
    public Duration time() {
        return binding().time();
    }

    /**
     * How much of a makespan could not be avoided.
     *
     * @param makespan how long the run took
     * @return the bound divided by it; 1 if neither took any time
     */
    public double eta(Duration makespan) {
        return makespan.isZero() ? 1 : (double) time().toNanos() / makespan.toNanos();
    }

    @Override
    public String toString() {
        Bound most = binding();
        return String.format(Locale.ROOT, "%.3f s (%s", most.time().toNanos() / 1e9, most.kind())
                + (most.because().isEmpty() ? ")" : " at " + most.because() + ")");
    }
}
