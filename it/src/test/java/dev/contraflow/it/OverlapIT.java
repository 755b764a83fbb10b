package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proof of overlap, free of timing: an upload is held open at the HTTP level while the node that consumes its dataset starts and
 * finishes. And its mirror: with the plain manager that node does not start.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class OverlapIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final DatasetRef<String> A = DatasetRef.of("a", String.class);
    private static final DatasetRef<String> B = DatasetRef.of("b", String.class);

    @TempDir
    Path folder;

    private final List<String> moments = new CopyOnWriteArrayList<>();
    private final CountDownLatch consumerFinished = new CountDownLatch(1);
    private final Pipeline pipeline = Pipeline.of(
            Node.named("produce").readsNothing().writes(A).by(() -> "value of a"),
            Node.named("consume").reads(A).writes(B).by(a -> {
                consumerFinished.countDown();
                return a + ", consumed";
            }));

    @Test
    void withTheTeeAConsumerRunsWhileTheUploadOfItsInputIsHeldOpen() throws Exception {
        try (Held held = hold("tee")) {
            held.hold.awaitArrived(LONG);
            assertThat(consumerFinished.await(60, TimeUnit.SECONDS))
                    .as("the consumer finished while the upload of its input was held")
                    .isTrue();
            assertThat(held.s3.holds(held.bucket, "a"))
                    .as("nothing is visible yet")
                    .isFalse();
            assertThat(held.run.isDone())
                    .as("the run is not over before the upload is")
                    .isFalse();
            held.hold.release();
            PipelineResult result = held.run.get(60, TimeUnit.SECONDS);
            assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
            assertThat(result.datasets().get("a"))
                    .extracting(DatasetResult::state)
                    .isEqualTo(DatasetResult.State.DURABLE);
            assertThat(held.s3.holds(held.bucket, "a")).isTrue();
            assertThat(held.s3.holds(held.bucket, "b")).isTrue();
            List<String> order = List.copyOf(moments);
            assertThat(order.indexOf("started consume"))
                    .as("the consumer started before a was durable: %s", order)
                    .isNotNegative()
                    .isLessThan(order.indexOf("durable a"));
        }
    }

    @Test
    void withThePlainManagerTheConsumerDoesNotStartBeforeTheUploadIsDone() throws Exception {
        try (Held held = hold("plain")) {
            held.hold.awaitArrived(LONG);
            assertThat(consumerFinished.getCount())
                    .as("the consumer has not started")
                    .isOne();
            assertThat(held.run.isDone()).isFalse();
            held.hold.release();
            assertThat(held.run.get(60, TimeUnit.SECONDS).state()).isEqualTo(PipelineResult.State.SUCCEEDED);
            assertThat(consumerFinished.getCount()).isZero();
            List<String> order = List.copyOf(moments);
            assertThat(order.indexOf("durable a"))
                    .as("a was durable before the consumer started: %s", order)
                    .isNotNegative()
                    .isLessThan(order.indexOf("started consume"));
        }
    }

    private void note(RunEvent event) {
        if (event instanceof RunEvent.NodeStarted started) {
            moments.add("started " + started.node());
        } else if (event instanceof RunEvent.DatasetDurable durable) {
            moments.add("durable " + durable.dataset());
        }
    }

    private Held hold(String io) throws Exception {
        TestS3 s3 = TestS3.get();
        String bucket = s3.newBucket();
        S3Gate gate = S3Gate.inFrontOf(s3.endpoint());
        S3Gate.Hold hold = gate.hold(
                request -> request.method().equals("PUT") && request.path().endsWith("/a"));
        Storage storage = s3.storage(gate.endpoint(), Map.of());
        Format<String> text = Providers.discover().format("text").orElseThrow().create(A.type(), FormatOptions.none());
        DataCatalog catalog = DataCatalog.builder()
                .add(A, new FileDataset<>(storage, new Location("s3", bucket, "/a"), text))
                .add(B, new FileDataset<>(storage, new Location("s3", bucket, "/b"), text))
                .build();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<PipelineResult> run = thread.submit(() -> new SequentialRunner()
                .run(RunRequest.of(pipeline, catalog)
                        .withIo(io)
                        .withStateFolder(folder)
                        .withListener(this::note)));
        return new Held(s3, bucket, gate, hold, run, thread, storage, catalog);
    }

    private record Held(
            TestS3 s3,
            String bucket,
            S3Gate gate,
            S3Gate.Hold hold,
            Future<PipelineResult> run,
            ExecutorService thread,
            Storage storage,
            DataCatalog catalog)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            hold.release();
            thread.shutdown();
            try {
                if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the run did not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            catalog.close();
            storage.close();
            gate.close();
        }
    }
}
