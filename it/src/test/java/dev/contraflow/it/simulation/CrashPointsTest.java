package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.it.simulation.World.Ending;
import dev.contraflow.it.simulation.World.Way;
import dev.contraflow.run.Visibility;
import dev.contraflow.testkit.SimulatedStorage.Script;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    private int restored; // nodes

    @BeforeAll
    static void start() {
        carriers = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        carriers.shutdownNow();
    }

    @Test
    void whereverTheProcessIsKilledNothingIsLostAndNothingIsMadeTwice() throws Exception {
        Seeds seeds = Seeds.of("contraflow.crash.seeds", "0..19");
        int points = 0;
        while (seeds.hasNext()) {
            long seed = seeds.next();
            points += all(seed, 0);
        }
        System.out.printf("crash points: %d of the pipelines %s; lost 0, made twice 0, left open 0%n", points, seeds);
        assertThat(points).isGreaterThan((int) (20 * seeds.count()));
    }

    @Test
    void whatWasComputedAndIsOnTheDiskIsNotComputedAgain() throws Exception {
        Seeds seeds = Seeds.of("contraflow.crash.spool.seeds", "100..109");
        restored = 0;
        int points = 0;
        while (seeds.hasNext()) {
            long seed = seeds.next();
            points += all(seed, seed % 4 == 3 ? 2000 : 1 << 30);
        }
        System.out.printf(
                "crash points with a spool: %d of the pipelines %s, %d nodes restored; lost 0, made twice 0%n",
                points, seeds, restored);
        assertThat(restored).isGreaterThan(points / 10);
    }

    /** Five processes in a row are killed while they recover from the one before. {@code contraflow.crash.seeds} chooses here too. */
    @Test
    void fiveRecoveriesInARowMayBeKilledToo() throws Exception {
        Seeds seeds = Seeds.of("contraflow.crash.seeds", "0..9");
        int[] kills = new int[7]; // by how many there were in a row
        while (seeds.hasNext()) {
            long seed = seeds.next();
            Lineage lineage = new Lineage(seed, false);
            SplittableRandom random = new SplittableRandom(seed);
            for (int point = 0; point < 40; point += 3) {
                World world = new World(seed, lineage, carriers, folder.resolve("row" + seed + "-" + point));
                try {
                    kills[killedInARow(world, Way.tee(1 + (int) (seed % 5)), point, random)]++;
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + seed + ", killed at call " + point + ": " + e.getMessage(), e);
                }
            }
        }
        System.out.printf(
                "kills in a row: 1 to 6 of them %s times, of the pipelines %s; lost 0, made twice 0%n",
                Arrays.toString(Arrays.copyOfRange(kills, 1, 7)), seeds);
        assertThat(kills[6]).as("kills of five recoveries in a row").isGreaterThan((int) seeds.count());
    }

    private static int killedInARow(World world, Way way, int point, SplittableRandom random) throws Exception {
        int moment = point;
        for (int kills = 0; ; kills++) {
            Ending ending = world.attempt(way, kills < 6 ? world.killingAt(moment) : Script.GOOD_WEATHER);
            world.assertNothingLost();
            if (ending != Ending.KILLED) {
                assertThat(ending).as("%s", world).isIn(Ending.SUCCEEDED, Ending.NOTHING_TO_RESUME);
                world.assertComplete();
                return kills;
            }
            moment = random.nextInt(12);
        }
    }

    private int all(long seed, int spool) throws Exception {
        boolean isManifest = seed % 5 == 1;
        Lineage lineage = new Lineage(seed, isManifest);
        Way tee = Way.tee(1 + (int) (seed % 5)).with(seed % 4 == 0 ? Visibility.EACH : Visibility.ORDERED);
        Way any = seed % 2 == 0 ? tee : Way.of(new SplittableRandom(seed));
        Way visible = isManifest ? any.with(Visibility.MANIFEST) : any;
        Way way = spool > 0 ? visible.spooling(spool) : visible;
        int points = 0;
        for (boolean isKilled = true; isKilled; points++) {
            World world = new World(seed, lineage, carriers, folder.resolve(seed + "-" + points));
            try {
                isKilled = killAndResume(world, way, points, new SplittableRandom(seed * 1000 + points));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", killed at call " + points + ": " + e.getMessage(), e);
            }
            restored += world.restored();
        }
        return points;
    }

    private static boolean killAndResume(World world, Way way, int point, SplittableRandom random) throws Exception {
        Ending first = world.attempt(way, world.killingAt(point));
        world.assertNothingLost();
        if (first == Ending.SUCCEEDED) {
            world.assertComplete();
            return false;
        }
        assertThat(first).as("%s", world).isEqualTo(Ending.KILLED);
        Ending ending = first;
        if (point % 3 == 0) {
            ending = world.attempt(way, world.killingAt(random.nextInt(60)));
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
