package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.it.simulation.Lineage.Entry;
import dev.contraflow.it.simulation.Lineage.Kind;
import dev.contraflow.it.simulation.Lineage.Text;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What outlives the simulated processes that run one {@link Lineage}: the objects of a storage, which holds the run's records too, and what
 * was promised to those who listened. Each attempt is a process of its own: production code on simulated threads and a simulated network.
 */
final class World {
    private static final Providers PROVIDERS = Providers.discover();
    private static final String DATA = "memory://bucket/data/";
    private static final Location STATE = new Location("memory", "bucket", "/state/");

    /** The ways in which a pipeline is run. */
    record Way(
            String io,
            Map<String, Object> options,
            PipelineRunner runner,
            FailurePolicy onFailure,
            int attempts,
            Visibility visibility) {
        /** A random one. */
        static Way of(SplittableRandom random) {
            Map<String, Object> tee = Map.of(
                    "memory",
                    random.nextBoolean() ? 3000 : 1_000_000,
                    "transfers",
                    1 + random.nextInt(8),
                    "prefetch",
                    random.nextInt(4));
            int manager = random.nextInt(10);
            String io = manager < 7 ? "tee" : manager == 7 ? "plain" : manager == 8 ? "async" : "cache-async";
            return new Way(
                    io,
                    io.equals("tee") ? Map.of("tee", tee) : Map.of(),
                    random.nextInt(3) == 0 ? new ThreadRunner(1 + random.nextInt(3)) : new SequentialRunner(),
                    random.nextInt(4) == 0 ? FailurePolicy.KEEP_GOING : FailurePolicy.STOP,
                    1 + random.nextInt(3),
                    random.nextInt(3) == 0 ? Visibility.ORDERED : Visibility.EACH);
        }

        /** The tee, one node after the other. */
        static Way tee(int transfers) {
            return new Way(
                    "tee",
                    Map.of("tee", Map.of("transfers", transfers)),
                    new SequentialRunner(),
                    FailurePolicy.STOP,
                    1,
                    Visibility.EACH);
        }

        /** The same; the tee keeps on the disk what is not durable yet, as far as there is room. */
        Way spooling(int most) {
            if (!io.equals("tee")) {
                return this;
            }
            Map<Object, Object> tee = new LinkedHashMap<>((Map<?, ?>) Objects.requireNonNull(options.get("tee")));
            tee.put("spool", most);
            return new Way(io, Map.of("tee", tee), runner, onFailure, attempts, visibility);
        }

        Way with(Visibility other) {
            return new Way(io, options, runner, onFailure, attempts, other);
        }
    }

    /** How a process has ended. */
    enum Ending {
        SUCCEEDED,
        FAILED,
        /** Before the first node, since something could not be asked or written. */
        REFUSED,
        /** Since an earlier process had brought the run to its end. */
        NOTHING_TO_RESUME,
        KILLED
    }

    private final long seed;
    private final Lineage lineage;
    private final Executor carriers;
    private final Path folder;
    private final InMemoryStorage objects = new InMemoryStorage();
    private final Promises promises;
    private final Set<Location> journals = new HashSet<>(); // that earlier processes have written
    private int restored;
    private @Nullable PipelineResult result; // of the last attempt
    private @Nullable Simulation process; // the last one
    private @Nullable ContraflowException refusal;
    private Ending last = Ending.REFUSED;
    private int openBefore; // writes that killed processes have left open
    private Visibility visibility = Visibility.EACH;
    private int attempts;
    private String runId = "";
    private boolean isResumedById;

    World(long seed, Lineage lineage, Executor carriers, Path folder) {
        this.seed = seed;
        this.lineage = lineage;
        this.promises = new Promises(lineage);
        this.carriers = carriers;
        this.folder = folder;
    }

    /** Runs the pipeline in a new process: for the first time, or to resume what an earlier one has left. */
    Ending attempt(Way way, SimulatedStorage.Script script) throws Exception {
        last = ended(way, script);
        promises.ended(newJournal());
        return last;
    }

