package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.RandomPipeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Runs random pipelines over catalogs whose entries are plain, versioned, cached or opaque, and compares what different ways of running them
 * store and hand on. The oracle is the plain run, one node after the other.
 */
final class RandomRuns {
    /**
     * The managers that are compared with the plain one; {@code tee-tiny} spills everything and transfers one object at a time, and {@code
     * tee-ordered} makes nothing visible before what it was made from.
     */
    private static final List<String> OTHERS =
            List.of("async", "cache", "cache-async", "tee", "tee-tiny", "tee-ordered");

    private static final List<PipelineRunner> RUNNERS = List.of(new SequentialRunner(), new ThreadRunner(4));

    private final Providers providers;
    private final Storage storage;
    private final String scheme;
    private final Map<String, Object> storageOptions;
    private final Map<String, Object> credentials;
    private final Location root;
    private final Path stateFolder;
    private boolean isAllVersioned;

    /** What the nodes received, and the objects that were stored, in hexadecimal digits. */
    record Outcome(Map<String, String> received, Map<String, String> stored) {}

    RandomRuns(
            Providers providers,
            Storage storage,
            Map<String, Object> storageOptions,
            Map<String, Object> credentials,
            Location root,
            Path stateFolder) {
        this.providers = providers.withDataset(new OpaqueProvider());
        this.storage = storage;
        this.scheme = root.scheme();
        this.storageOptions = storageOptions;
        this.credentials = credentials;
        this.root = root;
        this.stateFolder = stateFolder;
    }

