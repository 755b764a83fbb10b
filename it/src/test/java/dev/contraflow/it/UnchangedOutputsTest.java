package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunReport;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.LinesFormat;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that makes the bytes which an earlier run has stored, and which are there still, does not send them. */
class UnchangedOutputsTest {
    @TempDir
    Path folder;

    private RunBench bench;
    private final AtomicInteger asked = new AtomicInteger();
    private boolean doesNotAnswer;
    private DatasetRef<List<String>> out;
    private DatasetRef<List<String>> next;

    @BeforeEach
    void open() {
        bench = new RunBench(folder.resolve("state"));
        out = bench.add("out", new ForwardingEncodedDataset<>(bench.fileDataset("out", LinesFormat.Form.EXACT)) {
            @Override
            public Optional<ObjectInfo> saved() throws IOException {
                asked.incrementAndGet();
                if (doesNotAnswer) {
                    throw new IOException("no answer");
                }
                return super.saved();
            }
        });
        next = bench.file("next");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private PipelineResult run(String io, String line, UnaryOperator<RunRequest> choice) {
        return bench.run(
                        new SequentialRunner(),
                        request -> choice.apply(request.withIo(io)),
                        Node.named("make").readsNothing().writes(out).by(() -> List.of(line)),
                        Node.named("copy").reads(out).writes(next).by(lines -> lines))
                .orElseThrow();
    }

    private PipelineResult run(String line) {
        return run("plain", line, request -> request);
    }

    private int saves(String dataset) {
        return bench.storage().count(bench.at(dataset), Call.COMMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "async", "cache", "cache-async", "tee"})
    void areNotSentByAnyManagerAndAreToldAsDurable(String io) {
        Stored first = RunBench.stored(run(io, "x", request -> request), "out");
        for (int i = 0; i < 2; i++) { // what was not sent is noted, too
            PipelineResult again = run(io, "x", request -> request);
            assertThat(saves("out")).isOne();
            assertThat(saves("next")).isOne();
            assertThat(RunBench.stored(again, "out")).isEqualTo(first);
            assertThat(RunBench.dataset(again, "next").state()).isEqualTo(DatasetResult.State.DURABLE);
            assertThat(bench.events())
                    .filteredOn(RunEvent.DatasetDurable.class::isInstance)
                    .hasSize(2)
                    .allSatisfy(event -> assertThat(((RunEvent.DatasetDurable) event).attempt())
                            .isZero());
            RunReport report = RunReport.of(bench.events(), again);
            assertThat(report.traffic().unchanged()).isEqualTo(2);
            assertThat(report.traffic().saves()).isZero();
            assertThat(report.toText()).contains("0 B in 0 saves and 2 unchanged, ");
        }
        run(io, "y", request -> request);
        assertThat(saves("out")).isEqualTo(2);
        assertThat(bench.stored("next")).isEqualTo("y\n");
    }

    @Test
    void whatSomebodyHasChangedIsSentAgain() throws IOException {
        run("x");
        bench.store("out", "changed");
        run("x");
        assertThat(bench.stored("out")).isEqualTo("x\n");
        assertThat(saves("out")).isEqualTo(2);
        assertThat(saves("next")).isOne();
    }

    @Test
    void theStorageIsAskedOnlyIfTheBytesAreThoseThatWereNoted() {
        run("x");
        assertThat(asked).as("nothing was noted").hasValue(0);
        run("y");
        assertThat(asked).as("other bytes").hasValue(0);
        run("y");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aStorageThatDoesNotAnswerIsSentTheBytes() {
        run("x");
        doesNotAnswer = true;
        run("x");
        assertThat(saves("out")).isEqualTo(2);
    }

    @Test
    void whoeverWantsItHasEverythingStoredAnew() {
        run("x");
        run("plain", "x", RunRequest::withUnchangedRewritten);
        assertThat(saves("out")).isEqualTo(2);
        run("plain", "x", request -> request.withRunOptions(option(true)));
        assertThat(saves("out")).isEqualTo(3);
        run("plain", "x", request -> request.withRunOptions(option(false)));
        assertThat(saves("out")).isEqualTo(3);
        assertThatThrownBy(() -> run("plain", "x", request -> request.withRunOptions(option("sometimes"))))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("rewrite_unchanged")
                .hasMessageContaining("true or false");
    }

    @Test
    void aLocalFileStaysTheSameFile() throws IOException {
        Node node = Node.named("n").readsNothing().writes(RunRecordIT.OUT).by(() -> "v");
        List<Object> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RunRequest request = RunRecordIT.request(folder, node);
            new SequentialRunner()
                    .run(i < 2 ? request : request.withUnchangedRewritten())
                    .orElseThrow();
            files.add(Files.readAttributes(folder.resolve("out.txt"), "size,lastModifiedTime,fileKey"));
        }
        assertThat(files.get(1)).isEqualTo(files.get(0));
        assertThat(files.get(2)).as("another one").isNotEqualTo(files.get(0));
    }

    private static ConfigSection option(Object value) {
        return ConfigSection.of("run", Map.of("rewrite_unchanged", value));
    }
}
