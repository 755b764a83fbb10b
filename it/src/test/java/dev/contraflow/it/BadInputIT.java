package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gets wrong is refused before the first node, or at the first touch where only the server can know, with a useful message. */
class BadInputIT {
    /** A row of the data. */
    public record Order(String id, double price) {}

    private static final DatasetRef<List<Order>> ORDERS = DatasetRef.listOf("orders", Order.class);
    private static final DatasetRef<List<Order>> CLEAN = DatasetRef.listOf("clean", Order.class);
    private static final String SECRET = "canary-5ecret-value";

    @TempDir
    Path root;

    private final TestS3 s3 = TestS3.get();
    private final AtomicInteger nodesRun = new AtomicInteger();

    @BeforeEach
    void goodProject() throws IOException {
        write("conf/base/catalog.yml", """
                orders:
                  type: csv
                  filepath: data/orders.csv
                clean:
                  type: csv
                  filepath: s3://BUCKET/clean.csv
                  credentials: mine
                """.replace("BUCKET", s3.newBucket()));
        write("conf/base/storages.yml", """
                s3:
                  endpoint: ENDPOINT
                  region: us-east-1
                  path_style: true
                  attempts: 2
                """.replace("ENDPOINT", s3.endpoint().toString()));
        write("conf/base/credentials.yml", """
                mine:
                  access_key_id: %s
                  secret_access_key: %s
                """.formatted(
                        s3.credentials().get("access_key_id"), s3.credentials().get("secret_access_key")));
        write("data/orders.csv", "id,price\na,1.5\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.createDirectories(root.resolve("conf/local"));
        Files.writeString(path, text);
    }

    private void replace(String file, String what, String by) throws IOException {
        String text = Files.readString(root.resolve(file));
        assertThat(text).contains(what);
        write(file, text.replace(what, by));
    }

    private Pipeline pipeline() {
        return Pipeline.of(
                Node.named("clean_orders").reads(ORDERS).writes(CLEAN).by(orders -> {
                    nodesRun.incrementAndGet();
                    return orders;
                }));
    }

    private PipelineResult run() {
        return run(pipeline());
    }

    private PipelineResult run(Pipeline pipeline) {
        return new SequentialRunner()
                .run(RunRequest.of(project(pipeline), "main", "local").withIo("tee"));
    }

    private Project project(Pipeline pipeline) {
        return new Project() {
            @Override
            public Map<String, Pipeline> pipelines() {
                return Map.of("main", pipeline);
            }

            @Override
            public Path root() {
                return root;
            }
        };
    }

    /** The message of what was refused before the first node. */
    private String refusal() {
        return refusal(pipeline());
    }

    private String refusal(Pipeline pipeline) {
        Throwable thrown = catchThrowable(() -> run(pipeline));
        assertThat(thrown).isInstanceOf(ContraflowException.class);
        assertThat(nodesRun).as("nodes run before the refusal").hasValue(0);
        return checked(Objects.requireNonNull(thrown.getMessage()));
    }

    /** The message of what was refused at the first touch. */
    private String failure() {
        PipelineResult result = run();
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.failures()).isNotEmpty();
        return checked(result.failures().get(0).getMessage());
    }

    private static String checked(String message) {
        assertThat(message.lines().count()).as(message).isLessThanOrEqualTo(6);
        assertThat(message).doesNotContain(SECRET);
        return message;
    }

    @Test
    void theGoodProjectRuns() {
        assertThat(run().orElseThrow().exitCode()).isZero();
    }

    @Test
    void aMissingInputObject() throws IOException {
        Files.delete(root.resolve("data/orders.csv"));
        assertThat(refusal())
                .contains("'orders'", "orders.csv", "clean_orders", "does not exist", "conf/base/catalog.yml:1:1");
    }

    @Test
    void aMissingInputObjectOnS3() throws IOException {
        replace(
                "conf/base/catalog.yml",
                "filepath: data/orders.csv",
                "filepath: s3://" + s3.newBucket() + "/orders.csv\n  credentials: mine");
        assertThat(refusal()).contains("'orders'", "s3://", "does not exist", "conf/base/catalog.yml:1:1");
    }

    @Test
    void anUnknownType() throws IOException {
        replace("conf/base/catalog.yml", "type: csv\n  filepath: data", "type: cvs\n  filepath: data");
        assertThat(refusal()).contains("'cvs'", "Did you mean 'csv'?", "conf/base/catalog.yml:2:3", "json");
    }

    @Test
    void aMisspeltKey() throws IOException {
        replace("conf/base/catalog.yml", "filepath: data", "filpath: data");
        assertThat(refusal()).contains("'filpath'", "filepath", "conf/base/catalog.yml:");
    }

    @Test
    void anUnknownKeyBesideTheRightOnes() throws IOException {
        replace("conf/base/catalog.yml", "filepath: data/orders.csv", "filepath: data/orders.csv\n  load_arg: {}");
        assertThat(refusal()).contains("'load_arg'", "Did you mean 'load_args'?", "conf/base/catalog.yml:4:3");
    }

    @Test
    void credentialsThatDoNotExist() throws IOException {
        replace("conf/base/catalog.yml", "credentials: mine", "credentials: mines");
        assertThat(refusal()).contains("'mines'", "'clean'", "Did you mean 'mine'?", "conf/base/catalog.yml:7:3");
    }

    @Test
    void aPathThatIsAlmostAUri() throws IOException {
        replace("conf/base/catalog.yml", "filepath: s3://", "filepath: s3:/");
        assertThat(refusal())
                .contains(
                        "which lacks the two slashes after 's3:'. Write s3://bucket/key", "conf/base/catalog.yml:6:3");
    }

