package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.Pipeline;
import dev.contraflow.RunException;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.datasets.s3.testkit.S3Fault;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose storage fails says so, and leaves nothing behind. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class HonestFailureIT {
    private static final DatasetRef<byte[]> FIRST = DatasetRef.of("first", byte[].class);
    private static final DatasetRef<byte[]> MIDDLE = DatasetRef.of("middle", byte[].class);
    private static final DatasetRef<byte[]> LAST = DatasetRef.of("last", byte[].class);

    @TempDir
    Path folder;

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();
    private final CountDownLatch saveFailed = new CountDownLatch(1);
    private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
    private @Nullable S3Gate openGate;
    private String patience = "60s"; // with each attempt to store the dataset in the middle

    @BeforeEach
    void openGate() throws IOException {
        openGate = S3Gate.inFrontOf(s3.endpoint());
    }

    @AfterEach
    void closeGate() {
        gate().close();
    }

    private S3Gate gate() {
        return java.util.Objects.requireNonNull(openGate);
    }

    private static Predicate<S3Request> writing(String key) {
        return request -> (request.method().equals("PUT") || request.method().equals("POST"))
                && request.path().endsWith("/" + key);
    }

    static Stream<Arguments> permanentFaults() {
        return Stream.of("plain", "async", "cache", "cache-async", "tee")
                .flatMap(io -> Stream.of(
                        Arguments.of(io, "403", S3Fault.answer(403, "AccessDenied"), 1, "denied"),
                        Arguments.of(io, "500 for ever", S3Fault.answer(500, "InternalError"), 3, "500"),
                        Arguments.of(io, "reset", S3Fault.reset(), 3, ""),
                        Arguments.of(io, "timeout", S3Fault.stall(), 3, "")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("permanentFaults")
    void aFailingUploadFailsTheRunAndNothingThatDescendsFromItIsCommitted(
            String io, String name, S3Fault fault, int attempts, String reason) throws IOException {
        gate().fail(writing("middle"), fault);
        patience = name.equals("timeout") ? "1s" : patience;
        PipelineResult result = run(io, 1000, middle -> {
            if (io.equals("tee") && !saveFailed.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the failure of the upload was not reported while the node ran");
            }
            return middle;
        });

        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.failures()).singleElement().isInstanceOfSatisfying(DatasetException.class, failure -> {
            assertThat(failure.operation()).isEqualTo(DatasetException.Operation.SAVE);
            assertThat(failure.dataset()).isEqualTo("middle");
            assertThat(failure.location()).isEqualTo("bytes at s3://" + bucket + "/middle");
            assertThat(failure.attempts()).isEqualTo(attempts);
            assertThat(failure).hasCauseInstanceOf(IOException.class);
            assertThat(failure.getMessage())
                    .startsWith("Cannot save dataset 'middle' (bytes at s3://" + bucket + "/middle) of node 'n2': ")
                    .containsIgnoringCase(reason);
            assertThat(failure.getMessage().lines().count()).isLessThanOrEqualTo(6);
        });
        assertThatThrownBy(result::orElseThrow).isInstanceOf(RunException.class).hasMessageContaining("middle");
        assertThat(state(result, "first")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "middle")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(state(result, "last")).isIn(DatasetResult.State.NOT_COMPUTED, DatasetResult.State.DISCARDED);
        assertThat(s3.holds(bucket, "first")).isTrue();
        assertThat(s3.holds(bucket, "middle")).isFalse();
        assertThat(s3.holds(bucket, "last")).isFalse();
        assertThat(events).last().isInstanceOf(RunEvent.RunFinished.class);
        assertNothingLeft(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "async", "cache", "cache-async", "tee"})
    void transientFailuresAreRetried(String io) throws IOException {
        gate().fail(writing("first"), S3Fault.answer(503, "SlowDown"), 2);
        gate().fail(writing("middle"), S3Fault.reset(), 1);
        gate().fail(writing("last"), S3Fault.loseResponse(), 1);
        PipelineResult result = run(io, 1000, middle -> middle);
        assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(result.exitCode()).isZero();
        assertThat(List.of("first", "middle", "last")).allMatch(key -> s3.holds(bucket, key));
        assertNothingLeft(result);
    }

    @Test
    void aNodesOwnFailureIsNotMaskedByThatOfAnUpload() throws IOException {
        gate().fail(writing("middle"), S3Fault.answer(403, "AccessDenied"));
        IllegalStateException own = new IllegalStateException("boom");
        PipelineResult result = run("tee", 1000, middle -> {
            if (!saveFailed.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no failure was reported");
            }
            throw own;
        });
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.failures()).hasSize(2);
        assertThat(result.failures().get(0)).isInstanceOf(NodeException.class).hasCause(own);
        assertThat(result.failures().get(1))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("middle");
        assertThatThrownBy(result::orElseThrow)
                .isInstanceOf(RunException.class)
                .cause()
                .isInstanceOf(NodeException.class);
        assertThat(result.nodes().get("n3")).extracting(NodeResult::state).isEqualTo(NodeResult.State.FAILED);
        assertNothingLeft(result);
    }

    @Test
    void afterAFailureOfANodeWhatWasComputedBeforeBecomesDurable() throws IOException {
        PipelineResult result = run("tee", 1000, middle -> {
            throw new IllegalStateException("boom");
        });
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(state(result, "first")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "middle")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "last")).isEqualTo(DatasetResult.State.NOT_COMPUTED);
        assertThat(s3.holds(bucket, "middle")).isTrue();
        assertNothingLeft(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "tee"})
    void aFailingPartOfALargeObjectLeavesNoOpenUpload(String io) throws IOException {
        gate().fail(
                        request -> request.path().endsWith("/middle") && request.partNumber() == 2,
                        S3Fault.answer(500, "InternalError"));
        PipelineResult result = run(io, 11 << 20, middle -> middle);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(state(result, "first")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(state(result, "middle")).isEqualTo(DatasetResult.State.FAILED);
        assertThat(s3.holds(bucket, "middle")).isFalse();
        assertNothingLeft(result);
    }

    private static DatasetResult.State state(PipelineResult result, String dataset) {
        return java.util.Objects.requireNonNull(result.datasets().get(dataset)).state();
    }

    private void assertNothingLeft(PipelineResult result) throws IOException {
        Leaks.assertNoThreadOf(result.runId().value());
        Leaks.assertOnlyRecords(folder);
        assertThat(s3.openUploads(bucket)).as("open multipart uploads").isEmpty();
    }

    private PipelineResult run(String io, int size, dev.contraflow.Fn.F1<byte[], byte[]> last) throws IOException {
        byte[] bytes = new byte[size];
        new java.util.Random(7).nextBytes(bytes);
        Pipeline pipeline = Pipeline.of(
                Node.named("n1").readsNothing().writes(FIRST).by(() -> bytes),
                Node.named("n2").reads(FIRST).writes(MIDDLE).by(first -> first),
                Node.named("n3").reads(MIDDLE).writes(LAST).by(last));
        Map<String, Object> options = Map.of("attempts", 3, "part_size", "5MiB", "multipart_threshold", "5MiB");
        Map<String, Object> ofMiddle = new HashMap<>(options);
        ofMiddle.put("attempt_timeout", patience);
        Format<byte[]> format =
                Providers.discover().format("bytes").orElseThrow().create(FIRST.type(), FormatOptions.none());
        try (Storage storage = s3.storage(gate().endpoint(), options);
                Storage middle = s3.storage(gate().endpoint(), ofMiddle);
                DataCatalog catalog = DataCatalog.builder()
                        .add(FIRST, new FileDataset<>(storage, new Location("s3", bucket, "/first"), format))
                        .add(MIDDLE, new FileDataset<>(middle, new Location("s3", bucket, "/middle"), format))
                        .add(LAST, new FileDataset<>(storage, new Location("s3", bucket, "/last"), format))
                        .build()) {
            return new SequentialRunner()
                    .run(RunRequest.of(pipeline, catalog)
                            .withIo(io)
                            .withStateFolder(folder)
                            .withListener(events::add)
                            .withListener(event -> {
                                if (event instanceof RunEvent.SaveFailed) {
                                    saveFailed.countDown();
                                }
                            }));
        }
    }
}
