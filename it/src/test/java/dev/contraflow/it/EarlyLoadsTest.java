package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.LinesFormat;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import dev.contraflow.testkit.ScriptedStorage.Hold;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tee loads its first inputs while the run still looks whether all inputs are there, and uses only what that look has seen. */
class EarlyLoadsTest {
    @TempDir
    Path folder;

    private RunBench bench;
    private DatasetRef<List<String>> in;
    private DatasetRef<List<String>> out;
    private final CountDownLatch hasRead = new CountDownLatch(1);
    private Step beforeTheLook = () -> {};
    private UnaryOperator<Content> given = content -> content;
    private UnaryOperator<Optional<String>> seen = mark -> mark;

    private interface Step {
        void run() throws IOException;
    }

    /** An input whose look is answered only after it has been read: it would fail if nothing were read before. */
    private final class LookedAtLate extends ForwardingEncodedDataset<List<String>> {
        LookedAtLate(EncodedDataset<List<String>> inner) {
            super(inner);
        }

        @Override
        public Content fetch(Grant memory) throws IOException {
            try {
                return given.apply(super.fetch(memory));
            } finally {
                hasRead.countDown();
            }
        }

        @Override
        public Optional<String> mark() throws IOException {
            try {
                assertThat(hasRead.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            beforeTheLook.run();
            return seen.apply(super.mark());
        }
    }

    @BeforeEach
    void open() {
        bench = new RunBench(folder.resolve("state"));
        in = bench.add("in", new LookedAtLate(bench.fileDataset("in", LinesFormat.Form.EXACT)));
        out = bench.file("out");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private PipelineResult copied() {
        return bench.run(
                new SequentialRunner(),
                request -> request.withIo("tee"),
                Node.named("copy").reads(in).writes(out).by(lines -> lines));
    }

    private static void awaitReached(Hold hold) throws IOException {
        try {
            hold.awaitReached();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private int reads() {
        return bench.storage().count(bench.at("in"), Call.READ);
    }

    @Test
    void whatTheLookHasSeenIsNotReadAgain() throws IOException {
        bench.store("in", "x");
        assertThat(copied().orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench.stored("out")).contains("x");
        assertThat(reads()).isOne();
        assertThat(bench.events())
                .filteredOn(RunEvent.DatasetLoaded.class::isInstance)
                .extracting(event -> ((RunEvent.DatasetLoaded) event).source())
                .containsExactly(RunEvent.Source.PREFETCHED);
    }

    @Test
    void whatIsReplacedBetweenTheLoadAndTheLookIsReadAgain() throws IOException {
        bench.store("in", "old");
        beforeTheLook = () -> bench.store("in", "new");
        copied().orElseThrow();
        assertThat(bench.stored("out")).contains("new").doesNotContain("old");
        assertThat(reads()).isEqualTo(2);
    }

    @Test
    void whatDoesNotKnowWhatItWasReadFromIsReadAgain() throws IOException {
        bench.store("in", "x");
        given = EarlyLoadsTest::withoutMark;
        copied().orElseThrow();
        assertThat(bench.stored("out")).contains("x");
        assertThat(reads()).isEqualTo(2);
    }

    /** The record has the mark of what stands there then: it must not be that of other bytes than the run has read. */
    @Test
    void whatTheLookCouldNotMarkIsReadAgain() throws IOException {
        bench.store("in", "old");
        beforeTheLook = () -> bench.store("in", "new");
        seen = mark -> {
            seen = later -> later;
            return Optional.empty();
        };
        copied().orElseThrow();
        assertThat(bench.stored("out")).contains("new").doesNotContain("old");
        assertThat(reads()).isEqualTo(2);
    }

    private static Content withoutMark(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (content;
                InputStream in = content.open()) {
            in.transferTo(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Content.of(bytes.toByteArray());
    }

    @Test
    void aRefusedRunLeavesNoLoadBehind() throws IOException {
        bench.store("in", "x");
        Hold hold = bench.storage().hold(bench.at("in"), Call.READ);
        DatasetRef<List<String>> gone =
                bench.add("gone", new ForwardingEncodedDataset<>(bench.fileDataset("gone", LinesFormat.Form.EXACT)) {
                    @Override
                    public Optional<String> mark() throws IOException {
                        awaitReached(hold);
                        return super.mark();
                    }
                });
        hasRead.countDown();
        assertThatThrownBy(() -> bench.run(
                        new SequentialRunner(),
                        request -> request.withIo("tee"),
                        Node.named("join").reads(in, gone).writes(out).by((one, other) -> one)))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("Dataset 'gone'")
                .hasMessageContaining("does not exist");
        bench.assertNothingLeft(((RunEvent.CatalogCreated) bench.events().get(0)).runId());
        assertThat(folder.resolve("state/runs"))
                .satisfiesAnyOf(
                        runs -> assertThat(runs).doesNotExist(),
                        runs -> assertThat(runs).isEmptyDirectory());
        assertThat(bench.events()).noneMatch(RunEvent.DatasetFetched.class::isInstance);
    }
}
