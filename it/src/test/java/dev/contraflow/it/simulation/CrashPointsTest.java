package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.it.simulation.World.Ending;
import dev.contraflow.it.simulation.World.Way;
import dev.contraflow.run.Visibility;
import dev.contraflow.testkit.SimulatedStorage.Script;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process is killed before and after every single call to the storage, which holds the journal too, and the run is resumed by another
 * process; every third time that one is killed as well, at a random call. {@code -Dcontraflow.crash.seeds=from..to} chooses the pipelines.
 */
class CrashPointsTest {
    private static ExecutorService carriers;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        carriers = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        carriers.shutdownNow();
    }

    /** Kills the process at one of the moments that it counts. */
    private static Script killingAt(int moment, World world) {
        AtomicInteger count = new AtomicInteger();
        return (call, when, at) -> {
            if (count.getAndIncrement() == moment) {
                world.kill();
            }
        };
    }

    @Test
    void whereverTheProcessIsKilledNothingIsLostAndNothingIsMadeTwice() throws Exception {
        Seeds seeds = Seeds.of("contraflow.crash.seeds", "0..19");
        int points = 0;
        while (seeds.hasNext()) {
            long seed = seeds.next();
            points += all(seed);
        }
        System.out.printf("crash points: %d of the pipelines %s; lost 0, made twice 0, left open 0%n", points, seeds);
        assertThat(points).isGreaterThan((int) (20 * seeds.count()));
    }

    private int all(long seed) throws Exception {
        boolean isManifest = seed % 5 == 1;
        Lineage lineage = new Lineage(seed, isManifest);
        Way tee = Way.tee(1 + (int) (seed % 5)).with(seed % 4 == 0 ? Visibility.EACH : Visibility.ORDERED);
        Way any = seed % 2 == 0 ? tee : Way.of(new SplittableRandom(seed));
        Way way = isManifest ? any.with(Visibility.MANIFEST) : any;
        int points = 0;
        for (boolean isKilled = true; isKilled; points++) {
            World world = new World(seed, lineage, carriers, folder);
            try {
                isKilled = killAndResume(world, way, points, new SplittableRandom(seed * 1000 + points));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", killed at call " + points + ": " + e.getMessage(), e);
            }
        }
        return points;
    }

    private static boolean killAndResume(World world, Way way, int point, SplittableRandom random) throws Exception {
        Ending first = world.attempt(way, killingAt(point, world));
        world.assertNothingLost();
        if (first == Ending.SUCCEEDED) {
            world.assertComplete();
            return false;
        }
        assertThat(first).as("%s", world).isEqualTo(Ending.KILLED);
        Ending ending = first;
        if (point % 3 == 0) {
            ending = world.attempt(way, killingAt(random.nextInt(60), world));
            world.assertNothingLost();
        }
        if (ending == Ending.KILLED) {
            assertThat(world.attempt(way, Script.GOOD_WEATHER))
                    .as("%s", world)
                    .isIn(Ending.SUCCEEDED, Ending.NOTHING_TO_RESUME); // it was killed after the last word
        }
        world.assertNothingLost();
        world.assertComplete();
        return true;
    }
}
