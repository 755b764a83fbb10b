package dev.contraflow.run;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A run as plain numbers: what {@link LowerBound} works on. Every dataset that a step reads and none writes is an input, which the run loads
 * once; every dataset that a step writes is stored. Those that {@code inMemory} names are neither loaded nor stored. Immutable.
 *
 * @param steps the nodes, each after those whose outputs it reads
 * @param sizes how many bytes each dataset is stored as; what is in memory only may be left out
 * @param inMemory the datasets that live in memory only
 * @param store what the storage can do
 * @param memory how many bytes the run may hold of what is not stored yet, disk for spilling included; {@code Long.MAX_VALUE} for no limit
 * @param lanes how many nodes may compute at once; if it is 1 they run in the order given
 */
public record RunShape(
        List<Step> steps, Map<String, Long> sizes, Set<String> inMemory, Store store, long memory, int lanes) {
    /**
     * @throws IllegalArgumentException if a dataset has no size or two writers, a step reads what a later one writes, or a number is out of
     *     its range
     */
    public RunShape {
        steps = List.copyOf(steps);
        sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
        inMemory = Set.copyOf(inMemory);
        Objects.requireNonNull(store, "store is null");
        if (memory < 0 || lanes < 1) {
            throw new IllegalArgumentException("memory is " + memory + ", lanes is " + lanes);
        }
        check(steps, sizes, inMemory);
    }

    private static void check(List<Step> steps, Map<String, Long> sizes, Set<String> inMemory) {
        Set<String> written = new HashSet<>();
        Set<String> readBefore = new HashSet<>();
        for (Step step : steps) {
            readBefore.addAll(step.inputs());
            for (String output : step.outputs()) {
                if (!written.add(output) || readBefore.contains(output)) {
                    throw new IllegalArgumentException("'" + output + "' is written by '" + step.name()
                            + "', but also by another step, or read before");
                }
            }
        }
        readBefore.addAll(written);
        readBefore.removeAll(inMemory);
        for (String dataset : readBefore) {
            Long size = sizes.get(dataset);
            if (size == null || size < 0) {
                throw new IllegalArgumentException("The size of '" + dataset + "' is " + size);
            }
        }
    }

    /**
     * One node. Immutable.
     *
     * @param name its name
     * @param compute how long its function takes
     * @param inputs the datasets that it reads
     * @param outputs the datasets that it writes
     */
    public record Step(String name, Duration compute, List<String> inputs, List<String> outputs) {
        /** @throws IllegalArgumentException if the time is negative */
        public Step {
            if (compute.isNegative()) {
                throw new IllegalArgumentException(name + " takes " + compute);
            }
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }

        double seconds() {
            return compute.toNanos() / 1e9;
        }
    }

    /**
     * What a storage can do: a request waits for the latency, then its bytes move at the rate of one connection, or at its share of the total.
     * An object may be moved in parts, on several connections at once. Immutable.
     *
     * @param latency how long a request takes before its first byte
     * @param connection bytes a second on one connection; infinite if they take no time
     * @param total bytes a second on all connections together; may be infinite
     * @param channels how many requests may be under way at once
     */
    public record Store(Duration latency, double connection, double total, int channels) {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Store {
            boolean isOk = !latency.isNegative() && connection > 0 && total > 0 && channels > 0;
            if (!isOk) {
                throw new IllegalArgumentException("latency " + latency + ", connection " + connection + ", total "
                        + total + ", channels " + channels);
            }
        }

        double latencySeconds() {
            return latency.toNanos() / 1e9;
        }

        /** What one object takes at least, in parts on all channels: {@code x} in the formulae of {@link LowerBound}. */
        double fastest(long bytes) {
            return latencySeconds() + bytes / Math.min(total, channels * connection);
        }

        /** How much of the channels' time one object takes at least: {@code w} in the formulae of {@link LowerBound}. */
        double channelTime(long bytes) {
            return latencySeconds() + bytes / connection;
        }
    }

    /**
     * The same run on another storage.
     *
     * @param other what it can do
     * @return a new shape
     */
    public RunShape withStore(Store other) {
        return new RunShape(steps, sizes, inMemory, other, memory, lanes);
    }

    /** @return the inputs that are loaded, in the order of their first use */
    public List<String> inputs() {
        Set<String> written = new HashSet<>(outputs());
        return steps.stream()
                .flatMap(step -> step.inputs().stream())
                .filter(input -> !written.contains(input) && !inMemory.contains(input))
                .distinct()
                .toList();
    }

    /** @return the outputs that are stored, in the order in which they are written */
    public List<String> outputs() {
        return steps.stream()
                .flatMap(step -> step.outputs().stream())
                .filter(output -> !inMemory.contains(output))
                .toList();
    }

    /** @return what a plain run takes in this model: one node at a time, one load or save at a time, each on one connection */
    public Duration plain() {
        double rate = Math.min(store.connection(), store.total());
        double seconds = 0;
        for (Step step : steps) {
            seconds += step.seconds();
            for (List<String> side : List.of(step.inputs(), step.outputs())) {
                for (String dataset : side) {
                    seconds += inMemory.contains(dataset) ? 0 : store.latencySeconds() + size(dataset) / rate;
                }
            }
        }
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    long size(String dataset) {
        return Objects.requireNonNull(sizes.get(dataset), dataset);
    }
}
