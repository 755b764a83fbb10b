package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.it.simulation.World.Ending;
import dev.contraflow.it.simulation.World.Way;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.Visibility;
import dev.contraflow.testkit.SimulatedStorage.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process is killed before and after every single call to the storage, then all or some of what the state store holds is lost, and the run is
 * resumed by its id; two times of three that process is killed as well, and mostly what it has rebuilt is lost again. {@code
 * -Dcontraflow.lost.seeds=from..to} chooses the pipelines.
 */
class LostRecordsTest {
    private static final Predicate<String> ALL = name -> true;

    /** What is lost: everything, the record, all journals, the first one. */
    private static final Map<Integer, Predicate<String>> LOSSES = Map.of(
            0, ALL,
            1, name -> name.endsWith("/run.json"),
            2, name -> name.contains("/journal-"),
            3, name -> name.contains("/journal-1"));

    private static ExecutorService carriers;

    @TempDir
    Path folder;

    private int points;
    private int skipped;

    @BeforeAll
    static void start() {
        carriers = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        carriers.shutdownNow();
    }

    @Test
    void whatWasStoredIsFoundAndNothingElseIsMadeTwice() throws Exception {
        Seeds seeds = Seeds.of("contraflow.lost.seeds", "0..9");
        while (seeds.hasNext()) {
            long seed = seeds.next();
            Way way = seed % 2 == 0 ? Way.tee(1 + (int) (seed % 5)) : Way.of(new SplittableRandom(seed));
            all(seed, way.with(Visibility.EACH));
        }
        System.out.printf(
                "lost records: %d points of the pipelines %s, %d nodes not run again; lost 0, made twice 0%n",
                points, seeds, skipped);
        assertThat(points).isGreaterThan((int) (20 * seeds.count()));
        assertThat(skipped).as("nodes that the storage has proved").isGreaterThan(points / 4);
    }

    /** Here an attempt makes the bytes that an earlier one has made, and does not send them again: what it skips is less, what it stores the same. */
    @Test
    void aRebuiltRunStoresTheSameBytesAsAPlainOne() throws Exception {
        Seeds seeds = Seeds.of("contraflow.lost.seeds", "20..29");
        while (seeds.hasNext()) {
            long seed = seeds.next();
            all(seed, Way.tee(1 + (int) (seed % 5)).with(Visibility.ORDERED));
        }
        assertThat(skipped).as("nodes that the storage has proved").isGreaterThan(points / 4);
    }

    private void all(long seed, Way way) throws Exception {
        Lineage lineage = new Lineage(seed, false);
        boolean isKilled = true;
        for (int point = 0; isKilled; point++, points++) {
            World world = new World(seed, lineage, carriers, folder);
            try {
                isKilled = killLoseAndResume(world, way, point, new SplittableRandom(seed * 1000 + point));
                if (way.visibility() == Visibility.ORDERED) {
                    assertThat(stored(world, lineage)).isEqualTo(plain(seed, lineage));
                }
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", killed at call " + point + ": " + e.getMessage()
                                + "\nAgain: ./mvnw verify -pl it -am -Dtest=LostRecordsTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dcontraflow.lost.seeds="
                                + seed + ".." + seed,
                        e);
            }
        }
    }

    private boolean killLoseAndResume(World world, Way way, int point, SplittableRandom random) throws Exception {
        if (world.attempt(way, world.killingAt(point)) == Ending.SUCCEEDED) {
            return false;
        }
        Predicate<String> loss = LOSSES.getOrDefault(point % LOSSES.size(), ALL);
        world.loseState(loss);
        if (point % 3 != 0) { // what an attempt does first is to look: the later calls are of more interest
            resume(world, way, world.killingAt(20 + random.nextInt(130)));
            if (point % 6 != 1) {
                world.loseState(loss);
            }
        }
        Ending ending = resume(world, way, Script.GOOD_WEATHER);
        assertThat(ending).as("%s", world).isIn(Ending.SUCCEEDED, Ending.NOTHING_TO_RESUME);
        world.result()
                .ifPresent(result -> skipped += (int) result.nodes().values().stream()
                        .filter(node -> node.state() == NodeResult.State.SKIPPED)
                        .count());
        world.assertComplete();
        return true;
    }

    private Ending resume(World world, Way way, Script script) throws Exception {
        Ending ending = world.attempt(way, script);
        if (ending == Ending.REFUSED && world.toString().contains("There is no run")) {
            assertThat(world.isAnythingStored()).as("%s", world).isFalse();
            world.beginAnew();
            ending = world.attempt(way, script);
        }
        if (way.visibility() == Visibility.EACH) {
            world.assertNothingLost();
        }
        return ending;
    }

    private static Map<String, String> stored(World world, Lineage lineage) throws IOException {
        Map<String, String> stored = new TreeMap<>();
        for (String dataset : lineage.entries().keySet()) {
            Optional<String> text = world.stored(dataset);
            text.ifPresent(there -> stored.put(dataset, there));
        }
        return stored;
    }

    private Map<String, String> plain(long seed, Lineage lineage) throws Exception {
        World world = new World(seed, lineage, carriers, folder);
        Way plain = new Way("plain", Map.of(), Way.tee(1).runner(), Way.tee(1).onFailure(), 1, Visibility.ORDERED);
        assertThat(world.attempt(plain, Script.GOOD_WEATHER)).isEqualTo(Ending.SUCCEEDED);
        return stored(world, lineage);
    }
}
