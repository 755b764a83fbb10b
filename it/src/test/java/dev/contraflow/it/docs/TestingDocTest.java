package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Fault;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/testing.md}: tests as a project writes them, here of {@link Shop}. */
class TestingDocTest {
    @TempDir
    Path root;

    @BeforeEach
    void writeProject() throws IOException {
        write("conf/base/run.yml", "io: tee\n");
        write("conf/base/catalog.yml", """
                orders: {type: csv, filepath: data/orders.csv}
                paid_orders: {type: csv, filepath: data/paid_orders.csv}
                summary: {type: text, filepath: data/summary.txt}
                """);
        write("data/orders.csv", "id,cents,paid\na,1200,true\nb,350,false\n");
        write("conf/test/catalog.yml", """
                paid_orders:
                  type: csv
                  filepath: s3://shop-test/paid_orders.csv
                  credentials: shop_s3
                """);
        write("conf/test/storages.yml", """
                s3:
                  endpoint: ${runtime_params:s3_endpoint}
                """);
        write("conf/test/credentials.yml", """
                shop_s3:
                  access_key_id: ${runtime_params:s3_key}
                  secret_access_key: ${runtime_params:s3_secret}
                """);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    @Test
    void onlyPaidOrdersAreKept() {
        List<Shop.Order> orders = List.of(new Shop.Order("a", 1200, true), new Shop.Order("b", 350, false));
        assertThat(Shop.keepPaid(orders)).containsExactly(new Shop.Order("a", 1200, true));
    }

    @Test
    void theSummaryCountsWhatWasPaid() {
        List<Shop.Order> orders = List.of(new Shop.Order("a", 1200, true), new Shop.Order("b", 350, false));
        Pipeline pipeline = Pipeline.sum(new Shop().pipelines().values());
        try (DataCatalog catalog =
                DataCatalog.builder().value(Shop.ORDERS, orders).build()) {
            RunRequest request = RunRequest.of(pipeline, catalog).withIo("plain");
            PipelineResult result = new SequentialRunner().run(request);
            assertThat(result.orElseThrow().value(Shop.SUMMARY)).isEqualTo("1 orders, 1200 cents\n");
        }
    }

    @Test
    void catalogAndPipelineFitTogether() {
        DryRun.of(RunRequest.of(new Shop(root), "shop", "base")).orElseThrow();
    }

    @Test
    void aBusyBucketIsTriedAgain() throws IOException {
        try (EmbeddedS3 s3 = EmbeddedS3.start("shop-test");
                S3Gate gate = S3Gate.inFrontOf(s3.endpoint())) {
            gate.fail(request -> request.is(S3Request.Operation.PUT_OBJECT), S3Fault.answer(503, "SlowDown"), 2);
            RunRequest request = RunRequest.of(new Shop(root), "shop", "test")
                    .withParameter("s3_endpoint", gate.endpoint().toString())
                    .withParameter("s3_key", s3.accessKey())
                    .withParameter("s3_secret", s3.secretKey());
            new SequentialRunner().run(request).orElseThrow();
            assertThat(gate.count(r -> r.is(S3Request.Operation.PUT_OBJECT))).isEqualTo(3);
        }
    }
}
