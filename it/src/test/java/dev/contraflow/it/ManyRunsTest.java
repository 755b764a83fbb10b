package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunListener;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that runs pipelines all day: 1,200 runs of one project, eight at a time, with both runners and every I/O manager, four of ten
 * failing on purpose. All use the same names for their pipelines, nodes and datasets, one state folder, one registry of providers, and the
 * successful ones one cancellation; but each has numbers of its own, so that whatever is shared shows in a result. Afterwards the process is
 * as it was after the first 200.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ManyRunsTest {
    private static final int AT_ONCE = 8;
    private static final int WARM_UP = 200;
    private static final int RUNS = 1000;
    /** In bytes: 1 kB of each run would be seen, or five whole runs, which hold about 200 kB of numbers each. */
    private static final long HEAP_BOUND = 1_000_000;

    private static final int NUMBERS = 2000;
    private static final DatasetRef<String> RAW = DatasetRef.of("raw", String.class);
    private static final DatasetRef<List<Integer>> COUNTED = DatasetRef.listOf("counted", Integer.class);
    private static final DatasetRef<List<Integer>> LEFT = DatasetRef.listOf("left", Integer.class);
    private static final DatasetRef<List<Integer>> RIGHT = DatasetRef.listOf("right", Integer.class);
    private static final DatasetRef<List<Integer>> TOTAL = DatasetRef.listOf("total", Integer.class);
    private static final DatasetRef<Long> SUM = DatasetRef.of("sum", Long.class);

    private static final List<String> MANAGERS = List.of("plain", "async", "cache", "cache-async", "tee", "tee-tiny");

    @TempDir
    Path folder;

    private final Providers providers = Providers.discover();
    private final Cancellation neverCancelled = new Cancellation();
    private final CountDownLatch all = new CountDownLatch(AT_ONCE);
    private final List<WeakReference<Object>> held = Collections.synchronizedList(new ArrayList<>());

    @Test
    void leaveNothingBehindAndShareNothing() throws Exception {
        writeConfiguration();
        Set<Thread> threads = Leaks.threads();
        runAll(0, WARM_UP);
        Leaks.assertNoThreadsBut(threads);
        long files = Leaks.openFiles();
        long heap = Leaks.usedHeap();

        runAll(WARM_UP, WARM_UP + RUNS);

        Leaks.assertNoThreadsBut(threads);
        Leaks.assertNoOpenFilesBelow(folder);
        assertThat(Leaks.openFiles()).as("open files").isLessThanOrEqualTo(files + 2); // the JVM opens some for itself
        assertThat(Leaks.usedHeap() - heap).as("growth of the heap in bytes").isLessThan(HEAP_BOUND);
        assertThat(held).hasSizeGreaterThan(RUNS).allMatch(reference -> reference.refersTo(null));
        Leaks.assertOnlyRecords(folder.resolve("state"));
        try (Stream<Path> records = Files.list(folder.resolve("state/runs"))) {
            assertThat(records).as("records that are kept").hasSizeLessThanOrEqualTo(50 + 2 * AT_ONCE);
        }
    }

    private void writeConfiguration() throws IOException {
        Files.createDirectories(folder.resolve("conf/local"));
        Files.createDirectories(folder.resolve("conf/base"));
        Files.writeString(folder.resolve("conf/base/catalog.yml"), """
                raw: {type: text, filepath: "${runtime_params:folder}/raw.txt"}
                counted: {type: json, filepath: "${runtime_params:folder}/counted.json"}
                left: {type: json, filepath: "memory://numbers${runtime_params:folder}/left.json"}
                total: {type: json, filepath: "${runtime_params:folder}/total.json"}
                """);
    }

    private void runAll(int from, int to) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = from; i < to; i++) {
                int number = i;
                runs.add(pool.submit(() -> {
                    new OneRun(number).runAndCheck();
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get(15, TimeUnit.MINUTES);
            }
        } finally {
            pool.shutdownNow();
            assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    /** How a run is going to end. */
    private enum End {
        SUCCESS,
        NODE_FAILS,
        SAVE_FAILS,
        INPUT_IS_MISSING,
        CANCELLED
    }

    /** One run: its project, its storage, its listener, and what has to come of it. */
    private final class OneRun implements Project, StorageProvider, RunListener {
        private final int number;
        private final End end;
        private final PipelineRunner runner;
        private final String io;
        private final Path data;
        private final InMemoryStorage storage = new InMemoryStorage();
        private final Cancellation cancellation;
        private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());

        OneRun(int number) {
            this.number = number;
            this.end = number % 10 < 4 ? End.values()[1 + number % 10] : End.SUCCESS;
            this.runner = number / 10 % 2 == 0 ? new SequentialRunner() : new ThreadRunner();
            this.io = MANAGERS.get(number / 20 % MANAGERS.size());
            this.data = folder.resolve("run" + number);
            this.cancellation = end == End.SUCCESS ? neverCancelled : new Cancellation();
            held.add(new WeakReference<>(this));
            held.add(new WeakReference<>(storage));
        }

        @Override
        public String toString() {
            return "run " + number + " (" + end + ", " + runner.id() + ", " + io + ")";
        }

        @Override
        public Path root() {
            return folder;
        }

        @Override
        public Set<String> schemes() {
            return Set.of("memory");
        }

        @Override
        public Storage open(StorageConfig config) {
            return storage;
        }

        @Override
        public void onEvent(RunEvent event) {
            events.add(event);
        }

        @Override
        public Map<String, Pipeline> pipelines() {
            return Map.of(
                    "main",
                    Pipeline.of(
                            Node.named("count").reads(RAW).writes(COUNTED).by(this::count),
                            Node.named("left").reads(COUNTED).writes(LEFT).by(this::left),
                            Node.named("right").reads(COUNTED).writes(RIGHT).by(this::right),
                            Node.named("join").reads(LEFT, RIGHT).writes(TOTAL).by(OneRun::join),
                            Node.named("sum").reads(TOTAL).writes(SUM).by(OneRun::sum)));
        }

        /** Consecutive numbers, which begin somewhere else in each run. */
        private List<Integer> count(String from) {
            List<Integer> numbers = IntStream.range(0, NUMBERS)
                    .mapToObj(i -> Integer.parseInt(from) + i)
                    .toList();
            held.add(new WeakReference<>(numbers.get(0))); // the same object in all copies of the list
            return numbers;
        }

        private List<Integer> left(List<Integer> numbers) {
            if (end == End.SAVE_FAILS) {
                storage.cutOff();
            }
            return numbers.stream().map(n -> 2 * n).toList();
        }

        private List<Integer> right(List<Integer> numbers) {
            if (end == End.NODE_FAILS) {
                throw new IllegalStateException("on purpose, in run " + number);
            }
            if (end == End.CANCELLED) {
                cancellation.cancel();
            }
            return numbers.stream().map(n -> n + 1).toList();
        }

        private static List<Integer> join(List<Integer> left, List<Integer> right) {
            return IntStream.range(0, left.size())
                    .mapToObj(i -> left.get(i) + right.get(i))
                    .toList();
        }

        private static long sum(List<Integer> total) {
            return total.stream().mapToLong(Integer::longValue).sum();
        }

        private int first() {
            return 1000 * (1 + number);
        }

        private List<Integer> expectedTotal() {
            return IntStream.range(first(), first() + NUMBERS)
                    .mapToObj(n -> 3 * n + 1)
                    .toList();
        }

        private RunRequest request() {
            RunRequest request = RunRequest.of(this, "main", "local")
                    .withParameter("folder", data.toString())
                    .withProviders(providers.withStorage(this))
                    .withStateFolder(folder.resolve("state"))
                    .withCancellation(cancellation)
                    .withListener(this)
                    .withIo(io.equals("tee-tiny") ? "tee" : io);
            if (io.equals("tee-tiny")) { // everything spills, and one transfer goes at a time
                request = request.withRunOptions(ConfigSection.of(
                        "run", Map.of("tee", Map.of("memory", 1000, "transfers", 1, "spill_limit", 200_000))));
            }
            return number % 4 == 0 ? request.withTimeLimit(Duration.ofMinutes(5)) : request;
        }

        void runAndCheck() throws Exception {
            all.countDown();
            assertThat(all.await(5, TimeUnit.MINUTES))
                    .as("%s runs at once", AT_ONCE)
                    .isTrue();
            Files.createDirectories(data);
            if (end == End.INPUT_IS_MISSING) {
                assertThatThrownBy(() -> runner.run(request()))
                        .as(toString())
                        .isInstanceOf(CatalogException.class)
                        .hasMessageContaining("Dataset 'raw'")
                        .hasMessageContaining(data.toString());
                assertThat(data).isEmptyDirectory();
            } else {
                Files.writeString(data.resolve("raw.txt"), String.valueOf(first()));
                PipelineResult result = runner.run(request());
                held.add(new WeakReference<>(result));
                check(result);
            }
            assertThat(Thread.currentThread().isInterrupted()).as(toString()).isFalse();
            assertThat(storage.openWrites()).as(toString()).isZero();
            removeData();
        }

        private void check(PipelineResult result) throws IOException {
            assertThat(result.io()).as(toString()).isEqualTo(io.equals("tee-tiny") ? "tee" : io);
            switch (end) {
                case SUCCESS -> checkSuccess(result);
                case NODE_FAILS -> {
                    checkFailure(result, PipelineResult.State.FAILED, 1);
                    assertThat(result.failures()).as(toString()).singleElement().isInstanceOf(NodeException.class);
                    assertThat(result.failures().get(0)).hasMessageContaining("on purpose, in run " + number);
                }
                case SAVE_FAILS -> {
                    checkFailure(result, PipelineResult.State.FAILED, 3);
                    assertThat(result.failures())
                            .as(toString())
                            .singleElement()
                            .isInstanceOfSatisfying(
                                    DatasetException.class,
                                    failure -> assertThat(failure.dataset()).isEqualTo("left"));
                }
                default -> checkFailure(result, PipelineResult.State.CANCELLED, 130);
            }
            assertThat(events)
                    .as(toString())
                    .filteredOn(RunEvent.RunFinished.class::isInstance)
                    .singleElement()
                    .isInstanceOfSatisfying(RunEvent.RunFinished.class, finished -> {
                        assertThat(finished.runId()).isEqualTo(result.runId());
                        assertThat(finished.state()).isEqualTo(result.state());
                    });
            Leaks.assertNoThreadOf(result.runId().value());
        }

        private void checkSuccess(PipelineResult result) throws IOException {
            assertThat(result.state()).as("%s: %s", this, result.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
            assertThat(result.value(SUM)).as(toString()).isEqualTo(sum(expectedTotal()));
            assertThat(numbersIn("total.json")).as(toString()).isEqualTo(expectedTotal());
            assertThat(numbersIn("counted.json").get(0)).as(toString()).isEqualTo(first());
            assertThat(files()).as(toString()).containsExactly("counted.json", "raw.txt", "total.json");
            assertThat(events)
                    .as(toString())
                    .filteredOn(RunEvent.NodeCompleted.class::isInstance)
                    .hasSize(5);
        }

        private void checkFailure(PipelineResult result, PipelineResult.State state, int exitCode) throws IOException {
            assertThat(result.state()).as("%s: %s", this, result.summary()).isEqualTo(state);
            assertThat(result.exitCode()).as("%s: %s", this, result.summary()).isEqualTo(exitCode);
            assertThat(files()).as(toString()).contains("raw.txt").isSubsetOf("counted.json", "raw.txt", "total.json");
            if (end != End.SAVE_FAILS) { // which the tee may have noticed late
                assertThat(result.nodes().get("join"))
                        .as(toString())
                        .extracting(NodeResult::state)
                        .isEqualTo(NodeResult.State.NOT_RUN);
                assertThat(files()).as(toString()).doesNotContain("total.json");
            }
        }

        private List<Integer> numbersIn(String file) throws IOException {
            return new ObjectMapper().readValue(data.resolve(file).toFile(), new TypeReference<>() {});
        }

        private List<String> files() throws IOException {
            try (Stream<Path> files = Files.walk(data)) {
                return files.filter(Files::isRegularFile)
                        .map(file -> data.relativize(file).toString())
                        .sorted()
                        .toList();
            }
        }

        private void removeData() throws IOException {
            for (String file : files()) {
                Files.delete(data.resolve(file));
            }
            Files.delete(data);
        }
    }
}
