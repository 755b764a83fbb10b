package dev.contraflow.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunReport;
import dev.contraflow.run.RunReport.Cause;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.RunShape;
import dev.contraflow.run.RunShape.Store;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The workloads C1 to C12 over HTTP, against an S3 server in this JVM behind a gate with their latency and bandwidths, everything scaled in time
 * and size so that the set takes less than ten minutes on two cores. Each with {@code plain}, {@code async}, {@code cache-async}, a model of the
 * original tee, and the tee. The slow ones, which mostly wait, are measured eight at a time; the two tees alone. Prints the table, and writes
 * {@code target/workloads.json}.
 */
public final class Workloads {
    private static final List<String> SIDE_BY_SIDE = List.of("plain", "async", "cache-async");
    private static final int AT_ONCE = 8;
    private static final int MEASURED = 3;
    private static final int WARM =
            5; // runs of C7 before those that are measured: at 5 ms a node code that is not compiled yet is what counts
    private static final long SMALLEST_PART = 5L << 20; // S3 takes no smaller ones

    /** How much shorter and smaller than in the definition each workload is run: large enough for parts where these matter. */
    private static final Map<String, double[]> SCALES = Map.ofEntries(
            Map.entry("C1", new double[] {0.1, 1}),
            Map.entry("C2", new double[] {0.2, 0.025}),
            Map.entry("C3", new double[] {0.3, 0.05}),
            Map.entry("C4", new double[] {0.25, 0.1}),
            Map.entry("C5", new double[] {0.1, 0.0125}),
            Map.entry("C6", new double[] {0.2, 0.025}),
            Map.entry("C7", new double[] {1, 0.125}),
            Map.entry("C8", new double[] {0.08, 0.0125}),
            Map.entry("C9", new double[] {0.05, 0.0125}),
            Map.entry("C10", new double[] {0.15, 0.05}),
            Map.entry("C11", new double[] {0.008, 0.0025}),
            Map.entry("C12", new double[] {0.1, 0.025}));

    private final Providers providers = Providers.discover().withPlugin(new OriginalTee.OriginalPlugin());
    private final EmbeddedS3 server;
    private final AtomicInteger buckets = new AtomicInteger();

    private Workloads(EmbeddedS3 server) {
        this.server = server;
    }

    /** What was measured of one workload, in seconds by I/O manager. */
    private record Row(Workload workload, Duration bound, Map<String, Double> seconds, List<RunReport> tees) {
        double tee() {
            return Objects.requireNonNull(seconds.get("tee"));
        }

        double boundSeconds() {
            return bound.toNanos() / 1e9;
        }

        double eta() {
            return boundSeconds() / tee();
        }
    }

