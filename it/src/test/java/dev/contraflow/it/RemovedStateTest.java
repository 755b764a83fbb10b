package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.RunBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody removes what a run keeps in its state folder while it goes on. */
class RemovedStateTest {
    private static final String REMOVED =
            "(?s).*(journal-1 was removed or replaced|locks/\\S+ was removed) while the run was going on, perhaps with its"
                    + " folder.* Leave that folder alone until a run has ended, see that no other run writes the same"
                    + " places, and run this one anew.*";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"plain, state", "plain, runs", "async, state", "tee, state", "tee, runs", "cache, state"})
    void noFurtherSaveCounts(String io, String removed) throws IOException {
        try (RunBench bench = new RunBench(folder.resolve("state"))) {
            DatasetRef<List<String>> a = bench.file("a");
            DatasetRef<List<String>> b = bench.file("b");
            PipelineResult result = bench.run(
                    new SequentialRunner(),
                    request -> request.withIo(io),
                    Node.named("a_make").readsNothing().writes(a).by(() -> List.of("x")),
                    Node.named("b_remove").reads(a).writes(b).by(lines -> {
                        remove(removed);
                        return lines;
                    }));
            assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(result.failures())
                    .anySatisfy(failure -> assertThat(failure)
                            .hasMessageStartingWith("Cannot save dataset '")
                            .hasMessageMatching(REMOVED));
            if (io.equals("plain")) { // else a save may be under way meanwhile
                boolean isLockGone = removed.equals("state");
                assertThat(result.failures().get(0))
                        .hasMessageContaining(
                                isLockGone
                                        ? "': its lock " + folder.resolve("state/locks") + "/0"
                                        : "journal-1 was removed or replaced ");
                assertThat(bench.storage().exists(bench.at("b")))
                        .as("made visible")
                        .isNotEqualTo(isLockGone);
            }
        }
    }

    /** After the last save nothing would write the journal any more. */
    @ParameterizedTest
    @CsvSource({"plain, state", "plain, runs", "tee, state", "cache, state"})
    void theRunHasNotSucceeded(String io, String removed) {
        try (RunBench bench = new RunBench(folder.resolve("state"))) {
            DatasetRef<List<String>> a = bench.file("a");
            PipelineResult result = bench.run(
                    new SequentialRunner(),
                    request -> request.withIo(io),
                    Node.named("a_make").readsNothing().writes(a).by(() -> List.of("x")),
                    Node.named("b_remove").reads(a).runs(lines -> remove(removed)));
            assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(result.failures())
                    .singleElement()
                    .satisfies(failure -> assertThat(failure).hasMessageMatching(REMOVED));
            if (io.equals("plain")) { // saved before
                assertThat(bench.stored("a")).isEqualTo("x\n");
                assertThat(result.failures().get(0))
                        .hasMessageStartingWith("The outputs of run " + result.runId()
                                + " are stored, but its journal is not there: " + folder.resolve("state/runs"));
            }
        }
    }

    /** The lock is gone too, so another run gets by: then this one must not go on as if it had it. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "tee"})
    void ofTwoRunsThatGetByOnlyOneSucceeds(String io) throws IOException {
        try (RunBench bench = new RunBench(folder.resolve("state"));
                RunBench other = new RunBench(folder.resolve("state"))) {
            DatasetRef<List<String>> a = bench.file("a");
            Node second =
                    Node.named("second").readsNothing().writes(other.file("a")).by(() -> List.of("y"));
            PipelineResult first = bench.run(
                    new SequentialRunner(),
                    request -> request.withIo(io),
                    Node.named("first").readsNothing().writes(a).by(() -> {
                        assertThatThrownBy(() ->
                                        other.run(new SequentialRunner(), request -> request.withIo("plain"), second))
                                .hasMessageContaining("is writing memory:///a, which this run would write too");
                        remove("state");
                        other.run(new SequentialRunner(), request -> request.withIo("plain"), second)
                                .orElseThrow();
                        return List.of("x");
                    }));
            assertThat(first.state()).as(first.summary()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(first.failures())
                    .singleElement()
                    .satisfies(failure -> assertThat(failure).hasMessageMatching(REMOVED));
            assertThat(bench.storage().exists(bench.at("a")))
                    .as("made visible after the second has begun")
                    .isFalse();
        }
    }

    private void remove(String what) throws IOException {
        Path root = folder.resolve(what.equals("state") ? "state" : "state/runs");
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