    /** A dataset that is no file as far as a run can see. */
    private static final class OpaqueProvider implements DatasetProvider {
        @Override
        public String typeId() {
            return "opaque";
        }

        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            config.options().section("dataset");
            return new Opaque<>(config.nested(ref, "dataset"));
        }
    }

    private record Opaque<T>(Dataset<T> file) implements Dataset<T> {
        @Override
        public T load() throws IOException {
            return file.load();
        }

        @Override
        public void save(T value) throws IOException {
            file.save(value);
        }

        @Override
        public boolean exists() throws IOException {
            return file.exists();
        }

        @Override
        public boolean isPersistent() {
            return true;
        }

        @Override
        public String describe() {
            return "opaque " + file.describe();
        }
    }

    /** The seeds that {@code -Dcontraflow.seeds=from..to} chooses. */
    static long[] seeds(String standard) {
        String[] range = System.getProperty("contraflow.seeds", standard).split("\\.\\.", 2);
        return new long[] {Long.parseLong(range[0]), Long.parseLong(range[1])};
    }

    /** Says what is about to be compared. */
    static void announce(String where, long[] seeds) {
        System.out.printf(
                "same bytes %s: seeds %d..%d, runners %s, plain against %s%n",
                where,
                seeds[0],
                seeds[1],
                RUNNERS.stream().map(PipelineRunner::id).toList(),
                OTHERS);
    }

    /** All of {@link #allAgree(long)} for a range of seeds. */
    void allAgree(long[] seeds) throws IOException {
        announce("on " + scheme, seeds);
        long objects = 0;
        for (long seed = seeds[0]; seed <= seeds[1]; seed++) {
            objects += allAgree(seed);
        }
        assertThat(objects).as("the random pipelines must store something").isGreaterThan(seeds[1] - seeds[0]);
    }

    /** Every runner with every manager does what the first runner does with the plain one; gives the number of objects that it stores. */
    int allAgree(long seed) throws IOException {
        Outcome plain = run(seed, RUNNERS.get(0), "plain");
        for (PipelineRunner runner : RUNNERS) {
            if (runner != RUNNERS.get(0)) {
                agrees(plain, seed, runner, "plain");
            }
            for (String io : OTHERS) {
                agrees(plain, seed, runner, io);
            }
        }
        return plain.stored().size();
    }

    /** As {@link #allAgree(long)}, where everything that is stored has versions, and becomes visible together by a manifest. */
    int allAgreeByManifest(long seed) throws IOException {
        isAllVersioned = true;
        Outcome plain = run(seed, RUNNERS.get(0), "plain");
        for (PipelineRunner runner : RUNNERS) {
            agrees(plain, seed, runner, "plain-manifest");
            agrees(plain, seed, runner, "tee-manifest");
        }
        return plain.stored().size();
    }

    private void agrees(Outcome plain, long seed, PipelineRunner runner, String io) throws IOException {
        Outcome other = run(seed, runner, io);
        assertThat(other.received())
                .as("received, seed %d, %s, %s", seed, runner.id(), io)
                .isEqualTo(plain.received());
        assertThat(other.stored())
                .as("stored, seed %d, %s, %s", seed, runner.id(), io)
                .isEqualTo(plain.stored());
    }

    private Outcome run(long seed, PipelineRunner runner, String io) throws IOException {
        RandomPipeline random = new RandomPipeline(seed);
        Location place = root.plus("seed" + seed + "/" + runner.id() + "-" + io + "/");
        PipelineResult result;
        try (DataCatalog catalog = DataCatalog.of(config(seed, random, place), providers)) {
            RunRequest request = RunRequest.of(random.pipeline(), catalog)
                    .withProviders(providers)
                    .withIo(io.startsWith("tee") ? "tee" : io)
                    .withStateFolder(stateFolder);
            if (io.equals("tee-ordered")) {
                request = request.withVisibility(Visibility.ORDERED);
            }
            if (io.endsWith("-manifest")) {
                request = request.withIo(io.substring(0, io.lastIndexOf('-')))
                        .withVisibility(Visibility.MANIFEST)
                        .withState(storage, root.plus("state/"));
            }
            if (io.equals("tee-tiny")) {
                request = request.withRunOptions(ConfigSection.of(
                        "run", Map.of("tee", Map.of("memory", 1000, "transfers", 1, "spill_limit", 20_000))));
            }
            result = runner.run(request);
        }
        assertThat(result.state())
                .as("seed %d, %s, %s: %s", seed, runner.id(), io, result)
                .isEqualTo(PipelineResult.State.SUCCEEDED);
        Leaks.assertNoThreadOf(result.runId().value());
        Leaks.assertOnlyRecords(stateFolder);
        return new Outcome(random.received(), stored(place, result.runId().value()));
    }

    private CatalogConfig config(long seed, RandomPipeline random, Location place) {
        Map<String, Object> entries = new LinkedHashMap<>();
        random.refs().forEach((name, ref) -> {
            String type = random.typeId(name);
            if (type.equals("partitioned")) {
                if (!isAllVersioned) { // else in memory: partitions have no versions
                    entries.put(name, partitioned(seed, name, place));
                }
            } else if (!type.equals("memory")) {
                String file = place.plus(ref.baseName()).toString();
                entries.put(name, entry(seed, name, Map.of("type", type, "filepath", file)));
            }
        });
        return new CatalogConfig(stateFolder, entries, credentials(), storages(), Map.of(), null);
    }

    private Map<String, Object> partitioned(long seed, String name, Location place) {
        Map<String, Object> entry = new LinkedHashMap<>(
                Map.of("type", "partitioned", "path", place.plus(name).toString(), "dataset", "csv"));
        SplittableRandom random = new SplittableRandom(seed * 31 + name.hashCode());
        entry.put("overwrite", random.nextBoolean());
        entry.put("filename_suffix", random.nextBoolean() ? ".csv" : "");
        if (!credentials.isEmpty()) {
            entry.put("credentials", "mine");
        }
        return entry;
    }

    private Map<String, Object> credentials() {
        return credentials.isEmpty() ? Map.of() : Map.of("mine", credentials);
    }

    private Map<String, Object> storages() {
        return storageOptions.isEmpty() ? Map.of() : Map.of(scheme, storageOptions);
    }

    /** All views of a dataset are versioned or none is; cached and opaque ones have one view. */
    private Map<String, Object> entry(long seed, String name, Map<String, Object> described) {
        Map<String, Object> file = new LinkedHashMap<>(described);
        if (!credentials.isEmpty()) {
            file.put("credentials", "mine");
        }
        String base = name.split("@", 2)[0];
        int kind = new SplittableRandom(seed * 31 + base.hashCode()).nextInt(10);
        if (kind < 5 && !isAllVersioned) {
            return file;
        }
        if (isAllVersioned) {
            file.put("versioned", true);
            return file;
        }
        if (kind < 7 || !base.equals(name)) {
            file.put("versioned", true);
            return file;
        }
        return Map.of("type", kind < 9 ? "opaque" : "cached", "dataset", file);
    }

    /** The objects by name, with the run's id taken out of the names of versioned files. */
    private Map<String, String> stored(Location place, String runId) throws IOException {
        Map<String, String> stored = new TreeMap<>();
        for (Listed listed : storage.list(place)) {
            if (listed.location().path().endsWith("/_manifest")) {
                continue; // what hides a version until its run has published it
            }
            try (Content content = storage.read(listed.location(), Grant.unbounded());
                    InputStream in = content.open()) {
                String name = listed.location()
                        .path()
                        .substring(place.path().length())
                        .replace(runId, "RUN");
                stored.put(name, HexFormat.of().formatHex(in.readAllBytes()));
            }
        }
        return stored;
    }
}
