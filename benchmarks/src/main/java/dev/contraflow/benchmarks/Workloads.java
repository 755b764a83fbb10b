package dev.contraflow.benchmarks;

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
import java.util.stream.IntStream;

/**
 * The workloads C1 to C12 over HTTP, against an S3 server in this JVM behind a gate with their latency and bandwidths, everything scaled in time
 * and size so that the set takes less than ten minutes on two cores. Each with {@code plain}, {@code async}, {@code cache-async}, a model of the
 * original tee, and the tee. The slow ones, which mostly wait, are measured six at a time; the two tees alone. Prints the table, and writes
 * {@code target/workloads.json}.
 */
public final class Workloads {
    private static final List<String> SIDE_BY_SIDE = List.of("plain", "async", "cache-async");
    private static final int AT_ONCE = 6;
    private static final int MEASURED = 3;
    private static final String BUCKET = "workloads";
    private static final long SMALLEST_PART = 5L << 20; // S3 takes no smaller ones

    /** How much shorter and smaller than in the definition each workload is run: large enough for parts where these matter. */
    private static final Map<String, double[]> SCALES = Map.ofEntries(
            Map.entry("C1", new double[] {0.1, 1}),
            Map.entry("C2", new double[] {0.2, 0.025}),
            Map.entry("C3", new double[] {0.2, 0.05}),
            Map.entry("C4", new double[] {0.1, 0.05}),
            Map.entry("C5", new double[] {0.1, 0.0125}),
            Map.entry("C6", new double[] {0.1, 0.0125}),
            Map.entry("C7", new double[] {1, 0.125}),
            Map.entry("C8", new double[] {0.1, 0.0125}),
            Map.entry("C9", new double[] {0.05, 0.00625}),
            Map.entry("C10", new double[] {0.1, 0.0125}),
            Map.entry("C11", new double[] {0.01, 0.0025}),
            Map.entry("C12", new double[] {0.1, 0.0125}));

    private final Providers providers = Providers.discover().withPlugin(new OriginalTee.OriginalPlugin());
    private final EmbeddedS3 server;
    private final AtomicInteger prefixes = new AtomicInteger();

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
     * @param args ids of workloads, by default all
     */
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        try (EmbeddedS3 server = EmbeddedS3.start(BUCKET)) {
            new Workloads(server).measureAll(List.of(args));
        }
        System.out.printf(Locale.ROOT, "%nall of it took %.0f s%n", (System.nanoTime() - start) / 1e9);
        System.exit(0);
    }

    private void measureAll(List<String> ids) throws Exception {
        List<Workload> workloads = Workload.all().stream()
                .filter(workload -> ids.isEmpty() || ids.contains(workload.id()))
                .map(Workloads::scaled)
                .toList();
        for (String io : List.of("plain", "original", "tee", "tee")) { // warm
            run(scaled(Workload.all().get(1)), io);
        }
        Map<String, Map<String, Double>> seconds = new LinkedHashMap<>();
        workloads.forEach(workload -> seconds.put(workload.id(), Collections.synchronizedMap(new LinkedHashMap<>())));
        measureSideBySide(workloads, seconds);
        List<Row> rows = new ArrayList<>();
        for (Workload workload : workloads) {
            Map<String, Double> of = Objects.requireNonNull(seconds.get(workload.id()));
            of.put("original", seconds(run(workload, "original").makespan()));
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
            overhead(scaled(Workload.all().get(6)));
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

    private RunReport run(Workload workload, String io) throws IOException {
        RunShape shape = workload.shape();
        Location root = new Location("s3", BUCKET, "/" + workload.id() + "-" + prefixes.incrementAndGet() + "/");
        try (S3Gate gate = S3Gate.inFrontOf(server.endpoint());
                Storage storage = storage(gate, shape, io)) {
            WorkloadPipeline.putInputs(shape, storage, root);
            gate.delay(request -> true, shape.store().latency());
            gate.limit(shape.store().connection(), shape.store().total());
            RunReport report = run(workload, io, storage, root);
            gate.clearRules();
            WorkloadPipeline.deleteAll(shape, storage, root);
            return report;
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

    private static Map<String, Object> options(RunShape shape, String io) {
        return io.equals("tee") && shape.memory() < Long.MAX_VALUE
                ? Map.of("tee", Map.of("memory", shape.memory(), "spill_limit", 0))
                : Map.of();
    }

    /** The original moves each object on one connection; the others cut large ones into parts. */
    private Storage storage(S3Gate gate, RunShape shape, String io) {
        Store store = shape.store();
        long largest = Collections.max(shape.sizes().values());
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
                io.equals("original") ? 1L << 30 : SMALLEST_PART,
                "range_size",
                Math.max(64 << 10, Math.min(8 << 20, largest / 16))));
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
                        "%s: at most %d bytes computed and not durable, memory %d%n",
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
    private void overhead(Workload tiny) throws IOException {
        int nodes = tiny.shape().steps().size();
        double[] added = IntStream.range(0, MEASURED)
                .mapToDouble(i -> added(tiny))
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "C7: the tee adds %.1f microseconds a node to the plain run with datasets in memory%n",
                added[MEASURED / 2] / nodes * 1e6);
    }

    private double added(Workload tiny) {
        try {
            RunShape shape = tiny.shape();
            Pipeline pipeline = WorkloadPipeline.of(shape, Workloads::work);
            try (DataCatalog memory = WorkloadPipeline.inMemory(shape)) {
                long start = System.nanoTime();
                new SequentialRunner()
                        .run(RunRequest.of(pipeline, memory)
                                .withProviders(providers)
                                .withIo("plain"))
                        .orElseThrow();
                double plain = (System.nanoTime() - start) / 1e9;
                RunReport tee = run(tiny, "tee");
                Duration once = tee.time(Cause.BEGIN)
                        .plus(tee.time(Cause.TAIL))
                        .plus(tee.stalls().stream()
                                .filter(stall -> stall.dataset().equals("d0"))
                                .map(RunReport.Stall::time)
                                .reduce(Duration.ZERO, Duration::plus));
                return seconds(tee.makespan().minus(once)) - plain;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
