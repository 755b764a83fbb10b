package dev.contraflow.examples.iris;

import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.examples.iris.Comparison.Strategy;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the Iris pipeline with each I/O manager in turn, and compares what they took and what they stored.
 *
 * <p>System properties: {@code iris.env} (default {@code local}), {@code iris.delay} (seconds, {@code 500ms}, {@code 10s}; default: what the
 * configuration says), {@code iris.delay-at} ({@code dataset} or {@code http}: in front of the S3 server inside the JVM).
 */
public final class IrisMain implements AutoCloseable {
    private static final List<String> STRATEGIES = List.of("plain", "async", "cache", "cache-async", "tee");
    private static final DatasetRef<?> AN_INTERMEDIATE = IrisProject.TRAIN_X;

    private final IrisProject project;
    private final String environment;
    private final PrintStream out;
    private final Map<String, Object> runtimeParameters = new LinkedHashMap<>();
    private final boolean delayAtHttp;
    private @Nullable EmbeddedS3 server;
    private @Nullable S3Gate gate;

    IrisMain(Path root, String environment, boolean delayAtHttp, PrintStream out) {
        this.project = new IrisProject(root);
        this.environment = environment;
        this.delayAtHttp = delayAtHttp;
        this.out = out;
    }

    /**
     * Compares the I/O managers. Exits with 0 if all runs succeeded and stored the same bytes, 1 if not, 2 if the configuration is wrong.
     *
     * @param args none; see the system properties above
     */
    public static void main(String[] args) throws IOException {
        String delayAt = System.getProperty("iris.delay-at", "dataset");
        if (!delayAt.equals("dataset") && !delayAt.equals("http")) {
            System.err.println("iris.delay-at is '" + delayAt + "', but must be dataset or http.");
            System.exit(2);
        }
        boolean delayAtHttp = delayAt.equals("http");
        Path root = Path.of(System.getProperty("iris.root", ""));
        int exit;
        IrisMain main = new IrisMain(root, System.getProperty("iris.env", "local"), delayAtHttp, System.out);
        try (main) {
            Comparison comparison = main.compare(delayGiven(System.getProperty("iris.delay", "")));
            comparison.print(System.out);
            comparison.write(root.resolve("target/iris-report.json"));
            System.out.println("The same as JSON: " + root.toAbsolutePath().resolve("target/iris-report.json"));
            exit = comparison.allSucceeded() && comparison.bytesAgree() ? 0 : 1;
        } catch (ContraflowException e) {
            System.err.println(e.getMessage());
            exit = 2;
        }
        System.exit(exit);
    }

    /** The delay that a property gives, or null if it is empty. */
    static @Nullable Duration delayGiven(String text) {
        if (text.isEmpty()) {
            return null;
        }
        String withUnit = text.matches("[0-9.]+") ? text + "s" : text;
        try {
            return ConfigSection.of("iris", Map.of("delay", withUnit))
                    .duration("delay")
                    .orElseThrow();
        } catch (CatalogException e) {
            throw new CatalogException(
                    "iris.delay is '" + text
                            + "', which is not a duration. Write -Diris.delay=0.2 (seconds), 200ms or 3s.",
                    e);
        }
    }

    /**
     * Runs all strategies.
     *
     * @param delay the delay, or null for what the configuration says
     */
    Comparison compare(@Nullable Duration delay) throws IOException {
        startServerIfWanted();
        if (delay != null) {
            runtimeParameters.put("delay", delay.toNanos() / 1e9);
        }
        Duration d = delay();
        if (delayAtHttp) {
            moveDelayInFrontOfTheServer(d);
        }
        out.println("Warming up: every strategy once, without delays. Not measured.");
        for (String io : STRATEGIES) {
            new SequentialRunner().run(request(io).withParameter("delay", "0s")).orElseThrow();
        }
        S3Gate slow = gate;
        if (slow != null) {
            slow.delay(request -> request.path().contains("/iris/"), d);
        }
        List<Strategy> strategies = new ArrayList<>();
        for (String io : STRATEGIES) {
            out.printf("%n%s%n", io);
            strategies.add(measure(io, d));
        }
        return new Comparison(d, strategies);
    }

    private Strategy measure(String io, Duration delay) throws IOException {
        forgetIntermediates();
        Progress progress = new Progress(out);
        long start = System.nanoTime();
        PipelineResult result = new SequentialRunner().run(request(io).withListener(progress));
        double seconds = (System.nanoTime() - start) / 1e9;
        out.println("  " + result.summary());
        return new Strategy(
                io,
                seconds,
                progress.lowerBound(delay).toNanos() / 1e9,
                storedBytes(),
                result.state() == PipelineResult.State.SUCCEEDED);
    }

    private RunRequest request(String io) {
        RunRequest request = RunRequest.of(project, "iris", environment)
                .withIo(io)
                .withUnchangedRewritten(); // else the second way to run it would find all that the first has stored
        for (Map.Entry<String, Object> parameter : runtimeParameters.entrySet()) {
            request = request.withParameter(parameter.getKey(), parameter.getValue());
        }
        return request;
    }