    /**
     * Measures, prints and writes.
     *
     * @param args ids of workloads, by default all; or {@code overhead}, for what the tee adds to a node of C7 alone
     */
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        try (EmbeddedS3 server = EmbeddedS3.start()) {
            Workloads workloads = new Workloads(server);
            if (List.of(args).equals(List.of("overhead"))) {
                workloads.warmForTinyNodes();
                workloads.overhead();
            } else {
                workloads.measureAll(List.of(args));
            }
        }
        System.out.printf(Locale.ROOT, "%nall of it took %.0f s%n", (System.nanoTime() - start) / 1e9);
        System.exit(0);
    }

    private void measureAll(List<String> ids) throws Exception {
        List<Workload> workloads = Workload.all().stream()
                .filter(workload -> ids.isEmpty() || ids.contains(workload.id()))
                .map(Workloads::scaled)
                .toList();
        warm();
        Map<String, Map<String, Double>> seconds = new LinkedHashMap<>();
        workloads.forEach(workload -> seconds.put(workload.id(), Collections.synchronizedMap(new LinkedHashMap<>())));
        measureSideBySide(workloads, seconds);
        List<Row> rows = new ArrayList<>();
        for (Workload workload : workloads) {
            Map<String, Double> of = Objects.requireNonNull(seconds.get(workload.id()));
            of.put("original", seconds(run(workload, "original").makespan()));
            if (workload.id().equals("C7")) {
                warmForTinyNodes();
            }
            List<RunReport> tees = new ArrayList<>();
            for (int i = 0; i < MEASURED; i++) {
                tees.add(run(workload, "tee"));
            }
            tees.sort(Comparator.comparing(RunReport::makespan));
            RunReport median = tees.get(MEASURED / 2);
            System.out.println(workload.id() + " " + median.toText());
            of.put("tee", seconds(median.makespan()));
            rows.add(new Row(workload, median.bound().time(), of, tees));
        }
        print(rows);
        write(rows);
        if (ids.isEmpty() || ids.contains("C7")) {
            overhead();
        }
    }

    private void warm() throws IOException {
        for (String io : List.of("plain", "original", "tee", "tee")) {
            run(scaled(Workload.all().get(1)), io);
        }
    }

    private void warmForTinyNodes() throws IOException {
        for (int i = 0; i < WARM; i++) {
            run(scaled(Workload.all().get(6)), "tee");
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static Workload scaled(Workload workload) {
        double[] scale = Objects.requireNonNull(SCALES.get(workload.id()));
        return workload.scaled(scale[0], scale[1]);
    }

    private void measureSideBySide(List<Workload> workloads, Map<String, Map<String, Double>> seconds)
            throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        List<Future<?>> runs = new ArrayList<>();
        List<Workload> longestFirst = workloads.stream()
                .sorted(Comparator.comparing(
                                (Workload workload) -> workload.shape().plain())
                        .reversed())
                .toList();
        for (Workload workload : longestFirst) {
            for (String io : SIDE_BY_SIDE) {
                runs.add(pool.submit(() -> {
                    double took = seconds(run(workload, io).makespan());
                    Objects.requireNonNull(seconds.get(workload.id())).put(io, took);
                    return took;
                }));
            }
        }
        for (Future<?> run : runs) {
            run.get();
        }
        pool.shutdown();
    }

    // ---- one run

    /** What is done with a storage that is as slow as a workload wants it, and holds its inputs. */
    private interface Use<T> {
        T of(Storage storage, Location root) throws IOException;
    }

    private RunReport run(Workload workload, String io) throws IOException {
        return with(workload, io, (storage, root) -> run(workload, io, storage, root));
    }

    private <T> T with(Workload workload, String io, Use<T> use) throws IOException {
        RunShape shape = workload.shape();
        String bucket = "workload-" + buckets.incrementAndGet();
        Location root = new Location("s3", bucket, "/");
        server.createBucket(bucket);
        try (S3Gate gate = S3Gate.inFrontOf(server.endpoint());
                Storage storage = storage(gate, shape, io)) {
            WorkloadPipeline.putInputs(shape, storage, root);
            gate.delay(request -> true, shape.store().latency());
            gate.limit(shape.store().connection(), shape.store().total());
            return use.of(storage, root);
        } finally {
            server.removeBucket(bucket);
        }
    }

    private RunReport run(Workload workload, String io, Storage storage, Location root) throws IOException {
        RunShape shape = workload.shape();
        Pipeline pipeline = WorkloadPipeline.of(shape, Workloads::work);
        List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
        Path state = Files.createTempDirectory("contraflow-workloads");
        try (DataCatalog catalog = WorkloadPipeline.catalog(shape, storage, root)) {
            PipelineResult result = new SequentialRunner()
                    .run(RunRequest.of(pipeline, catalog)
                            .withProviders(providers)
                            .withListener(events::add)
                            .withStateFolder(state)
                            .withRunOptions(ConfigSection.of("run", options(shape, io)))
                            .withIo(io));
            result.orElseThrow();
            return RunReport.of(events, result).withShape(WorkloadPipeline.inTheOrderOf(pipeline, shape));
        }
    }

    /** Nothing stands on the disk: what is computed and not durable stays within the memory. */
    private static Map<String, Object> options(RunShape shape, String io) {
        return io.equals("tee") && shape.memory() < Long.MAX_VALUE
                ? Map.of("tee", Map.of("memory", shape.memory(), "spill_limit", 0))
                : Map.of();
    }

    /** The original moves each object on one connection; the others cut large ones into parts. */
    private Storage storage(S3Gate gate, RunShape shape, String io) {
        Store store = shape.store();
        Map<String, Object> options = new LinkedHashMap<>(Map.of(
                "endpoint",
                gate.endpoint().toString(),
                "region",
                server.region(),
                "path_style",
                true,
                "connections",
                store.channels(),
                "attempt_timeout",
                "300s",
                "part_size",
                SMALLEST_PART,
                "multipart_threshold",
                io.equals("original") ? 1L << 30 : SMALLEST_PART));
        Map<String, Object> credentials =
                Map.of("access_key_id", server.accessKey(), "secret_access_key", server.secretKey());
        return providers
                .storage("s3")
                .orElseThrow()
                .open(new StorageConfig(
                        "s3",
                        ConfigSection.of("s3", options),
                        ConfigSection.of("credentials", credentials),
                        Path.of("")));
    }

    /** Sleeps, but for the last part of a millisecond, for which sleeping is not exact enough. */
    private static void work(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            if (left > 300_000) {
                LockSupport.parkNanos(left - 200_000);
            } else {
                Thread.onSpinWait();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    // ---- what came out

    private static void print(List<Row> rows) {
        System.out.println();
        System.out.println("| | workload | lower bound | plain | async | cache-async | original | tee | eta |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f | **%.2f** | %.3f |%n",
                    row.workload.id(),
                    row.workload.title(),
                    row.boundSeconds(),
                    row.seconds.get("plain"),
                    row.seconds.get("async"),
                    row.seconds.get("cache-async"),
                    row.seconds.get("original"),
                    row.tee(),
                    row.eta());
        }
        rows.stream()
                .filter(row -> row.workload.shape().memory() < Long.MAX_VALUE)
                .forEach(row -> System.out.printf(
                        Locale.ROOT,
                        "%s: at most %d bytes computed and not durable, with %d bytes of memory%n",
                        row.workload.id(),
                        row.tees.stream()
                                .mapToLong(tee -> tee.traffic().peakUndurable())
                                .max()
                                .orElse(0),
                        row.workload.shape().memory()));
    }

    private static void write(List<Row> rows) throws IOException {
        ObjectNode json = new ObjectMapper().createObjectNode();
        ArrayNode all = json.putArray("workloads");
        for (Row row : rows) {
            ObjectNode one = all.addObject()
                    .put("id", row.workload.id())
                    .put("makespanSeconds", row.tee())
                    .put("lowerBoundSeconds", row.boundSeconds())
                    .put("eta", row.eta())
                    .put("plainSeconds", row.seconds.get("plain"))
                    .put("asyncSeconds", row.seconds.get("async"))
                    .put("cacheAsyncSeconds", row.seconds.get("cache-async"))
                    .put("originalSeconds", row.seconds.get("original"));
            row.tees.forEach(tee -> one.withArray("runsSeconds").add(seconds(tee.makespan())));
        }
        Path module = Path.of("benchmarks");
        Path target = (Files.isDirectory(module) ? module : Path.of("")).resolve("target");
        Files.createDirectories(target);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(target.resolve("workloads.json").toFile(), json);
    }

    /** C7: what the tee adds to a node, beside the same nodes over datasets in memory; its first load and its tail left out. */
    private void overhead() throws IOException {
        Workload tiny = scaled(Workload.all().get(6));
        RunShape shape = tiny.shape();
        Pipeline pipeline = WorkloadPipeline.of(shape, Workloads::work);
        List<Double> overHttp = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        Use<Double> tee = (storage, root) -> withoutOnce(pipeline, shape, storage, root);
        waiting(pipeline, shape); // warms it
        for (int i = 0; i < MEASURED; i++) {
            double plain = inMemory(pipeline, shape);
            double http = with(tiny, "tee", tee) - plain;
            double waiting = waiting(pipeline, shape) - plain;
            System.out.printf(Locale.ROOT, "C7: %.3f s, the tee %+.4f s, waiting only %+.4f s%n", plain, http, waiting);
            overHttp.add(http);
            alone.add(waiting);
        }
        System.out.printf(
                Locale.ROOT,
                "C7: the tee adds %.1f microseconds a node to the plain run with datasets in memory; %.1f if the storage takes"
                        + " as long, and no processor%n",
                median(overHttp) / shape.steps().size() * 1e6,
                median(alone) / shape.steps().size() * 1e6);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private double inMemory(Pipeline pipeline, RunShape shape) {
        try (DataCatalog memory = WorkloadPipeline.inMemory(shape)) {
            long start = System.nanoTime();
            new SequentialRunner()
                    .run(RunRequest.of(pipeline, memory)
                            .withProviders(providers)
                            .withIo("plain"))
                    .orElseThrow();
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private double waiting(Pipeline pipeline, RunShape shape) throws IOException {
        Location root = new Location("memory", "b", "/");
        try (InMemoryStorage objects = new InMemoryStorage()) {
            WorkloadPipeline.putInputs(shape, objects, root);
            Storage slow = new WaitingStorage(objects, shape.store().latency());
            return withoutOnce(pipeline, shape, slow, root);
        }
    }

    /** A run with the tee that nobody listens to, by its own report: without its begin, its first load and its tail. */
    private double withoutOnce(Pipeline pipeline, RunShape shape, Storage storage, Location root) throws IOException {
        Path state = Files.createTempDirectory("contraflow-workloads");
        try (DataCatalog catalog = WorkloadPipeline.catalog(shape, storage, root)) {
            PipelineResult result = new SequentialRunner()
                    .run(RunRequest.of(pipeline, catalog)
                            .withProviders(providers)
                            .withStateFolder(state)
                            .withIo("tee"));
            result.orElseThrow();
            JsonNode report = new ObjectMapper()
                    .readTree(state.resolve("runs/" + result.runId().value() + "/report.json")
                            .toFile());
            double once = report.at("/seconds/BEGIN").asDouble()
                    + report.at("/seconds/TAIL").asDouble();
            for (JsonNode stall : report.path("stalls")) {
                boolean isFirst = stall.path("cause").asText().equals(Cause.LOAD.name())
                        && stall.path("dataset").asText().equals("d0");
                once += isFirst ? stall.path("seconds").asDouble() : 0;
            }
            return report.path("makespanSeconds").asDouble() - once;
        }
    }
}
