package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** small -(copy)-> large, of several parts -(versions)-> kept, which has versions -(last)-> never, which fails; then the state folder is lost. */
@Timeout(120)
class LostRecordOnS3IT {
    private static final int PART = 5 << 20;
    private static final DatasetRef<String> SMALL = DatasetRef.of("small", String.class);
    private static final DatasetRef<String> LARGE = DatasetRef.of("large", String.class);
    private static final DatasetRef<String> KEPT = DatasetRef.of("kept", String.class);
    private static final DatasetRef<String> LAST = DatasetRef.of("last", String.class);

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();
    private boolean isRefused = true;
    private S3Gate gate;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws IOException {
        gate = S3Gate.inFrontOf(s3.endpoint());
    }

    @AfterEach
    void close() {
        gate.close();
    }

    private Map<String, Object> entry(String name, boolean isVersioned) {
        return Map.of(
                "type",
                "text",
                "filepath",
                "s3://" + bucket + "/data/" + name,
                "credentials",
                "mine",
                "versioned",
                isVersioned);
    }

    private PipelineResult run(boolean areAllVersioned, UnaryOperator<RunRequest> choice) {
        Map<String, Object> options = new java.util.HashMap<>(s3.options(gate.endpoint()));
        options.put("multipart_threshold", PART);
        options.put("part_size", PART);
        CatalogConfig config = new CatalogConfig(
                folder,
                Map.of(
                        "small", entry("small", areAllVersioned),
                        "large", entry("large", areAllVersioned),
                        "kept", entry("kept", true),
                        "last", entry("last", areAllVersioned)),
                Map.of("mine", s3.credentials()),
                Map.of("s3", options),
                Map.of(),
                null);
        Pipeline pipeline = Pipeline.of(
                Node.named("1_make").readsNothing().writes(SMALL).by(() -> "s"),
                Node.named("2_large").reads(SMALL).writes(LARGE).by(text -> text.repeat(PART + 1)),
                Node.named("3_keep").reads(LARGE).writes(KEPT).by(text -> text.substring(0, 7)),
                Node.named("4_last").reads(KEPT).writes(LAST).by(text -> {
                    if (isRefused) {
                        throw new IllegalStateException("not yet");
                    }
                    return text;
                }));
        try (DataCatalog catalog = DataCatalog.of(config, Providers.discover())) {
            return new SequentialRunner()
                    .run(choice.apply(RunRequest.of(pipeline, catalog)
                            .withIo("tee")
                            .withCodeVersion("1")
                            .withStateFolder(folder.resolve("state"))));
        }
    }

    @Test
    void theMetadataOfObjectsAndVersionsProvesWhatIsDone() {
        PipelineResult failed = run(false, request -> request);
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        Map<String, String> metadata =
                s3.client().headObject(b -> b.bucket(bucket).key("data/large")).metadata();
        assertThat(metadata)
                .containsEntry("contraflow-attempt", "1")
                .containsKeys("contraflow-run", "contraflow-sha256", "contraflow-made-from");
        isRefused = false;
        gate.clearRecord();
        PipelineResult resumed = run(
                        false, request -> request.resume(failed.runId()).withStateFolder(folder.resolve("another")))
                .orElseThrow();
        assertThat(resumed.runId()).isEqualTo(failed.runId());
        assertThat(resumed.nodes().values())
                .extracting(NodeResult::state)
                .containsExactly(
                        NodeResult.State.SKIPPED,
                        NodeResult.State.SKIPPED,
                        NodeResult.State.SKIPPED,
                        NodeResult.State.COMPLETED);
        assertThat(gate.requests().stream().filter(request -> request.operation() == Operation.PUT_OBJECT))
                .as("only the last output is sent")
                .hasSize(1);
        assertThat(s3.holds(bucket, "data/last")).isTrue();
    }

    @Test
    void aRunWithAManifestIsRefusedByName() throws IOException {
        try (Storage storage = s3.storage(gate.endpoint(), Map.of())) {
            UnaryOperator<RunRequest> manifest = request -> request.withVisibility(Visibility.MANIFEST)
                    .withState(storage, new Location("s3", bucket, "/state/"));
            PipelineResult failed = run(true, manifest);
            assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
            for (UnaryOperator<RunRequest> way : List.<UnaryOperator<RunRequest>>of(
                    request -> request, // as if its outputs were visible one by one
                    request -> request.withVisibility(Visibility.MANIFEST)
                            .withState(storage, new Location("s3", bucket, "/another/")))) {
                assertThatThrownBy(() -> run(true, request -> way.apply(request.resume(failed.runId()))))
                        .isInstanceOf(CatalogException.class)
                        .hasMessage("Run " + failed.runId() + " cannot be resumed: its outputs become visible together"
                                + " (visibility: manifest), and the record that says which belong to it is lost."
                                + " Run the pipeline anew.");
            }
        }
    }
}
