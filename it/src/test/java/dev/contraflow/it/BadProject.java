package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.run.RunRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A small project without a mistake, and how a case of {@link BadInputTest} makes one: it changes files of the configuration, the pipeline or
 * the request. Its credentials hold {@link #SECRET}, which nobody may print. Used by one thread.
 */
final class BadProject {
    /** A row of the data. */
    record Order(String id, double price) {}

    /** A parameter. */
    record Model(int depth, String kind) {}

    static final DatasetRef<List<Order>> ORDERS = DatasetRef.listOf("orders", Order.class);
    static final DatasetRef<List<Order>> CLEAN = DatasetRef.listOf("clean", Order.class);
    static final DatasetRef<Map<String, Double>> TOTALS = DatasetRef.mapOf("totals", Double.class);
    static final DatasetRef<Double> RATIO = DatasetRef.parameter("ratio", Double.class);

    static final String SECRET = "canary-5ecret-value";
    static final String CATALOG = "conf/base/catalog.yml";
    static final String PARAMETERS = "conf/base/parameters.yml";
    static final String GLOBALS = "conf/base/globals.yml";
    static final String RUN = "conf/base/run.yml";
    static final String STORAGES = "conf/base/storages.yml";
    static final String CREDENTIALS = "conf/local/credentials.yml";

    private final Path root;
    private final Map<String, String> files = new TreeMap<>();
    private final AtomicInteger begun = new AtomicInteger();
    private Supplier<Pipeline> pipeline = this::goodPipeline;
    private Function<Project, RunRequest> request = project -> RunRequest.of(project, "main", "local");
    private boolean isConfigurationChanged;

    BadProject(Path root) {
        this.root = root;
        files.put(CATALOG, """
                orders:
                  type: csv
                  filepath: ${globals:folder}/orders.csv
                clean:
                  type: csv
                  filepath: data/clean.csv
                totals:
                  type: json
                  filepath: data/totals.json
                """);
        files.put(PARAMETERS, """
                ratio: 0.2
                model:
                  depth: 3
                  kind: tree
                """);
        files.put(GLOBALS, "folder: data\n");
        files.put(STORAGES, """
                s3:
                  endpoint: http://127.0.0.1:9
                  region: us-east-1
                """);
        files.put(CREDENTIALS, """
                mine:
                  access_key_id: someone
                  secret_access_key: %s
                """.formatted(SECRET));
        files.put(RUN, "io: plain\n");
        files.put("data/orders.csv", "id,price\na,1.5\n");
    }

    private Pipeline goodPipeline() {
        return Pipeline.of(
                node("clean_orders"),
                Node.named("sum_up").reads(CLEAN, RATIO).writes(TOTALS).by((orders, ratio) -> {
                    begins();
                    return Map.of("sum", ratio * orders.size());
                }));
    }

    /** The first node of the good pipeline, by another name. */
    Node node(String name) {
        return Node.named(name).reads(ORDERS).writes(CLEAN).by(this::begins);
    }

    /** What every function of a node calls, so that it is known whether one has begun. */
    <T> T begins(T value) {
        begins();
        return value;
    }

    void begins() {
        begun.incrementAndGet();
    }

    int begun() {
        return begun.get();
    }

    BadProject write(String file, String text) {
        isConfigurationChanged |= file.startsWith("conf/");
        files.put(file, text);
        return this;
    }

    BadProject append(String file, String text) {
        return write(file, files.getOrDefault(file, "") + text);
    }

    BadProject replace(String file, String what, String by) {
        String text = Objects.requireNonNull(files.get(file), file);
        assertThat(text).contains(what);
        return write(file, text.replace(what, by));
    }

    BadProject delete(String file) {
        isConfigurationChanged |= file.startsWith("conf/");
        assertThat(files.remove(file)).as(file).isNotNull();
        return this;
    }

    BadProject runs(Supplier<Pipeline> other) {
        this.pipeline = other;
        return this;
    }

    BadProject asks(UnaryOperator<RunRequest> change) {
        Function<Project, RunRequest> before = this.request;
        this.request = project -> change.apply(before.apply(project));
        return this;
    }

    BadProject asksOf(Function<Project, RunRequest> whole) {
        this.request = whole;
        return this;
    }

    /** Whether the mistake was made in a file, so that the message has to say where. */
    boolean isConfigurationChanged() {
        return isConfigurationChanged;
    }

    Path root() {
        return root;
    }

    /** Writes the files, and builds what is to be refused: that, too, may refuse it. */
    RunRequest build() throws IOException {
        Files.createDirectories(root.resolve("conf/local"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, file.getValue());
        }
        Pipeline built = pipeline.get();
        return request.apply(new Project() {
            @Override
            public Map<String, Pipeline> pipelines() {
                return Map.of("main", built);
            }

            @Override
            public Path root() {
                return root;
            }

            @Override
            public String codeVersion() {
                return "1";
            }
        });
    }
}
