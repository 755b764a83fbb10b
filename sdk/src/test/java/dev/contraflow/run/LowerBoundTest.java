package dev.contraflow.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.run.LowerBound.Kind;
import dev.contraflow.run.RunShape.Step;
import dev.contraflow.run.RunShape.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LowerBoundTest {
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final double NO_TIME = Double.POSITIVE_INFINITY;

    private static Step step(String name, double seconds, List<String> inputs, List<String> outputs) {
        return new Step(name, Duration.ofMillis(Math.round(seconds * 1000)), inputs, outputs);
    }

    private static Store store(int latency, double connection, double total, int channels) {
        return new Store(Duration.ofSeconds(latency), connection, total, channels);
    }

    private static RunShape shape(List<Step> steps, Map<String, Long> sizes, Store store) {
        return new RunShape(steps, sizes, Set.of(), store, NO_LIMIT, 1);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** Kedro-Accelerator's example with ten seconds for each load and save. */
    private static RunShape iris(int channels) {
        return shape(
                List.of(
                        step("split", 0, List.of(), List.of("train_x", "train_y", "test_x", "test_y")),
                        step("train", 0, List.of("train_x", "train_y"), List.of("model")),
                        step("predict", 0, List.of("model", "test_x"), List.of("predictions")),
                        step("report", 0, List.of("predictions", "test_y"), List.of())),
                Map.of("train_x", 1L, "train_y", 1L, "test_x", 1L, "test_y", 1L, "model", 1L, "predictions", 1L),
                store(10, NO_TIME, NO_TIME, channels));
    }

    @Test
    void irisTakesOneDelayAndMoreWithFewerChannels() {
        assertThat(LowerBound.of(iris(6)).time()).isEqualTo(seconds(10));
        assertThat(LowerBound.of(iris(3)).time()).isEqualTo(seconds(20));
        assertThat(LowerBound.of(iris(1)).time()).isEqualTo(seconds(60));
        assertThat(LowerBound.of(iris(1)).binding().kind()).isEqualTo(Kind.SAVES);
        assertThat(iris(6).plain()).isEqualTo(seconds(120));
    }

    @Test
    void aChainTakesItsInputThenItsComputationThenItsTail() {
        Store s3 = new Store(Duration.ofMillis(50), 85e6, 1.25e9, 64);
        List<Step> steps = new ArrayList<>();
        Map<String, Long> sizes = new TreeMap<>(Map.of("d0", 200_000_000L));
        for (int i = 1; i <= 20; i++) {
            steps.add(step("n" + i, 2, List.of("d" + (i - 1)), List.of("d" + i)));
            sizes.put("d" + i, 200_000_000L);
        }
        LowerBound bound = LowerBound.of(shape(steps, sizes, s3));
        // 0.05 + 0.2/1.25 to load, 40 to compute, the same again to save
        assertThat(bound.time()).isEqualTo(seconds(0.21 + 40 + 0.21));
        assertThat(bound.binding().kind()).isEqualTo(Kind.TAIL);
        assertThat(bound.binding().because()).isEqualTo("d20");
        assertThat(bound.of(Kind.COMPUTE).time()).isEqualTo(seconds(40.21));
        assertThat(bound).hasToString("40.420 s (TAIL at d20)");
        assertThat(bound.eta(seconds(80.84))).isEqualTo(0.5);
    }

    @Test
    void whatALittleMemoryHasToWaitFor() {
        List<Step> steps = new ArrayList<>();
        Map<String, Long> sizes = new TreeMap<>();
        for (int i = 1; i <= 12; i++) {
            steps.add(step("n" + i, 2, i == 1 ? List.of() : List.of("d" + (i - 1)), List.of("d" + i)));
            sizes.put("d" + i, 1_000_000_000L);
        }
        Store store = new Store(Duration.ofMillis(50), 40e6, 200e6, 16);
        LowerBound bound = LowerBound.of(new RunShape(steps, sizes, Set.of(), store, 3_000_000_000L, 1));
        // first release 2; nine of twelve gigabytes are gone before the last node begins; it takes 2, its save 5.05
        assertThat(bound.of(Kind.MEMORY).time()).isEqualTo(seconds(2 + 45 + 2 + 5.05));
        assertThat(bound.binding().kind()).isEqualTo(Kind.SAVES); // 2 + 0.05 + 12 / 0.2
        assertThat(bound.time()).isEqualTo(seconds(62.05));
    }

    @Test
    void everyInputOnceAndNothingThatIsInMemory() {
        List<Step> steps = List.of(
                step("a", 1, List.of("in", "params"), List.of("x")), step("b", 2, List.of("in", "x"), List.of("y")));
        RunShape shape =
                new RunShape(steps, Map.of("in", 6L, "y", 2L), Set.of("x", "params"), store(0, 1, 2, 2), NO_LIMIT, 1);
        LowerBound bound = LowerBound.of(shape);
        assertThat(bound.of(Kind.COMPUTE).time()).isEqualTo(seconds(3 + 3));
        assertThat(bound.of(Kind.TAIL).time()).isEqualTo(seconds(6 + 1));
        assertThat(bound.of(Kind.TRANSFERS).time()).isEqualTo(seconds(4));
        assertThat(shape.plain()).isEqualTo(seconds(6 + 1 + 6 + 2 + 2));
    }

    @Test
    void manyLanesAreBoundByTheLongestPathAndByTheSum() {
        List<Step> steps = List.of(
                step("a", 4, List.of("in"), List.of("x")),
                step("b", 4, List.of("in"), List.of("y")),
                step("c", 4, List.of("in"), List.of("z")),
                step("d", 1, List.of("x", "y", "z"), List.of("all")));
        Map<String, Long> sizes = Map.of("in", 2L, "x", 1L, "y", 1L, "z", 1L, "all", 1L);
        Store store = store(0, 1, NO_TIME, 8);
        LowerBound two = LowerBound.of(new RunShape(steps, sizes, Set.of(), store, NO_LIMIT, 2));
        assertThat(two.of(Kind.COMPUTE).time()).isEqualTo(seconds(0.25 + 13 / 2.0));
        LowerBound many = LowerBound.of(new RunShape(steps, sizes, Set.of(), store, NO_LIMIT, 8));
        assertThat(many.of(Kind.COMPUTE).time()).isEqualTo(seconds(0.25 + 5));
        assertThat(many.of(Kind.TAIL).time()).isEqualTo(seconds(0.25 + 5 + 0.125));
    }

    @Test
    void anEmptyRunTakesNoTime() {
        LowerBound bound = LowerBound.of(shape(List.of(), Map.of(), store(1, 1, 1, 1)));
        assertThat(bound.time()).isZero();
        assertThat(bound.eta(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoRun() {
        Step reads = step("reads", 1, List.of("x"), List.of());
        Step writes = step("writes", 1, List.of(), List.of("x"));
        Map<String, Long> sizes = Map.of("x", 1L);
        Store store = store(1, 1, 1, 1);
        assertThatThrownBy(() -> shape(List.of(reads, writes), sizes, store)).hasMessageContaining("'x'");
        assertThatThrownBy(() -> shape(List.of(writes, writes), sizes, store)).hasMessageContaining("'writes'");
        assertThatThrownBy(() -> shape(List.of(writes), Map.of(), store)).hasMessageContaining("size of 'x' is null");
        assertThatThrownBy(() -> store(1, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- against all schedules of small runs

    private static RunShape random(Random random, int latency, int channels, int lanes, boolean hasInputs) {
        int count = 1 + random.nextInt(3);
        List<Step> steps = new ArrayList<>();
        Map<String, Long> sizes = new TreeMap<>();
        List<String> there = new ArrayList<>();
        if (hasInputs) {
            there.add("in");
            sizes.put("in", (long) 1 + random.nextInt(2));
        }
        for (int i = 0; i < count; i++) {
            List<String> inputs =
                    there.stream().filter(name -> random.nextInt(2) == 0).toList();
            List<String> outputs = new ArrayList<>();
            for (int o = random.nextInt(3); o > 0 && sizes.size() < 4; o--) {
                outputs.add("d" + i + o);
                sizes.put("d" + i + o, (long) random.nextInt(latency == 0 ? 3 : 2) + (latency == 0 ? 1 : 0));
            }
            steps.add(step("n" + i, random.nextInt(4), inputs, outputs));
            there.addAll(outputs);
        }
        long memory = random.nextInt(2) == 0 ? 1 + random.nextInt(3) : NO_LIMIT;
        Store store = new Store(Duration.ofSeconds(latency), 1, channels, channels);
        return new RunShape(steps, sizes, Set.of(), store, memory, lanes);
    }

    @Test
    void noScheduleOfAnySmallRunIsFaster() {
        int binding = 0;
        EnumSet<Kind> bindingKinds = EnumSet.noneOf(Kind.class);
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            int lanes = 1 + random.nextInt(2);
            RunShape shape = random(random, random.nextInt(3), 1 + random.nextInt(2), lanes, random.nextBoolean());
            boolean inParts = shape.store().latency().isZero() && random.nextBoolean();
            LowerBound bound = LowerBound.of(shape);
            Duration best = Duration.ofSeconds(BestSchedule.seconds(shape, inParts));
            for (LowerBound.Bound each : bound.all()) {
                assertThat(each.time()).as("seed %d, %s, %s", seed, each, shape).isLessThanOrEqualTo(best);
            }
            if (bound.time().equals(best)) {
                binding++;
                bindingKinds.add(bound.binding().kind());
            }
        }
        assertThat(binding).isGreaterThan(300); // it is not only a bound: most small runs reach it
        assertThat(bindingKinds).contains(Kind.COMPUTE, Kind.TAIL, Kind.SAVES, Kind.TRANSFERS);
    }

    /** One machine with heads: the bound is the optimum (Carlier). */
    @Test
    void withOneChannelAndNoInputsTheBestScheduleReachesTheBound() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            RunShape drawn = random(random, random.nextInt(3), 1, 1, false);
            RunShape shape = new RunShape(drawn.steps(), drawn.sizes(), Set.of(), drawn.store(), NO_LIMIT, 1);
            assertThat(LowerBound.of(shape).time())
                    .as("seed %d, %s", seed, shape)
                    .isEqualTo(Duration.ofSeconds(BestSchedule.seconds(shape, false)));
        }
    }

    /** Nothing shares anything: heads, computation and tails follow each other. */
    @Test
    void withAChannelForEachDatasetAndOnlyLatencyTheBestScheduleReachesTheBound() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            RunShape drawn = random(random, 1 + random.nextInt(2), 4, 1, true);
            Map<String, Long> nothing = new TreeMap<>(drawn.sizes());
            nothing.replaceAll((name, size) -> 0L);
            RunShape shape = new RunShape(drawn.steps(), nothing, Set.of(), drawn.store(), NO_LIMIT, 1);
            assertThat(LowerBound.of(shape).time())
                    .as("seed %d, %s", seed, shape)
                    .isEqualTo(Duration.ofSeconds(BestSchedule.seconds(shape, false)));
        }
    }

    @Test
    void aLittleMemoryIsReachedToo() {
        List<Step> steps = new ArrayList<>();
        Map<String, Long> sizes = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            steps.add(step("n" + i, 0, List.of(), List.of("d" + i)));
            sizes.put("d" + i, 2L);
        }
        steps.add(step("last", 5, List.of(), List.of()));
        RunShape shape = new RunShape(steps, sizes, Set.of(), store(0, 1, 1, 1), 2, 1);
        // memory for one: three are saved before the fourth node begins, and its save is hidden behind the last one
        assertThat(LowerBound.of(shape).binding())
                .isEqualTo(new LowerBound.Bound(Kind.MEMORY, seconds(3 * 2 + 5), "n3"));
        assertThat(BestSchedule.seconds(shape, false)).isEqualTo(11);
    }
}