    private Config config() {
        ConfigSource source = ConfigSource.of(project.root()).withEnvironment(environment);
        for (Map.Entry<String, Object> parameter : runtimeParameters.entrySet()) {
            source = source.withRuntimeParameter(parameter.getKey(), parameter.getValue());
        }
        return Config.load(source);
    }

    private void startServerIfWanted() throws IOException {
        String endpoint = config().storages().section("s3").text("endpoint").orElse("");
        if (!endpoint.equals("in-jvm")) {
            out.println("S3: " + (endpoint.isEmpty() ? "AWS" : endpoint));
            return;
        }
        EmbeddedS3 started = EmbeddedS3.start();
        server = started;
        useEndpoint(started.endpoint());
        runtimeParameters.put("s3_access_key_id", started.accessKey());
        runtimeParameters.put("s3_secret_access_key", started.secretKey());
        String bucket = location(AN_INTERMEDIATE).authority();
        started.createBucket(bucket);
        out.println("S3: a server inside this JVM at " + started.endpoint() + ", bucket " + bucket);
    }

    private void useEndpoint(URI endpoint) {
        runtimeParameters.put("s3_endpoint", endpoint.toString());
    }

    private void moveDelayInFrontOfTheServer(Duration delay) throws IOException {
        EmbeddedS3 started = server;
        if (started == null) {
            throw new CatalogException(
                    "iris.delay-at=http puts the delay in front of the S3 server inside the JVM, which the"
                            + " environment '" + environment
                            + "' does not use. Leave it out, or run with -Diris.env=local.");
        }
        S3Gate front = S3Gate.inFrontOf(started.endpoint());
        gate = front;
        useEndpoint(front.endpoint());
        runtimeParameters.put("delay", "0s");
        out.println(
                "The delay of " + delay + " is added in front of the S3 server, to every request for an intermediate.");
    }

    /** The delay D of all intermediates, as the catalog has it. Says so if it is not the same for all of them. */
    private Duration delay() {
        ConfigSection catalog = config().catalog();
        Map<Duration, List<String>> datasets = new TreeMap<>(Comparator.reverseOrder());
        for (DatasetRef<?> ref : intermediates()) {
            Duration delay = catalog.section(ref.name()).duration("save_delay").orElse(Duration.ZERO);
            datasets.computeIfAbsent(delay, d -> new ArrayList<>()).add(ref.name());
        }
        if (datasets.size() > 1) {
            out.println(
                    "The intermediates do not have one delay, so 'in D' and the lower bound are those of the longest: "
                            + datasets);
        }
        return datasets.keySet().iterator().next();
    }

    private Location location(DatasetRef<?> ref) {
        return withDatasets(datasets -> datasets.dataset(ref).target().orElseThrow());
    }

    private interface Use<T> {
        T of(BoundDatasets datasets);
    }

    private <T> T withDatasets(Use<T> use) {
        Pipeline pipeline = pipeline();
        try (DataCatalog catalog = DataCatalog.load(config(), Providers.discover())) {
            return use.of(catalog.bind(new BindRequest(
                    pipeline.datasets(),
                    pipeline.inputs().stream().map(DatasetRef::name).collect(Collectors.toSet()),
                    intermediates().stream().map(DatasetRef::name).collect(Collectors.toSet()))));
        }
    }

    private Pipeline pipeline() {
        Pipeline pipeline = project.pipelines().get("iris");
        if (pipeline == null) {
            throw new IllegalStateException("the project has a pipeline 'iris'");
        }
        return pipeline;
    }

    private List<DatasetRef<?>> intermediates() {
        List<DatasetRef<?>> written = new ArrayList<>();
        pipeline().nodes().forEach(node -> written.addAll(node.outputs()));
        return written;
    }

    /** The bucket itself, past all delays. */
    private Storage openStorage() {
        EmbeddedS3 started = server;
        if (started != null) {
            useEndpoint(started.endpoint());
        }
        Config config = config();
        S3Gate front = gate;
        if (front != null) {
            useEndpoint(front.endpoint());
        }
        return Providers.discover()
                .storage("s3")
                .orElseThrow()
                .open(new StorageConfig(
                        "s3",
                        config.storages().section("s3"),
                        config.credentials().section("iris_s3"),
                        config.root()));
    }

    private void forgetIntermediates() throws IOException {
        try (Storage storage = openStorage()) {
            for (DatasetRef<?> ref : intermediates()) {
                storage.delete(location(ref));
            }
        }
    }

    /** The digest of what the bucket holds: names, sizes and bytes of all intermediates, read back. */
    private String storedBytes() throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        try (Storage storage = openStorage()) {
            for (DatasetRef<?> ref : intermediates()) {
                Location at = location(ref);
                try (Content content = storage.read(at, Grant.unbounded())) {
                    String line = at + " " + content.size() + " " + content.sha256() + "\n";
                    digest.update(line.getBytes(StandardCharsets.UTF_8));
                } catch (ObjectNotFoundException e) {
                    digest.update((at + " is missing\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        S3Gate front = gate;
        if (front != null) {
            front.close();
        }
        EmbeddedS3 started = server;
        if (started != null) {
            started.close();
        }
    }
}
