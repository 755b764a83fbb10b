package dev.contraflow.plugins.tee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import dev.contraflow.testkit.ScriptedStorage.Hold;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is confirmed in the background, once outputs are durable. There is one thread for transfers: so one thing comes after the other. */
@Timeout(60)
class TeeConfirmsTest {
    @TempDir
    private Path folder;

    private RunBench bench;

    @BeforeEach
    void setUp() {
        bench = new RunBench(folder);
    }

    @AfterEach
    void tearDown() {
        bench.close();
    }

    private PipelineResult run(UnaryOperator<RunRequest> choice, Node... nodes) {
        return bench.run(
                RunBench.oneByOne(),
                request -> choice.apply(request.withProviders(
                                Providers.builder().plugin(new TeePlugin()).build())
                        .withIo("tee")
                        .withRunOptions(ConfigSection.of("run", Map.of("tee", Map.of("transfers", 1))))),
                nodes);
    }

    /** What a confirm does, after it has told that it has begun. */
    private interface Confirming {
        void run() throws IOException, InterruptedException;
    }

    private static final class Inbox implements Dataset<List<String>> {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final Confirming confirming;

        Inbox(Confirming confirming) {
            this.confirming = confirming;
        }

        void awaitConfirm() throws InterruptedException {
            assertThat(begun.await(20, TimeUnit.SECONDS)).as("begun in time").isTrue();
        }

        boolean isConfirmBegun() {
            return begun.getCount() == 0;
        }

        @Override
        public List<String> load() {
            return List.of("mail");
        }

        @Override
        public void save(List<String> value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean exists() {
            return true;
        }

        @Override
        public boolean isConfirmable() {
            return true;
        }

        @Override
        public void confirm() throws IOException {
            begun.countDown();
            try {
                confirming.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException().initCause(e);
            }
        }

        @Override
        public String describe() {
            return "inbox";
        }
    }

    private static Node writer(String name, DatasetRef<List<String>> output) {
        return Node.named(name).readsNothing().writes(output).by(() -> List.of(name));
    }

    private static DatasetResult.State state(PipelineResult result, String dataset) {
        return Objects.requireNonNull(result.datasets().get(dataset), dataset).state();
    }

    private static NodeResult.State nodeState(PipelineResult result, String node) {
        return Objects.requireNonNull(result.nodes().get(node), node).state();
    }

    private static final String GIVEN_UP = "Cannot confirm dataset 'inbox' for node 'a_make':"
            + " it did not end before the run's deadline, and was given up.";

    @Test
    void aConfirmThatDoesNotEndInTimeIsAFailure() {
        Inbox inbox = new Inbox(() -> new CountDownLatch(1).await());
        DatasetRef<List<String>> in = bench.add("inbox", inbox);
        DatasetRef<List<String>> a = bench.file("a");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);

        PipelineResult result = run(
                request -> request.withDrainLimit(Duration.ofMillis(20)),
                writer("a_make", a).withConfirms(in),
                Node.named("b_wait").reads(a).runs(lines -> {
                    upload.release();
                    inbox.awaitConfirm();
                }));

        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly(GIVEN_UP);
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
    }

    @Test
    void aConfirmThatHasNotBegunAtTheDeadlineIsAFailure() {
        Inbox inbox = new Inbox(() -> {});
        DatasetRef<List<String>> in = bench.add("inbox", inbox);
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold first = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        Hold second = bench.storage().hold(bench.at("b"), Call.TRANSFER);
        CountDownLatch durable = new CountDownLatch(1);

        PipelineResult result = run(
                request -> request.withDrainLimit(Duration.ofMillis(20)).withListener(event -> {
                    if (event instanceof RunEvent.DatasetDurable) {
                        durable.countDown();
                    }
                }),
                writer("a_make", a).withConfirms(in),
                Node.named("b_make").readsNothing().writes(b).by(() -> {
                    first.awaitReached(); // so that b comes after it
                    return new ArrayList<>(List.of("b")) {}; // encoded at once, and so before the confirm in the queue
                }),
                Node.named("c_wait").reads(a, b).runs((some, more) -> {
                    first.release();
                    assertThat(durable.await(20, TimeUnit.SECONDS)).isTrue();
                    second.awaitReached(); // the confirm comes after it, and it never ends
                }));

        assertThat(state(result, "a")).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(inbox.isConfirmBegun()).isFalse();
        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly(
                        "Cannot save dataset 'b' (lines at memory:///b) of node 'b_make':"
                                + " it did not end before the run's deadline, and was given up.",
                        GIVEN_UP);
    }

    @Test
    void aConfirmThatFailsEndsOnlyRunsThatStopAfterAFailure() {
        Inbox inbox = new Inbox(() -> {
            throw new IOException("the server has hung up");
        });
        DatasetRef<List<String>> in = bench.add("inbox", inbox);
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        Hold first = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        Hold second = bench.storage().hold(bench.at("b"), Call.TRANSFER);

        PipelineResult result = run(
                request -> request.onFailure(FailurePolicy.KEEP_GOING),
                writer("a_make", a).withConfirms(in),
                Node.named("b_make").reads(a).writes(b).by(lines -> {
                    first.release();
                    inbox.awaitConfirm();
                    return lines;
                }),
                Node.named("c_make").reads(b).writes(c).by(lines -> {
                    second.awaitReached(); // on the thread that has told the failure before
                    second.release();
                    return lines;
                }),
                Node.named("d_use").reads(c).runs(lines -> {}));

        assertThat(result.failures())
                .extracting(ContraflowException::getMessage)
                .containsExactly("Cannot confirm dataset 'inbox' (inbox) for node 'a_make': the server has hung up.");
        assertThat(nodeState(result, "d_use")).isEqualTo(NodeResult.State.COMPLETED);
        assertThat(state(result, "c")).isEqualTo(DatasetResult.State.DURABLE);
    }
}
