package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.datasets.s3.testkit.S3Fault;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that saves all day over a bad line: 10,000 saves with the tee, 50 a run, while of a hundred requests some are answered by 500 or
 * 503, or reset, or lose their answer, and in every fifth run one object of several parts is refused for good. Afterwards the process is as
 * it was after the first 2,000.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SoakIT {
    private static final int OUTPUTS = 50;
    private static final int WARM_UP = 40;
    private static final int RUNS = 160;
    /** In bytes: a kilobyte kept of each save would be seen. The server in this JVM keeps some buffers of its own. */
    private static final long HEAP_BOUND = 8_000_000;

    private static final long LARGE = 6_000_000;

    @TempDir
    Path folder;

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();
    private final SplittableRandom random = new SplittableRandom(7); // guarded by itself
    private final Map<PipelineResult.State, Integer> ends = new EnumMap<>(PipelineResult.State.class);
    private final Providers providers = Providers.discover();

    private Predicate<S3Request> one(int in) {
        return request -> {
            synchronized (random) {
                return request.method().equals("PUT") && random.nextInt(in) == 0;
            }
        };
    }

    private static DatasetRef<byte[]> ref(int i) {
        return DatasetRef.of("d" + i, byte[].class);
    }

    @Test
    void tenThousandSavesOverABadLineLeaveNothingBehind() throws Exception {
        try (S3Gate gate = S3Gate.inFrontOf(s3.endpoint());
                Storage storage = s3.storage(gate.endpoint(), Map.of("multipart_threshold", 5 << 20, "attempts", 4))) {
            gate.fail(one(60), S3Fault.answer(500, "InternalError"));
            gate.fail(one(60), S3Fault.answer(503, "SlowDown"));
            gate.fail(one(80), S3Fault.reset());
            gate.fail(one(80), S3Fault.loseResponse());
            gate.fail(
                    request -> request.method().equals("PUT") && request.path().endsWith("/refused"),
                    S3Fault.answer(403, "AccessDenied"));
            runAll(gate, storage, 0, WARM_UP);
            long files = Leaks.openFiles();
            long heap = Leaks.usedHeap();
            runAll(gate, storage, WARM_UP, WARM_UP + RUNS);
            assertThat(Leaks.usedHeap() - heap)
                    .as("growth of the heap in bytes")
                    .isLessThan(HEAP_BOUND);
            assertThat(Leaks.openFiles()).as("open files and sockets").isLessThanOrEqualTo(files + 64); // the pool's
        }
        assertThat(Leaks.threads().stream().map(Thread::getName))
                .as("threads of ours") // the server in this JVM has some too
                .noneMatch(name -> name.startsWith("contraflow-"));
        assertThat(s3.openUploads(bucket)).as("multipart uploads left open").isEmpty();
        Leaks.assertOnlyRecords(folder.resolve("state"));
        System.out.printf("soak: %d saves over a bad line, runs %s%n", (WARM_UP + RUNS) * OUTPUTS, ends);
        assertThat(ends).containsKeys(PipelineResult.State.SUCCEEDED, PipelineResult.State.FAILED);
    }

    private void runAll(S3Gate gate, Storage storage, int from, int to) {
        for (int run = from; run < to; run++) {
            ends.merge(run(storage, run % 5 == 0).state(), 1, Integer::sum);
            gate.clearRecord();
        }
    }

    private PipelineResult run(Storage storage, boolean isOneRefused) {
        Format<byte[]> bytes = providers.format("bytes").orElseThrow().create(ref(0).type(), FormatOptions.none());
        DataCatalog.Builder catalog = DataCatalog.builder();
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < OUTPUTS; i++) {
            boolean isRefused = isOneRefused && i == OUTPUTS / 2;
            int size = isRefused ? (int) LARGE : 100 + i;
            String key = isRefused ? "refused" : "d" + i;
            catalog.add(ref(i), new FileDataset<>(storage, new Location("s3", bucket, "/" + key), bytes));
            nodes.add(Node.named("n" + i).readsNothing().writes(ref(i)).by(() -> new byte[size]));
        }
        return new SequentialRunner()
                .run(RunRequest.of(Pipeline.of(nodes), catalog.build())
                        .withProviders(providers)
                        .withIo("tee")
                        .withRunOptions(
                                ConfigSection.of("run", Map.of("tee", Map.of("transfers", 16, "memory", 4 << 20))))
                        .withStateFolder(folder.resolve("state")));
    }
}
