package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The oracle of all I/O managers and runners is the plain run: over random pipelines, whose nodes damage whatever they hold, the whole bucket
 * and what each node received are the same. {@code -Dcontraflow.seeds=from..to} chooses other pipelines.
 */
class SameBytesIT {
    @TempDir
    Path folder;

    private final Providers providers = Providers.discover();

    @Test
    void inMemory() throws IOException {
        long[] seeds = RandomRuns.seeds("0..999");
        RandomRuns.announce("in memory", seeds);
        long objects = 0;
        for (long seed = seeds[0]; seed <= seeds[1]; seed++) {
            InMemoryStorage storage = new InMemoryStorage();
            objects += new RandomRuns(
                            providers.withStorage(storage.provider()),
                            storage,
                            Map.of(),
                            Map.of(),
                            new Location("memory", "test", "/"),
                            folder.resolve("seed" + seed))
                    .allAgree(seed);
        }
        assertThat(objects).as("the random pipelines must store something").isGreaterThan(seeds[1] - seeds[0]);
    }

    @Test
    void inMemoryWithManifests() throws IOException {
        long[] seeds = RandomRuns.seeds("0..199");
        System.out.printf("same bytes with manifests: seeds %d..%d%n", seeds[0], seeds[1]);
        long objects = 0;
        for (long seed = seeds[0]; seed <= seeds[1]; seed++) {
            InMemoryStorage storage = new InMemoryStorage();
            objects += new RandomRuns(
                            providers.withStorage(storage.provider()),
                            storage,
                            Map.of(),
                            Map.of(),
                            new Location("memory", "test", "/"),
                            folder.resolve("manifest" + seed))
                    .allAgreeByManifest(seed);
        }
        assertThat(objects).as("the random pipelines must store something").isGreaterThan(seeds[1] - seeds[0]);
    }

    @Test
    void onS3() throws IOException {
        TestS3 s3 = TestS3.get();
        long[] seeds = RandomRuns.seeds("0..39");
        try (Storage storage = s3.storage(s3.endpoint(), Map.of())) {
            new RandomRuns(
                            providers,
                            storage,
                            s3.options(s3.endpoint()),
                            s3.credentials(),
                            new Location("s3", s3.newBucket(), "/"),
                            folder.resolve("state"))
                    .allAgree(seeds);
        }
    }

    @Test
    void onLocalFiles() throws IOException {
        long[] seeds = RandomRuns.seeds("0..59");
        try (Storage storage = providers
                .storage("file")
                .orElseThrow()
                .open(new StorageConfig("file", ConfigSection.empty("file"), ConfigSection.empty("none"), folder))) {
            new RandomRuns(
                            providers,
                            storage,
                            Map.of(),
                            Map.of(),
                            Location.file(folder.resolve("data")).plus("/"),
                            folder.resolve("state"))
                    .allAgree(seeds);
        }
    }
}
