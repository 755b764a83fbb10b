package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** What an output costs on S3 that is there already, counted in requests. */
@Timeout(120)
class UnchangedOutputsOnS3IT {
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();

    @TempDir
    Path folder;

    private List<Operation> run(S3Gate gate) {
        CatalogConfig config = new CatalogConfig(
                folder,
                Map.of("out", Map.of("type", "text", "filepath", "s3://" + bucket + "/out", "credentials", "mine")),
                Map.of("mine", s3.credentials()),
                Map.of("s3", s3.options(gate.endpoint())),
                Map.of(),
                null);
        gate.clearRecord();
        try (DataCatalog catalog = DataCatalog.of(config, Providers.discover())) {
            Node node = Node.named("make").readsNothing().writes(OUT).by(() -> "text");
            new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(node), catalog)
                            .withIo("tee")
                            .withStateFolder(folder.resolve("state")))
                    .orElseThrow();
        }
        return gate.requests().stream().map(S3Request::operation).toList();
    }

    @Test
    void oneQuestionInsteadOfAnUpload() throws IOException {
        try (S3Gate gate = S3Gate.inFrontOf(s3.endpoint())) {
            assertThat(run(gate)).containsExactly(Operation.PUT_OBJECT);
            assertThat(run(gate)).containsExactly(Operation.HEAD_OBJECT);
            s3.client().putObject(b -> b.bucket(bucket).key("out"), RequestBody.fromString("changed"));
            assertThat(run(gate)).containsExactly(Operation.HEAD_OBJECT, Operation.PUT_OBJECT);
            assertThat(run(gate)).containsExactly(Operation.HEAD_OBJECT);
        }
    }
}