    @Test
    void noFormatsOnTheClassPath() {
        Throwable thrown = catchThrowable(() -> new SequentialRunner()
                .run(RunRequest.of(project(pipeline()), "main", "local")
                        .withProviders(Providers.builder().build())));
        assertThat(thrown)
                .isInstanceOf(ContraflowException.class)
                .hasMessageContaining("add the contraflow-formats-core artifact");
    }

    @Test
    void aMisspeltOptionOfTheRunBesideTwoPluginsAndNoChoice() throws IOException {
        write("conf/base/run.yml", "oi: tee\n");
        Throwable thrown =
                catchThrowable(() -> new SequentialRunner().run(RunRequest.of(project(pipeline()), "main", "local")));
        assertThat(thrown)
                .isInstanceOf(ContraflowException.class)
                .hasMessageContaining("conf/base/run.yml:1:1: unknown key 'oi' in 'run'. Did you mean 'io'?");
    }

    @Test
    void aCycle() {
        DatasetRef<List<Order>> back = DatasetRef.listOf("orders", Order.class);
        Throwable thrown = catchThrowable(() -> Pipeline.of(
                Node.named("clean_orders").reads(ORDERS).writes(CLEAN).by(o -> o),
                Node.named("again").reads(CLEAN).writes(back).by(o -> o)));
        assertThat(thrown)
                .isInstanceOf(ContraflowException.class)
                .hasMessageContaining("again -> orders -> clean_orders -> clean -> again");
    }

    @Test
    void twoWritersOfOneDataset() {
        Throwable thrown = catchThrowable(() -> Pipeline.of(
                Node.named("one").reads(ORDERS).writes(CLEAN).by(o -> o),
                Node.named("two").reads(ORDERS).writes(CLEAN).by(o -> o)));
        assertThat(thrown)
                .isInstanceOf(ContraflowException.class)
                .hasMessageContaining("Dataset 'clean' is written by two nodes: 'one' and 'two'");
    }

    @Test
    void aTypeThatDoesNotFit() {
        DatasetRef<Order> single = DatasetRef.of("clean", Order.class);
        Pipeline pipeline =
                Pipeline.of(Node.named("n").reads(ORDERS).writes(single).by(orders -> orders.get(0)));
        assertThat(refusal(pipeline)).contains("'clean'", "csv", "Order", "json", "conf/base/catalog.yml:");
    }

    @Test
    void aBadYamlFile() throws IOException {
        replace("conf/base/catalog.yml", "  type: csv\n  filepath: data", "  type: csv\n filepath: data");
        assertThat(refusal()).contains("conf/base/catalog.yml:3:");
    }

    @Test
    void aKeySetTwice() throws IOException {
        replace("conf/base/catalog.yml", "filepath: data/orders.csv", "filepath: a.csv\n  filepath: b.csv");
        assertThat(refusal()).contains("conf/base/catalog.yml:4:3", "'filepath'", "line 3");
    }

    @Test
    void anInputThatNobodyProvides() {
        DatasetRef<List<Order>> typo = DatasetRef.listOf("order", Order.class);
        Pipeline pipeline =
                Pipeline.of(Node.named("n").reads(typo).writes(CLEAN).by(o -> o));
        assertThat(refusal(pipeline)).contains("'order'", "Did you mean 'orders'?");
    }

    @Test
    void anUnreachableEndpoint() throws IOException {
        int free;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        replace("conf/base/storages.yml", s3.endpoint().toString(), "http://127.0.0.1:" + free);
        assertThat(failure()).contains("'clean'", "127.0.0.1:" + free, "conf/base/catalog.yml:4:1", "clean_orders");
    }

    @Test
    void aBucketThatDoesNotExist() throws IOException {
        replace("conf/base/catalog.yml", "s3://", "s3://nope-");
        assertThat(failure())
                .contains("'clean'", "s3://nope-", "bucket", "does not exist", "conf/base/catalog.yml:4:1");
    }

    @Test
    void aBadOptionOfTheStorage() throws IOException {
        replace("conf/base/storages.yml", "path_style: true", "path_stile: true");
        assertThat(refusal()).contains("'path_stile'", "Did you mean 'path_style'?", "conf/base/storages.yml:4:3");
    }

    @Test
    void anIoManagerThatDoesNotExist() throws IOException {
        write("conf/base/run.yml", "io: te\n");
        Throwable thrown =
                catchThrowable(() -> new SequentialRunner().run(RunRequest.of(project(pipeline()), "main", "local")));
        assertThat(thrown)
                .isInstanceOf(ContraflowException.class)
                .hasMessageContaining("conf/base/run.yml:1:1")
                .hasMessageContaining("'te'")
                .hasMessageContaining("Did you mean 'tee'?");
    }

    @Test
    void twoPluginsAndNoChoice() {
        Throwable thrown = catchThrowable(() -> new SequentialRunner()
                .run(RunRequest.of(
                        pipeline(),
                        dev.contraflow.catalog.DataCatalog.builder()
                                .value(ORDERS, List.of())
                                .build())));
        assertThat(thrown)
                .isInstanceOf(ContraflowException.class)
                .hasMessageContaining("Several plugins bring an I/O manager: cache, tee. Choose one");
        assertThat(nodesRun).hasValue(0);
    }

    @Test
    void noSecretIsPrintedWhateverGoesWrong() throws IOException {
        replace(
                "conf/base/credentials.yml",
                "secret_access_key: " + s3.credentials().get("secret_access_key"),
                "secret_access_key: " + SECRET + "\n  colour: " + SECRET);
        assertThat(refusal()).contains("'colour'", "conf/base/credentials.yml:4:3");
        write("conf/base/credentials.yml", "mine: " + SECRET + "\n");
        assertThat(refusal()).contains("conf/base/credentials.yml:1:");
    }
}
