package dev.contraflow.examples.spaceflights;

import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Metrics;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes raw data, runs a pipeline of the project over it, and says what came out. The {@linkplain Options options} are system properties. */
public final class SpaceflightsMain implements AutoCloseable {
    private final SpaceflightsProject project;
    private final Options options;
    private final PrintStream out;
    private final Map<String, Object> runtimeParameters = new LinkedHashMap<>();
    private @Nullable EmbeddedS3 server;
    private @Nullable S3Gate gate;

    SpaceflightsMain(SpaceflightsProject project, Options options, PrintStream out) {
        this.project = project;
        this.options = options;
        this.out = out;
        if (!options.data().isEmpty()) {
            runtimeParameters.put("data", options.data());
        }
    }

    /**
     * Runs the example. Exits with 0 if everything is durable, 1 or 3 if the run failed, 2 if an option or the configuration is wrong.
     *
     * @param args none; see {@link Options}
     */
    public static void main(String[] args) {
        int exit;
        try {
            Options options = Options.of(System.getProperties());
            SpaceflightsMain main = new SpaceflightsMain(new SpaceflightsProject(), options, System.out);
            try (main) {
                exit = main.run();
            }
        } catch (ContraflowException | IOException e) {
            System.err.println(e.getMessage());
            exit = 2;
        }
        System.exit(exit);
    }

    /**
     * Runs the example.
     *
     * @return the exit code of the run
     * @throws ContraflowException if something is wrong before the first node
     * @throws IOException if the S3 server inside the JVM cannot start
     */
    int run() throws IOException {
        RunRequest.of(project, options.pipeline(), options.env()); // a misspelt name is told before anything is made
        startServerIfWanted();
        makeRawData();
        S3Gate front = gate;
        if (front != null) {
            front.delay(request -> true, options.delay());
            front.clearRecord();
        }
        PipelineResult result = options.newRunner().run(request());
        out.println(result.summary());
        if (front != null) {
            out.println("S3 requests: " + counted(front));
        }
        if (result.state() == PipelineResult.State.SUCCEEDED) {
            SpaceflightsProject.MODELS.forEach(model -> report(model, result));
        }
        return result.exitCode();
    }

    private RunRequest request() {
        RunRequest request =
                RunRequest.of(project, options.pipeline(), options.env()).withListener(new Progress(out));
        for (Map.Entry<String, Object> parameter : runtimeParameters.entrySet()) {
            request = request.withParameter(parameter.getKey(), parameter.getValue());
        }
        return options.io().isEmpty() ? request : request.withIo(options.io());
    }

    private Config config() {
        ConfigSource source = ConfigSource.of(project.root()).withEnvironment(options.env());
        for (Map.Entry<String, Object> parameter : runtimeParameters.entrySet()) {
            source = source.withRuntimeParameter(parameter.getKey(), parameter.getValue());
        }
        return Config.load(source);
    }

    private void startServerIfWanted() throws IOException {
        Config config = config();
        String endpoint = config.storages().section("s3").text("endpoint").orElse("");
        if (endpoint.equals("in-jvm")) {
            String folder = config.catalog().section("companies").requiredText("filepath");
            EmbeddedS3 started =
                    EmbeddedS3.start(String.valueOf(URI.create(folder).getAuthority()));
            server = started;
            S3Gate front = S3Gate.inFrontOf(started.endpoint());
            gate = front;
            runtimeParameters.put("s3_endpoint", front.endpoint().toString());
            runtimeParameters.put("s3_access_key_id", started.accessKey());
            runtimeParameters.put("s3_secret_access_key", started.secretKey());
            out.println("S3: a server inside this JVM, " + options.delay().toMillis() + " ms away");
        } else if (!options.delay().isZero()) {
            throw new CatalogException(
                    "spaceflights.delay puts a delay in front of the S3 server inside the JVM, which the"
                            + " environment '" + options.env() + "' does not use. Leave it out, or run with"
                            + " -Dspaceflights.env=s3.");
        }
    }

    private void makeRawData() {
        try (DataCatalog catalog = DataCatalog.load(config(), Providers.discover())) {
            String made = "Raw data as they are";
            if (options.rows() > 0) {
                RawData.generate(options.rows(), options.seed()).save(catalog);
                made = options.rows() + " rows of raw data made for each table";
            }
            out.println(made + ": " + catalog.config("companies").orElseThrow().get("filepath") + ", ..");
        }
    }

    private static String counted(S3Gate front) {
        return front.requests().stream()
                .collect(Collectors.groupingBy(S3Request::method, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(method -> method.getValue() + " " + method.getKey())
                .collect(Collectors.joining(", "));
    }

    private void report(String model, PipelineResult result) {
        DatasetRef<Metrics> ref =
                SpaceflightsProject.METRICS.withName(model + "." + SpaceflightsProject.METRICS.name());
        DatasetResult stored = result.datasets().get(ref.name());
        if (stored == null || stored.state() != DatasetResult.State.DURABLE) {
            return;
        }
        try (DataCatalog catalog = DataCatalog.load(config(), Providers.discover())) {
            Metrics metrics = catalog.load(ref);
            out.printf(
                    Locale.ROOT,
                    "%-29s R2 %.3f, mean absolute error $%,.0f, largest $%,.0f%n",
                    model,
                    metrics.r2Score(),
                    metrics.mae(),
                    metrics.maxError());
        }
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
