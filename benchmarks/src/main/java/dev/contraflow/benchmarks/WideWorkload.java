package dev.contraflow.benchmarks;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Iris with more outputs: one node writes N datasets, one node reads them all; every request to the S3 server takes one delay D. The tee
 * takes 1 D whatever N is, as long as there are places for N transfers; with fewer places (k) no schedule can do better than N / k delays.
 * The model that Kedro-Accelerator is (a pool with as many places as the Iris example has outputs, six on two cores) is that last row.
 */
public final class WideWorkload {
    private static final int RUNS = 3;

    private WideWorkload() {}

    /**
     * Prints the table.
     *
     * @param args the delay in milliseconds, by default 1000
     */
    public static void main(String[] args) throws IOException {
        Duration delay = Duration.ofMillis(args.length > 0 ? Long.parseLong(args[0]) : 1000);
        System.out.printf("D = %s at each request, median of %d runs%n", delay, RUNS);
        System.out.printf("%8s %8s %10s %8s %14s%n", "outputs", "places", "seconds", "in D", "lower bound");
        for (int outputs : new int[] {6, 12, 24, 48, 60}) {
            measure(outputs, 64, delay);
        }
        measure(24, 32, delay);
        measure(24, 6, delay);
        System.exit(0);
    }

    private static void measure(int outputs, int places, Duration delay) throws IOException {
        try (EmbeddedS3 server = EmbeddedS3.start("wide");
                S3Gate gate = S3Gate.inFrontOf(server.endpoint());
                Storage storage = storage(server, gate)) {
            run(outputs, places, storage); // warm
            gate.delay(request -> true, delay);
            double[] seconds = new double[RUNS];
            for (int i = 0; i < RUNS; i++) {
                long start = System.nanoTime();
                run(outputs, places, storage);
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
            Arrays.sort(seconds);
            double d = delay.toNanos() / 1e9;
            double median = seconds[RUNS / 2];
            double bound = Math.ceil((double) outputs / places) * d;
            System.out.printf(
                    Locale.ROOT, "%8d %8d %10.2f %8.2f %12.2f s%n", outputs, places, median, median / d, bound);
        }
    }

    private static Storage storage(EmbeddedS3 server, S3Gate gate) {
        Map<String, Object> options =
                Map.of("endpoint", gate.endpoint().toString(), "region", server.region(), "path_style", true);
        Map<String, Object> credentials =
                Map.of("access_key_id", server.accessKey(), "secret_access_key", server.secretKey());
        return Providers.discover()
                .storage("s3")
                .orElseThrow()
                .open(new StorageConfig(
                        "s3",
                        ConfigSection.of("s3", options),
                        ConfigSection.of("credentials", credentials),
                        Path.of("")));
    }

    private static void run(int outputs, int places, Storage storage) throws IOException {
        Providers providers = Providers.discover();
        List<DatasetRef<String>> refs = new ArrayList<>();
        DataCatalog.Builder catalog = DataCatalog.builder();
        for (int i = 0; i < outputs; i++) {
            DatasetRef<String> ref = DatasetRef.of("output" + i, String.class);
            Format<String> text = providers.format("text").orElseThrow().create(ref.type(), FormatOptions.none());
            catalog.add(ref, new FileDataset<>(storage, new Location("s3", "wide", "/" + ref.name()), text));
            refs.add(ref);
        }
        Node write = Node.named("write")
                .readsNothing()
                .writesList(refs)
                .by(() -> refs.stream().map(DatasetRef::name).toList());
        List<Node> nodes = new ArrayList<>(List.of(write));
        refs.forEach(ref -> nodes.add(Node.named("read_" + ref).reads(ref).runs(value -> {})));
        Path state = Files.createTempDirectory("contraflow-wide");
        try (DataCatalog built = catalog.build()) {
            new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(nodes), built)
                            .withProviders(providers)
                            .withIo("tee")
                            .withRunOptions(ConfigSection.of("run", Map.of("tee", Map.of("transfers", places))))
                            .withStateFolder(state))
                    .orElseThrow();
        }
    }
}
