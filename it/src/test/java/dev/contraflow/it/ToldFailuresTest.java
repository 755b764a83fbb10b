package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.LinesFormat;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of failures of which there are many, or to which the I/O manager contributed. */
class ToldFailuresTest {
    private static final int SAVES = 10;

    @TempDir
    Path folder;

    private RunBench bench;

    @BeforeEach
    void open() {
        bench = new RunBench(folder.resolve("state"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void ofManyFailedSavesTheFirstIsAnErrorAndTheOthersALineEach() {
        List<DatasetRef<List<String>>> files =
                IntStream.range(0, SAVES).mapToObj(i -> bench.file("f" + i)).toList();
        for (int i = 0; i < SAVES; i++) {
            bench.storage().fail(bench.at("f" + i), Call.COMMIT, 3, "refused");
        }
        try (CapturedLog log = CapturedLog.atInfo()) {
            PipelineResult result = bench.run(
                    new SequentialRunner(),
                    request -> request.withIo("tee"),
                    Node.named("make")
                            .readsNothing()
                            .writesList(files)
                            .by(() -> Collections.nCopies(SAVES, List.of("x"))));
            assertThat(log.messages("ERROR"))
                    .satisfiesExactly(
                            first -> assertThat(first)
                                    .matches("Cannot save dataset 'f\\d' \\(lines at memory:///f\\d\\) of node 'make':"
                                            + " refused \\(after 3 attempts\\)\\. No further node starts\\."),
                            run -> assertThat(run).startsWith("Run " + result.runId() + " FAILED "));
            assertThat(log.messages("WARN"))
                    .hasSize(SAVES - 1)
                    .allSatisfy(other -> assertThat(other)
                            .matches("Cannot save dataset 'f\\d' \\(lines at memory:///f\\d\\) of node 'make':"
                                    + " refused \\(after 3 attempts\\)\\."));
            assertThat(result.failures()).hasSize(SAVES).doesNotHaveDuplicates();
            assertThat(result.datasets().values())
                    .hasSize(SAVES)
                    .allSatisfy(one -> assertThat(one.state()).isEqualTo(DatasetResult.State.FAILED));
        }
    }

    @ParameterizedTest
    @CsvSource({"tee, false", "tee, true", "plain, false"})
    void aNodeThatLacksMemoryIsTaughtTheOptionOfWhoHoldsSome(String io, boolean isWrapped) {
        DatasetRef<List<String>> held = bench.file("held", LinesFormat.Form.CAPITALS); // readers wait for the bytes
        OutOfMemoryError error = new OutOfMemoryError("Java heap space");
        PipelineResult result = bench.run(
                new SequentialRunner(),
                request -> request.withIo(io),
                Node.named("make").readsNothing().writes(held).by(() -> List.of("x")),
                Node.named("use").reads(held).runs(lines -> {
                    if (isWrapped) {
                        throw new CompletionException(error);
                    }
                    throw error;
                }));
        String advice =
                "\nThe tee has held up to 1 MiB of encoded values for later nodes and saves. Give the JVM more heap"
                        + " (-Xmx), or the tee less of it: 'tee: {memory: 1MiB}' in run.yml.";
        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure)
                    .hasMessageStartingWith("Node 'use' failed: java.")
                    .rootCause()
                    .isSameAs(error);
            assertThat(failure.getMessage().endsWith(advice)).isEqualTo(io.equals("tee"));
        });
    }

    @Test
    void otherFailuresAreNoMatterOfMemory() {
        DatasetRef<List<String>> held = bench.file("held", LinesFormat.Form.CAPITALS);
        PipelineResult result = bench.run(
                new SequentialRunner(),
                request -> request.withIo("tee"),
                Node.named("make").readsNothing().writes(held).by(() -> List.of("x")),
                Node.named("use").reads(held).runs(lines -> {
                    throw new IllegalStateException("no");
                }));
        assertThat(result.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("The tee"));
    }
}
