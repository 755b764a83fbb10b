package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Rows;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.RunExecution;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What a test of runs needs: a scripted storage, a catalog of line files in it, the events, and a check that a run left nothing behind. One
 * for each test. Not thread-safe, but its storage and events are.
 */
public final class RunBench implements AutoCloseable {
    private static final Duration LAST_THREAD = Duration.ofMinutes(1); // waited for only if there is a leak

    private final InMemoryStorage objects = new InMemoryStorage();
    private final ScriptedStorage storage = new ScriptedStorage(objects);
    private final DataCatalog.Builder catalog = DataCatalog.builder();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();
    private final Path stateFolder;

    /** @param stateFolder where runs leave their records; empty */
    public RunBench(Path stateFolder) {
        this.stateFolder = Objects.requireNonNull(stateFolder, "stateFolder is null");
    }

    /** @return a runner that executes one node after the other on the calling thread: the least that a runner can be */
    public static PipelineRunner oneByOne() {
        return new PipelineRunner() {
            @Override
            public String id() {
                return "one-by-one";
            }

            @Override
            public PipelineResult run(RunRequest request) {
                RunExecution run = RunExecution.begin(request, this);
                for (Node node : run.plan().nodes()) {
                    if (!run.execute(node)) {
                        break;
                    }
                }
                return run.finish();
            }
        };
    }

    /** @return the storage of the files */
    public ScriptedStorage storage() {
        return storage;
    }

    /** @return the events of the last run, in their order */
    public List<RunEvent> events() {
        return events;
    }

    /**
     * @param dataset the name of a dataset, its view left out
     * @return where its file stands
     */
    public Location at(String dataset) {
        return new Location("memory", "", "/" + dataset);
    }

    /**
     * Adds a file of lines, at the place of its name without view.
     *
     * @param name the dataset's name
     * @param form whether the file gives back what was written
     * @return its ref
     */
    public DatasetRef<List<String>> file(String name, LinesFormat.Form form) {
        DatasetRef<List<String>> ref = DatasetRef.listOf(name, String.class);
        catalog.add(ref, fileDataset(ref.baseName(), form));
        return ref;
    }

    /**
     * @param dataset a name without view
     * @param form whether the file gives back what was written
     * @return the file of that name, in no catalog
     */
    public FileDataset<List<String>> fileDataset(String dataset, LinesFormat.Form form) {
        return new FileDataset<>(storage, at(dataset), new LinesFormat(form));
    }

    /**
     * Adds an exact file of lines.
     *
     * @param name the dataset's name
     * @return its ref
     */
    public DatasetRef<List<String>> file(String name) {
        return file(name, LinesFormat.Form.EXACT);
    }

    /**
     * Adds a file of a format of the test's own.
     *
     * @param name the dataset's name
     * @param type the class of its values
     * @param format the format
     * @param <T> the type of its values
     * @return its ref
     */
    public <T> DatasetRef<T> file(String name, Class<T> type, Format<T> format) {
        DatasetRef<T> ref = DatasetRef.of(name, type);
        catalog.add(ref, new FileDataset<>(storage, at(ref.baseName()), format));
        return ref;
    }

    /**
     * Adds a file of lines that are rows, at the place of its name without view.
     *
     * @param name the dataset's name
     * @return its ref
     */
    public DatasetRef<Rows<String>> rowsFile(String name) {
        DatasetRef<Rows<String>> ref = DatasetRef.rowsOf(name, String.class);
        catalog.add(ref, new FileDataset<>(storage, at(ref.baseName()), new LineRowsFormat()));
        return ref;
    }

    /**
     * Adds a file of lines that are rows and are there before the run.
     *
     * @param name the dataset's name
     * @param lines what stands in it
     * @return its ref
     * @throws IOException never, in memory
     */
    public DatasetRef<Rows<String>> rowsInput(String name, String... lines) throws IOException {
        store(name, lines);
        return rowsFile(name);
    }

    /**
     * Adds an exact file of lines that is there before the run.
     *
     * @param name the dataset's name
     * @param lines what stands in it
     * @return its ref
     * @throws IOException never, in memory
     */
    public DatasetRef<List<String>> input(String name, String... lines) throws IOException {
        store(name, lines);
        return file(name);
    }

