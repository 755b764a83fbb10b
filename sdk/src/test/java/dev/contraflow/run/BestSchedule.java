package dev.contraflow.run;

import dev.contraflow.run.RunShape.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The shortest makespan of a small run, by looking at all schedules: uniform-cost search over what has begun and how much of it is left. A job
 * begins when another ends or at the start, which is enough for an optimum, since beginning a job earlier never hurts here. All times are whole
 * seconds, and the total bandwidth is that of all channels, so that no transfer slows another down.
 */
final class BestSchedule {
    private static final int WAITING = -1;

    private final RunShape shape;
    private final List<Job> jobs = new ArrayList<>();
    private final List<Set<Integer>> savedBy = new ArrayList<>(); // of each node, the jobs that store its outputs

    private record Job(int seconds, boolean isNode, Set<Integer> after, int step) {}

    /** @param left of each job what is left: its whole time before it begins (as WAITING), 0 when it has ended */
    private record State(int time, int[] left) {}

    private BestSchedule(RunShape shape, boolean inParts) {
        this.shape = shape;
        Map<String, Set<Integer>> there = new HashMap<>();
        for (String input : shape.inputs()) {
            there.put(input, transfers(input, Set.of(), inParts));
        }
        int previous = -1;
        for (int i = 0; i < shape.steps().size(); i++) {
            Step step = shape.steps().get(i);
            Set<Integer> after = new HashSet<>();
            step.inputs().forEach(input -> after.addAll(there.getOrDefault(input, Set.of())));
            if (shape.lanes() == 1 && previous >= 0) {
                after.add(previous);
            }
            previous = add(new Job((int) step.compute().toSeconds(), true, after, i));
            Set<Integer> saves = new HashSet<>();
            for (String output : step.outputs()) {
                there.put(output, Set.of(previous));
                if (!shape.inMemory().contains(output)) {
                    saves.addAll(transfers(output, Set.of(previous), inParts));
                }
            }
            savedBy.add(saves);
        }
    }

    private int add(Job job) {
        jobs.add(job);
        return jobs.size() - 1;
    }

    private Set<Integer> transfers(String dataset, Set<Integer> after, boolean inParts) {
        int bytes = (int) shape.size(dataset);
        int latency = (int) shape.store().latency().toSeconds();
        Set<Integer> made = new HashSet<>();
        for (int part = 0; part < (inParts ? bytes : 1); part++) {
            made.add(add(new Job(inParts ? 1 : latency + bytes, false, after, -1)));
        }
        return made;
    }

    /**
     * @param inParts whether objects are moved byte by byte on as many channels as there are, which needs a latency of zero; else in one piece
     * @return the seconds that the best schedule takes
     */
    static int seconds(RunShape shape, boolean inParts) {
        return new BestSchedule(shape, inParts).search();
    }

    private int search() {
        PriorityQueue<State> open = new PriorityQueue<>(Comparator.comparingInt(State::time));
        Set<String> seen = new HashSet<>();
        int[] begin = new int[jobs.size()];
        Arrays.fill(begin, WAITING);
        open.add(new State(0, begin));
        while (!open.isEmpty()) {
            State state = open.remove();
            if (Arrays.stream(state.left).allMatch(left -> left == 0)) {
                return state.time;
            }
            if (seen.add(Arrays.toString(state.left))) {
                begin(state, state.left.clone(), 0, open);
            }
        }
        throw new AssertionError("the run cannot end: " + shape);
    }

    /** Every choice of what begins now, each once. */
    private void begin(State state, int[] left, int from, PriorityQueue<State> open) {
        boolean isLast = true;
        for (int i = from; i < left.length && isLast; i++) {
            if (left[i] == WAITING && mayBegin(i, left)) {
                isLast = false;
                begin(state, left, i + 1, open);
                int[] begun = left.clone();
                begun[i] = jobs.get(i).seconds;
                begin(state, begun, i + 1, open);
            }
        }
        if (isLast) {
            goOn(state, left, open);
        }
    }

    private void goOn(State state, int[] left, PriorityQueue<State> open) {
        int step = Arrays.stream(left).filter(l -> l > 0).min().orElse(0);
        int[] next = Arrays.stream(left).map(l -> l > 0 ? l - step : l).toArray();
        if (!Arrays.equals(next, state.left)) {
            open.add(new State(state.time + step, next));
        }
    }

    private boolean mayBegin(int i, int[] left) {
        Job job = jobs.get(i);
        long busy = 0;
        for (int other = 0; other < left.length; other++) {
            busy += left[other] > 0 && jobs.get(other).isNode == job.isNode ? 1 : 0;
        }
        boolean isPlaceFree = busy < (job.isNode ? shape.lanes() : shape.store().channels());
        return isPlaceFree
                && job.after.stream().allMatch(before -> left[before] == 0)
                && (!job.isNode || hasMemory(job, left));
    }

    private boolean hasMemory(Job node, int[] left) {
        long own = stored(node.step);
        long held = 0;
        for (Job other : jobs) {
            boolean hasBegun = other.isNode && left[jobs.indexOf(other)] != WAITING;
            boolean isSaved = other.isNode && savedBy.get(other.step).stream().allMatch(save -> left[save] == 0);
            held += hasBegun && !isSaved ? stored(other.step) : 0;
        }
        return held + own <= Math.max(shape.memory(), own);
    }

    private long stored(int step) {
        return shape.steps().get(step).outputs().stream()
                .filter(output -> !shape.inMemory().contains(output))
                .mapToLong(shape::size)
                .sum();
    }
}
