package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.it.simulation.Lineage;
import dev.contraflow.it.simulation.Lineage.Entry;
import dev.contraflow.it.simulation.Lineage.Kind;
import dev.contraflow.it.simulation.Promises;
import dev.contraflow.it.simulation.Seeds;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Real processes are killed (SIGKILL) while they store, and resumed by others, three times for each pipeline before one may end. {@code
 * -Dcontraflow.kill.seeds=from..to} chooses the pipelines.
 */
class KillIT {
    private static final String NOTHING_LEFT = "There is no run to resume: all have succeeded.";
    private static final int KILLS = 3; // of each pipeline

    @TempDir
    Path folder;

    private final TestS3 s3 = TestS3.get();
    private int kills;
    private int killsWithSomethingInFlight;
    private int restored; // nodes

    @Test
    @Timeout(value = 80, unit = TimeUnit.MINUTES)
    void whatAKilledProcessHasPromisedIsKeptAndNotMadeAgain() throws Exception {
        Seeds seeds = Seeds.of("contraflow.kill.seeds", "0..14");
        while (seeds.hasNext()) {
            long seed = seeds.next();
            try {
                killAndResume(seed);
            } catch (AssertionError | Exception e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\nAgain: ./mvnw verify -pl it -am -Dtest=NONE"
                                + " -Dit.test=KillIT -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dfailsafe.failIfNoSpecifiedTests=false -Dcontraflow.kill.seeds=" + seed + ".."
                                + seed,
                        e);
            }
        }
        System.out.printf(
                "kill -9: %d kills of the pipelines %s, %d with saves under way; %d nodes restored; lost 0, made twice 0%n",
                kills, seeds, killsWithSomethingInFlight, restored);
        assertThat(kills).isGreaterThanOrEqualTo((int) (2 * seeds.count()));
        assertThat(killsWithSomethingInFlight)
                .as("kills with something in flight")
                .isGreaterThan(kills / 2);
    }

    private void killAndResume(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Lineage lineage = new Lineage(seed, false);
        Promises promises = new Promises(lineage);
        String bucket = s3.newBucket();
        Path place = Files.createDirectories(folder.resolve("seed" + seed));
        Set<Path> journals = new HashSet<>();
        String runId = "";
        for (int attempt = 1; attempt <= KILLS + 1; attempt++) {
            int after =
                    attempt <= KILLS ? 1 + random.nextInt(1 + lineage.entries().size() / 2) : Integer.MAX_VALUE;
            Ended ended = process(seed, attempt, place, bucket, promises, after);
            runId = ended.runId().isEmpty() ? runId : ended.runId();
            String run = runId;
            promises.ended(newJournals(place.resolve("state/runs").resolve(run), journals));
            String where = "attempt " + attempt + ", " + promises + "\n" + ended.log();
            promises.assertKept(dataset -> stored(lineage, dataset, bucket, run), where);
            if (!ended.isKilled()) {
                boolean hadEnded =
                        attempt > 1 && ended.log().contains(NOTHING_LEFT); // the last kill came after its run
                assertThat(hadEnded ? "SUCCEEDED" : ended.log()).isEqualTo("SUCCEEDED");
                promises.assertComplete(dataset -> stored(lineage, dataset, bucket, run), where);
                return;
            }
        }
        throw new AssertionError("the last attempt was not to be killed");
    }

    private static String newJournals(Path run, Set<Path> known) throws IOException {
        StringBuilder lines = new StringBuilder();
        if (Files.exists(run)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(run, "journal-*")) {
                for (Path journal : found) {
                    lines.append(known.add(journal) ? Files.readString(journal) : "");
                }
            }
        }
        return lines.toString();
    }

    private record Ended(boolean isKilled, String runId, String log) {}

    /** Runs a process, and kills it as soon as it has said a number of lines that tell of saves. */
    private Ended process(long seed, int attempt, Path place, String bucket, Promises promises, int killAfter)
            throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.log.dev.contraflow=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledProcess.class.getName(),
                        Long.toString(seed),
                        Integer.toString(attempt),
                        place.toString(),
                        bucket,
                        s3.endpoint().toString(),
                        String.valueOf(s3.options(s3.endpoint()).get("region")),
                        String.valueOf(s3.credentials().get("access_key_id")),
                        String.valueOf(s3.credentials().get("secret_access_key"))))
                .redirectError(place.resolve("log" + attempt).toFile())
                .start();
        promises.begin();
        String runId = "";
        String last = "";
        Set<String> inFlight = new HashSet<>();
        int saves = 0;
        boolean isKilled = false;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                last = line;
                switch (words[0]) {
                    case "run" -> runId = words[1];
                    case "called" -> promises.called(words[1]);
                    case "restored" -> restored++;
                    case "saving" -> inFlight.add(words[1]);
                    case "durable" -> {
                        inFlight.remove(words[1]);
                        promises.durable(words[1], words[2]);
                    }
                    default -> {}
                }
                saves += words[0].equals("saving") || words[0].equals("durable") ? 1 : 0;
                if (saves >= killAfter && !isKilled) {
                    process.toHandle().destroyForcibly(); // what it has said before counts too, and is read to the end
                    isKilled = true;
                    kills++;
                    killsWithSomethingInFlight += inFlight.isEmpty() ? 0 : 1;
                }
            }
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        isKilled &= process.exitValue() == 128 + 9;
        return new Ended(isKilled, runId, isKilled ? last : last + failure(place.resolve("log" + attempt)));
    }

    private static String failure(Path log) throws IOException {
        return Files.readString(log);
    }

    private Optional<String> stored(Lineage lineage, String dataset, String bucket, String runId) {
        Entry entry = Objects.requireNonNull(lineage.entries().get(dataset));
        if (!entry.isPersistent()) {
            return Optional.empty();
        }
        String key = dataset + (entry.kind() == Kind.VERSIONED ? "/" + runId + "/" + dataset : "");
        try {
            return Optional.of(s3.client()
                            .getObjectAsBytes(get -> get.bucket(bucket).key(key)))
                    .map(ResponseBytes::asUtf8String);
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }
}