    /**
     * Stores lines behind the datasets' backs.
     *
     * @param name the dataset's name
     * @param lines what stands in it from now on
     * @throws IOException never, in memory
     */
    public void store(String name, String... lines) throws IOException {
        FileDataset<List<String>> there = new FileDataset<>(objects, at(name), new LinesFormat(LinesFormat.Form.EXACT));
        try (Content content = there.encode(List.of(lines), Grant.unbounded())) {
            there.store(content, new WriteSpec("before", 1, WriteSpec.Existing.OVERWRITE));
        }
    }

    /**
     * Adds any dataset.
     *
     * @param name its name
     * @param dataset the dataset
     * @return its ref
     */
    public DatasetRef<List<String>> add(String name, Dataset<List<String>> dataset) {
        return add(DatasetRef.listOf(name, String.class), dataset);
    }

    /**
     * Adds any dataset of any type.
     *
     * @param ref its ref
     * @param dataset the dataset
     * @return its ref
     */
    public <T> DatasetRef<T> add(DatasetRef<T> ref, Dataset<T> dataset) {
        catalog.add(ref, dataset);
        return ref;
    }

    /**
     * Runs nodes and checks that nothing is left.
     *
     * @param runner who runs them
     * @param choice changes the request
     * @param nodes the nodes
     * @return what happened
     */
    public PipelineResult run(PipelineRunner runner, UnaryOperator<RunRequest> choice, Node... nodes) {
        events.clear();
        RunRequest request = RunRequest.of(Pipeline.of(nodes), catalog.build())
                .withStateFolder(stateFolder)
                .withListener(events::add);
        PipelineResult result = runner.run(choice.apply(request));
        assertNothingLeft(result.runId());
        return result;
    }

    /**
     * The text of a stored object.
     *
     * @param dataset the name of a dataset, its view left out
     * @return its text
     */
    public String stored(String dataset) {
        try (Content content = objects.read(at(dataset), Grant.unbounded());
                InputStream in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether an object is visible.
     *
     * @param dataset the name of a dataset, its view left out
     * @return whether there is one
     */
    public boolean isStored(String dataset) {
        try {
            return objects.exists(at(dataset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @return the files in the scratch folders of all runs, those of a run that is under way too
     * @throws IOException if they cannot be listed
     */
    public List<Path> spillFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> runs = Files.list(stateFolder.resolve("runs"))) {
            for (Path run : runs.toList()) {
                Path spill = run.resolve("spill");
                if (Files.exists(spill)) {
                    try (Stream<Path> files = Files.list(spill)) {
                        files.forEach(found::add);
                    }
                }
            }
        }
        return found;
    }

    /**
     * Fails if a run left a thread, a spill file, an open write or an open content. Works with the interrupt flag set, and keeps it.
     *
     * @param runId the run
     */
    public void assertNothingLeft(RunId runId) {
        boolean interrupted = Thread.interrupted();
        try {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread != Thread.currentThread() && thread.getName().contains(runId.value())) {
                    thread.join(LAST_THREAD.toMillis()); // a pool that has ended is a moment ahead of its last thread
                    assertThat(thread.isAlive())
                            .as("%s still runs", thread.getName())
                            .isFalse();
                }
            }
            assertThat(storage.openWrites()).as("open writes").isZero();
            assertThat(objects.openWrites()).as("open writes below").isZero();
            assertThat(storage.openContents()).as("open contents").isZero();
            Path spill = stateFolder.resolve("runs").resolve(runId.value()).resolve("spill");
            if (Files.exists(spill)) {
                try (Stream<Path> files = Files.list(spill)) {
                    assertThat(files).as("spill files").isEmpty();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted twice", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * What a result says of a dataset.
     *
     * @param result the result
     * @param dataset the dataset's full name
     * @return what became of it
     * @throws NullPointerException if the result does not name it
     */
    public static DatasetResult dataset(PipelineResult result, String dataset) {
        return Objects.requireNonNull(
                result.datasets().get(dataset), () -> "the result does not name " + dataset + ": " + result.datasets());
    }

    /**
     * The receipt of a dataset.
     *
     * @param result the result
     * @param dataset the dataset's full name
     * @return what is stored
     * @throws NullPointerException if there is no receipt
     */
    public static Stored stored(PipelineResult result, String dataset) {
        return Objects.requireNonNull(dataset(result, dataset).stored(), () -> "no receipt for " + dataset);
    }

    /** Forgets all objects. */
    @Override
    public void close() {
        objects.close();
    }
}