    /** What the last process has noted. */
    private String newJournal() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Listed listed : objects.list(STATE)) {
            if (listed.location().path().contains("/journal-") && journals.add(listed.location())) {
                lines.append(text(listed.location()));
            }
        }
        return lines.toString();
    }

    private Ending ended(Way way, SimulatedStorage.Script script) throws Exception {
        attempts++;
        visibility = way.visibility();
        openBefore = objects.openWrites();
        promises.begin();
        result = null;
        refusal = null;
        Simulation simulation = new Simulation(seed * 100 + attempts, carriers);
        process = simulation;
        SimulatedNetwork network = new SimulatedNetwork(simulation, Duration.ofMillis(20), 100_000, 300_000);
        Storage storage = new SimulatedStorage(simulation, network, script, objects, 2000);
        try {
            PipelineResult ended = simulation.run(() -> run(way, simulation, storage));
            result = ended;
            return ended.state() == PipelineResult.State.SUCCEEDED ? Ending.SUCCEEDED : Ending.FAILED;
        } catch (Simulation.CrashError e) {
            return Ending.KILLED;
        } catch (ContraflowException e) {
            refusal = e;
            return String.valueOf(e.getMessage()).startsWith("There is no run to resume: all have succeeded.")
                            || String.valueOf(e.getMessage()).endsWith("there is nothing to resume.")
                    ? Ending.NOTHING_TO_RESUME
                    : Ending.REFUSED;
        }
    }

    private PipelineResult run(Way way, Simulation simulation, Storage storage) {
        Providers providers = PROVIDERS.withStorage(new Opened(storage));
        try (DataCatalog catalog = DataCatalog.of(catalog(), providers)) {
            // where the order is looked at, what an attempt makes again is the same as before
            RunRequest request = RunRequest.of(
                            lineage.pipeline(simulation, visibility == Visibility.ORDERED ? 1 : attempts), catalog)
                    .withProviders(providers)
                    .withIo(way.io())
                    .withRunOptions(ConfigSection.of("run", way.options()))
                    .onFailure(way.onFailure())
                    .withVisibility(way.visibility())
                    .withRetry(new RetryPolicy(way.attempts(), Duration.ofMillis(50), Duration.ofMillis(200)))
                    .withThreads(simulation)
                    .withStateFolder(folder)
                    .withState(storage, STATE)
                    .withCodeVersion("1")
                    .withListener(this::hear);
            boolean isBegun = objects.list(STATE).stream()
                    .anyMatch(listed -> listed.location().path().endsWith("run.json"));
            RunRequest again = isResumedById ? request.resume(new RunId(runId)) : request.resume();
            return way.runner().run(isBegun || isResumedById ? again : request);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private record Opened(Storage storage) implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("memory");
        }

        @Override
        public Storage open(StorageConfig config) {
            return storage;
        }
    }

    private CatalogConfig catalog() {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Entry entry : lineage.entries().values()) {
            if (entry.isPersistent()) {
                entries.put(
                        entry.name(),
                        Map.of(
                                "type",
                                "text",
                                "filepath",
                                DATA + entry.name(),
                                "versioned",
                                entry.kind() == Kind.VERSIONED));
            }
        }
        return new CatalogConfig(folder, entries, Map.of(), Map.of(), Map.of(), null);
    }

    private void hear(RunEvent event) {
        if (event instanceof RunEvent.RunStarted started) {
            runId = started.runId().value();
        } else if (event instanceof RunEvent.NodeCalled called) {
            promises.called(called.node());
        } else if (event instanceof RunEvent.NodeSkipped skipped) {
            restored += skipped.why().endsWith("from the spool") ? 1 : 0;
        } else if (event instanceof RunEvent.DatasetDurable durable) {
            promises.durable(
                    durable.dataset(), Objects.requireNonNull(durable.stored()).sha256());
        }
    }

    /** Takes records away, as it happens to folders; from now on the run is resumed by its id, if it had one. */
    void loseState(Predicate<String> names) throws IOException {
        for (Listed listed : objects.list(STATE)) {
            if (names.test(listed.location().path())) {
                objects.delete(listed.location());
            }
        }
        isResumedById = !runId.isEmpty();
    }

    boolean isAnythingStored() throws IOException {
        return !objects.list(new Location("memory", "bucket", "/data/")).isEmpty();
    }

    /** Nothing carries the id of the run whose record was lost: another one has to be begun. */
    void beginAnew() {
        isResumedById = false;
        runId = "";
    }

    /** Kills the process that calls it. */
    void kill() {
        Objects.requireNonNull(process).crash();
    }

    /** Kills the process at one of the moments that the storage and the disk count. */
    SimulatedStorage.Script killingAt(int moment) {
        AtomicInteger count = new AtomicInteger();
        return (call, when, at) -> {
            if (count.getAndIncrement() == moment) {
                kill();
            }
        };
    }

    /** How many nodes were not called since what they had computed was on the disk. */
    int restored() {
        return restored;
    }

    Optional<PipelineResult> result() {
        return Optional.ofNullable(result);
    }

    /** What is stored of a dataset, if anything. */
    Optional<String> stored(String dataset) throws IOException {
        Entry entry = Objects.requireNonNull(lineage.entries().get(dataset));
        if (entry.kind() == Kind.MEMORY) {
            return Optional.empty();
        }
        String at = DATA + dataset + (entry.kind() == Kind.VERSIONED ? "/" + runId + "/" + dataset : "");
        Location location = Location.parse(at, folder);
        return objects.exists(location) ? Optional.of(text(location)) : Optional.empty();
    }

    private String text(Location location) throws IOException {
        try (Content content = objects.read(location, Grant.unbounded());
                InputStream in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Whatever has happened: what was promised is there, byte for byte, was not made twice, and nothing is torn or left open. */
    void assertNothingLost() throws IOException {
        promises.assertKept(this::stored, toString());
        if (visibility == Visibility.ORDERED) {
            assertNothingIsVisibleBeforeItsAncestors();
        }
        if (visibility == Visibility.MANIFEST) {
            assertAllOrNothingIsVisible();
        }
        if (last != Ending.KILLED) {
            assertThat(objects.openWrites()).as("writes left open, %s", this).isEqualTo(openBefore);
        }
    }

    /** To somebody else, who reads the newest versions. */
    private void assertAllOrNothingIsVisible() throws IOException {
        Set<String> visible = new TreeSet<>();
        Set<String> all = new TreeSet<>();
        try (DataCatalog catalog = DataCatalog.of(catalog(), PROVIDERS.withStorage(objects.provider()))) {
            for (Entry entry : lineage.entries().values()) {
                if (entry.isPersistent()) {
                    all.add(entry.name());
                    BindRequest reading =
                            new BindRequest(Set.of(Lineage.ref(entry.name())), Set.of(entry.name()), Set.of());
                    if (catalog.bind(reading).dataset(Lineage.ref(entry.name())).exists()) {
                        visible.add(entry.name());
                    }
                }
            }
        }
        assertThat(visible).as("visible, %s", this).isIn(Set.of(), all);
        if (last == Ending.SUCCEEDED) {
            assertThat(visible).as("visible, %s", this).isEqualTo(all);
        }
    }

    private void assertNothingIsVisibleBeforeItsAncestors() throws IOException {
        for (String dataset : lineage.entries().keySet()) {
            Optional<Text> text = stored(dataset).map(Lineage::parse);
            for (Map.Entry<String, String> made :
                    text.map(Text::made).orElse(Map.of()).entrySet()) {
                if (Objects.requireNonNull(lineage.entries().get(made.getKey())).isPersistent()) {
                    assertThat(stored(made.getKey()).map(Lineage::sha256))
                            .as("%s, of which the visible %s was made, %s", made.getKey(), dataset, this)
                            .contains(made.getValue());
                }
            }
        }
    }

    /** A run that failed names why, once each, and claims nothing that is not so. */
    void assertFailureIsTold() throws IOException {
        PipelineResult failed = Objects.requireNonNull(result);
        assertThat(failed.failures()).as("%s", this).isNotEmpty();
        assertThat(failed.failures().stream().map(Throwable::getMessage))
                .as("%s", this)
                .doesNotHaveDuplicates();
        for (DatasetResult dataset : failed.datasets().values()) {
            if (dataset.state() == DatasetResult.State.DURABLE) {
                String digest = Objects.requireNonNull(dataset.stored()).sha256();
                assertThat(stored(dataset.name()).map(Lineage::sha256))
                        .as("%s, %s", dataset.name(), this)
                        .contains(digest);
            }
        }
    }

    /** After a success everything is stored, once, and was made by one chain of values. */
    void assertComplete() throws IOException {
        promises.assertComplete(this::stored, toString());
        assertNothingElse();
    }

    private void assertNothingElse() throws IOException {
        Set<String> expected = lineage.entries().values().stream()
                .filter(Entry::isPersistent)
                .map(entry -> "/data/" + entry.name()
                        + (entry.kind() == Kind.VERSIONED ? "/" + runId + "/" + entry.name() : ""))
                .collect(Collectors.toCollection(HashSet::new));
        Set<String> there = objects.list(new Location("memory", "bucket", "/data/")).stream()
                .map(Listed::location)
                .map(Location::path)
                .filter(path -> visibility != Visibility.MANIFEST || !path.endsWith("/_manifest"))
                .collect(Collectors.toSet());
        assertThat(there).as("objects of seed %d", seed).isEqualTo(expected);
    }

    @Override
    public String toString() {
        return "seed " + seed + ", run " + runId + ", attempt " + attempts + ", " + promises
                + (result == null ? "" : ", " + result.failures())
                + (refusal == null ? "" : ", " + refusal.getMessage());
    }
}
