package dev.contraflow.benchmarks;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What large pipelines and catalogs cost, in milliseconds: the first time in this JVM, and the median of the following times. Prints one
 * table row for each question and size.
 */
public final class Scale {
    private static final int TIMES = 7;
    private static final List<Integer> SIZES = List.of(100, 1_000, 10_000, 100_000);

    private final Providers providers = Providers.discover();

    private Scale() {}

    private interface Work {
        @Nullable
        Object run() throws IOException;
    }

    /**
     * Prints the table.
     *
     * @param args not used
     */
    public static void main(String[] args) throws IOException {
        new Scale().measureAll();
        System.exit(0);
    }

    private void measureAll() throws IOException {
        System.out.printf("%-46s %8s %12s %12s %14s%n", "", "size", "first, ms", "median, ms", "median, us per");
        for (String shape : List.of("chain", "fan")) {
            for (int size : SIZES) {
                measure("build and validate, " + shape, size, () -> Pipeline.of(nodes(size, shape)));
            }
        }
        for (PipelineRunner runner : List.of(new SequentialRunner(), new ThreadRunner(2))) {
            for (String io : List.of("plain", "tee")) {
                for (String shape : List.of("chain", "fan")) {
                    for (int size : SIZES) {
                        measureRun(runner, io, shape, size);
                    }
                }
            }
        }
        for (int size : List.of(1_000, 10_000)) {
            measureCatalog(size);
        }
    }

    private void measureRun(PipelineRunner runner, String io, String shape, int size) throws IOException {
        Pipeline pipeline = Pipeline.of(nodes(size, shape));
        DataCatalog catalog = DataCatalog.builder().build();
        measure(
                "run, " + shape + ", " + runner.id() + ", " + io,
                size,
                () -> runner.run(RunRequest.of(pipeline, catalog)
                                .withProviders(providers)
                                .withIo(io))
                        .orElseThrow());
    }

    private static List<Node> nodes(int size, String shape) {
        List<Node> nodes = new ArrayList<>();
        DatasetRef<Integer> first = DatasetRef.of("d0", Integer.class);
        nodes.add(Node.named("n0").readsNothing().writes(first).by(() -> 0));
        DatasetRef<Integer> before = first;
        for (int i = 1; i < size; i++) {
            DatasetRef<Integer> next = DatasetRef.of("d" + i, Integer.class);
            nodes.add(Node.named("n" + i)
                    .reads(shape.equals("fan") ? first : before)
                    .writes(next)
                    .by(x -> x + 1));
            before = next;
        }
        return nodes;
    }

    /** Six lines an entry, as in the figures for Kedro; then one pattern instead of all of them. */
    private void measureCatalog(int size) throws IOException {
        Path root = Files.createTempDirectory("contraflow-scale");
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
        Path file = root.resolve("conf/base/catalog.yml");
        List<DatasetRef<?>> refs = IntStream.range(0, size)
                .<DatasetRef<?>>mapToObj(i -> DatasetRef.of("data_" + i, FormatThroughput.Trip.class))
                .toList();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            text.append("""
                    data_%d:
                      type: json.JSONDataset
                      filepath: data/01_raw/data_%d.json
                      versioned: false
                      metadata:
                        owner: team_%d
                    """.formatted(i, i, i % 7));
        }
        Files.writeString(file, text);
        measure("catalog: read and check all entries", size, () -> catalog(root).names());
        try (DataCatalog catalog = catalog(root)) {
            measure("catalog: bind all datasets", size, () -> bind(catalog, refs));
        }
        Files.writeString(file, """
                "data_{number}":
                  type: json.JSONDataset
                  filepath: data/01_raw/data_{number}.json
                """);
        try (DataCatalog catalog = catalog(root)) {
            measure("catalog: bind all by one pattern", size, () -> bind(catalog, refs));
        }
        Files.delete(file);
        Files.delete(root.resolve("conf/base"));
        Files.delete(root.resolve("conf/local"));
        Files.delete(root.resolve("conf"));
        Files.delete(root);
    }

    private static Object bind(DataCatalog catalog, List<DatasetRef<?>> refs) {
        return catalog.bind(new BindRequest(Set.copyOf(refs), Set.of(), Set.of()));
    }

    private DataCatalog catalog(Path root) {
        ConfigSource source = ConfigSource.of(root).withVariables(Map.of()).withEnvironment("local");
        return DataCatalog.load(Config.load(source), providers);
    }

    private static void measure(String what, int size, Work work) throws IOException {
        double first = millis(work);
        double[] more = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            more[i] = millis(work);
        }
        Arrays.sort(more);
        double median = more[TIMES / 2];
        System.out.printf(
                Locale.ROOT, "%-46s %8d %12.1f %12.1f %14.2f%n", what, size, first, median, median * 1000 / size);
    }

    private static double millis(Work work) throws IOException {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
