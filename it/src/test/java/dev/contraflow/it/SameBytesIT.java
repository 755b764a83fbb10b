package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.RandomPipeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The oracle of all I/O managers is the plain run: over random pipelines, whose nodes damage whatever they hold, the whole bucket and what
 * each node received are the same. {@code -Dcontraflow.seeds=from..to} chooses other pipelines.
 */
class SameBytesIT {
    private static final List<String> OTHERS = List.of("async", "cache", "cache-async", "tee", "tee-tiny");

    @TempDir
    Path folder;

    private final Providers providers = Providers.discover();

    @Test
    void onS3() throws IOException {
        TestS3 s3 = TestS3.get();
        try (Storage storage = s3.storage(s3.endpoint(), Map.of())) {
            everyManagerStoresAndHandsOnWhatThePlainRunDoes(storage, new Location("s3", s3.newBucket(), "/"));
        }
    }

    @Test
    void onLocalFiles() throws IOException {
        try (Storage storage = providers
                .storage("file")
                .orElseThrow()
                .open(new StorageConfig("file", ConfigSection.empty("file"), ConfigSection.empty("none"), folder))) {
            everyManagerStoresAndHandsOnWhatThePlainRunDoes(
                    storage, Location.file(folder.resolve("data")).plus("/"));
        }
    }

    private void everyManagerStoresAndHandsOnWhatThePlainRunDoes(Storage storage, Location root) throws IOException {
        String[] range = System.getProperty("contraflow.seeds", "0..199").split("\\.\\.", 2);
        long from = Long.parseLong(range[0]);
        long to = Long.parseLong(range[1]);
        System.out.printf("same bytes on %s: seeds %d..%d, plain against %s%n", root.scheme(), from, to, OTHERS);
        long datasets = 0;
        for (long seed = from; seed <= to; seed++) {
            Outcome plain = run(seed, "plain", root, storage);
            for (String io : OTHERS) {
                Outcome other = run(seed, io, root, storage);
                assertThat(other.received())
                        .as("received, seed %d, %s", seed, io)
                        .isEqualTo(plain.received());
                assertThat(other.stored()).as("stored, seed %d, %s", seed, io).isEqualTo(plain.stored());
            }
            datasets += plain.stored().size();
        }
        assertThat(datasets).as("the random pipelines must store something").isGreaterThan(to - from);
    }

    private record Outcome(Map<String, String> received, Map<String, String> stored) {}

    private Outcome run(long seed, String io, Location in, Storage storage) throws IOException {
        RandomPipeline random = new RandomPipeline(seed);
        Location root = in.plus("seed" + seed + "/" + io + "/");
        DataCatalog.Builder catalog = DataCatalog.builder();
        random.refs().forEach((name, ref) -> {
            if (!random.typeId(name).equals("memory")) {
                add(catalog, ref, random.typeId(name), storage, root.plus(name));
            }
        });
        String id = io.equals("tee-tiny") ? "tee" : io;
        try (DataCatalog built = catalog.build()) {
            RunRequest request = RunRequest.of(random.pipeline(), built)
                    .withProviders(providers)
                    .withIo(id)
                    .withStateFolder(folder.resolve("state"));
            if (io.equals("tee-tiny")) { // everything spills, and one transfer goes at a time
                request = request.withRunOptions(ConfigSection.of(
                        "run", Map.of("tee", Map.of("memory", 1000, "transfers", 1, "spill_limit", 20_000))));
            }
            PipelineResult result = new SequentialRunner().run(request);
            assertThat(result.state())
                    .as("seed %d, %s: %s", seed, io, result)
                    .isEqualTo(PipelineResult.State.SUCCEEDED);
            Leaks.assertNoThreadOf(result.runId().value());
        }
        Leaks.assertOnlyRecords(folder.resolve("state"));
        return new Outcome(random.received(), stored(storage, root));
    }

    private <T> void add(DataCatalog.Builder catalog, DatasetRef<T> ref, String typeId, Storage storage, Location at) {
        Format<T> format = providers.format(typeId).orElseThrow().create(ref.type(), FormatOptions.none());
        catalog.add(ref, new FileDataset<>(storage, at, format));
    }

    private static Map<String, String> stored(Storage storage, Location root) throws IOException {
        Map<String, String> stored = new TreeMap<>();
        List<Listed> all = new ArrayList<>(storage.list(root));
        for (Listed listed : all) {
            try (Content content = storage.read(listed.location(), Grant.unbounded());
                    InputStream in = content.open()) {
                String name = listed.location().path().substring(root.path().length());
                stored.put(name, HexFormat.of().formatHex(in.readAllBytes()));
            }
        }
        return stored;
    }
}
