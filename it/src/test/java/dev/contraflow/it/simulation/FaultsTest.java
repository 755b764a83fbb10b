package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.TransientFailure;
import dev.contraflow.it.simulation.World.Ending;
import dev.contraflow.it.simulation.World.Way;
import dev.contraflow.run.Visibility;
import dev.contraflow.testkit.SimulatedStorage.Script;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random pipelines, run in random ways over a storage on which calls fail for a moment or for good, before or after their effect, or kill the
 * process; then resumed until they succeed. {@code -Dcontraflow.simulation.seeds=from..to} chooses them; a failing seed does the same each
 * time.
 */
class FaultsTest {
    private static final int MOST_ATTEMPTS = 12;

    private static ExecutorService carriers;

    @TempDir
    Path folder;

    private int restored; // nodes

    @BeforeAll
    static void start() {
        carriers = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        carriers.shutdownNow();
    }

    private static final class PassingFailure extends StorageException implements TransientFailure {
        private static final long serialVersionUID = 1L;

        PassingFailure(Location at) {
            super("the line is noisy", at, 1, null);
        }
    }

    /** In a thousand calls some fail for a moment, some for good, and sometimes the process dies. Later attempts have it better. */
    private static Script badWeather(SplittableRandom random, int attempt, World world) {
        int passing = random.nextInt(120) / attempt;
        int lasting = random.nextInt(30) / attempt;
        int deadly = random.nextInt(10) / attempt;
        return (call, moment, at) -> {
            int dice = random.nextInt(1000);
            if (dice < passing) {
                throw new PassingFailure(at);
            } else if (dice < passing + lasting) {
                throw new StorageException("the server said no", at, 1, null);
            } else if (dice < passing + lasting + deadly) {
                world.kill();
            }
        };
    }

    @Test
    void whateverGoesWrongNothingIsLostAndTheRunCanBeResumed() throws Exception {
        Seeds seeds = Seeds.of("contraflow.simulation.seeds", "0..1999");
        Map<Ending, Integer> endings = new EnumMap<>(Ending.class);
        while (seeds.hasNext()) {
            long seed = seeds.next();
            untilItSucceeds(seed, endings);
        }
        System.out.printf(
                "simulated pipelines with faults: seeds %s, their processes ended %s; lost 0, made twice 0,"
                        + " left open 0; restored from the spool: %d nodes%n",
                seeds, endings, restored);
        assertThat(endings.get(Ending.SUCCEEDED)).isPositive();
        if (seeds.count() >= 100) {
            assertThat(restored).isPositive();
            assertThat(endings).containsKeys(Ending.FAILED, Ending.KILLED, Ending.REFUSED);
        }
    }

    private void untilItSucceeds(long seed, Map<Ending, Integer> endings) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        boolean isManifest = seed % 5 == 1;
        Way any = isManifest ? Way.of(random).with(Visibility.MANIFEST) : Way.of(random);
        Way way = seed % 3 == 0 ? any.spooling(seed % 2 == 0 ? 3000 : 1 << 30) : any;
        World world = new World(seed, new Lineage(seed, isManifest), carriers, folder.resolve("seed" + seed));
        try {
            Ending ending = Ending.KILLED;
            for (int attempt = 1; ending != Ending.SUCCEEDED && ending != Ending.NOTHING_TO_RESUME; attempt++) {
                Script script = attempt < MOST_ATTEMPTS ? badWeather(random, attempt, world) : Script.GOOD_WEATHER;
                assertThat(attempt).as("attempts, %s", world).isLessThanOrEqualTo(MOST_ATTEMPTS + 1);
                ending = world.attempt(way, script);
                endings.merge(ending, 1, Integer::sum);
                world.assertNothingLost();
                if (ending == Ending.FAILED) {
                    world.assertFailureIsTold();
                }
            }
            world.assertComplete();
            restored += world.restored();
        } catch (AssertionError | Exception e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\nAgain: ./mvnw verify -pl it -am -Dtest=FaultsTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dcontraflow.simulation.seeds="
                            + seed + ".." + seed,
                    e);
        }
    }
}
