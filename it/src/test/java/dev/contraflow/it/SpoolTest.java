package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Outputs;
import dev.contraflow.Rows;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Provenance;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import dev.contraflow.testkit.ScriptedStorage.Hold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** -(make)-> a -(use)-> b: a cannot be stored, so the run fails when both are computed; it is resumed. */
@Timeout(120)
class SpoolTest {
    private static final RunId RUN = new RunId("2026-01-01T00.00.00.000Z-spool");
    private static final String WHY =
            "an earlier attempt of the run has computed it, and what was not durable yet is stored from the spool";

    @TempDir
    private Path folder;

    private RunBench bench;
    private final List<String> called = new CopyOnWriteArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    @BeforeEach
    void open() {
        bench = new RunBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private PipelineResult run(UnaryOperator<RunRequest> choice) {
        return bench.run(new SequentialRunner(), choice, nodes.toArray(new Node[0]));
    }

    private static UnaryOperator<RunRequest> tee(int spool) {
        return request ->
                request.withIo("tee").withRunOptions(ConfigSection.of("run", Map.of("tee", Map.of("spool", spool))));
    }

    /** Both nodes are called before it is known that a cannot be stored. */
    private PipelineResult failedFirstAttempt(int spool) {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        Hold upload = bench.storage().hold(bench.at("a"), Call.TRANSFER);
        CountDownLatch told = new CountDownLatch(1);
        nodes.add(Node.named("make").readsNothing().writes(a).by(() -> {
            called.add("make");
            return List.of("1", "2");
        }));
        nodes.add(Node.named("use").reads(a).writes(b).by(lines -> {
            called.add("use");
            upload.awaitReached();
            upload.releaseFailing("the line is dead");
            await(told);
            return List.of(String.join("+", lines));
        }));
        PipelineResult failed =
                run(request -> telling(told, tee(spool).apply(request).withRunId(RUN)));
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(called).containsExactly("make", "use");
        assertThat(bench.isStored("a")).isFalse();
        assertThat(bench.isStored("b")).isFalse();
        return failed;
    }

    /** Of the failure of the first output of 'make'. */
    private static RunRequest telling(CountDownLatch told, RunRequest request) {
        return request.withListener(event -> {
            if (event instanceof RunEvent.SaveFailed failed && !failed.dataset().equals("y")) {
                told.countDown();
            }
        });
    }

    private static void await(CountDownLatch told) throws InterruptedException {
        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private void lineIsGoodAgain() {
        bench.storage().hold(bench.at("a"), Call.TRANSFER).release();
    }

    private List<Path> spool() throws IOException {
        Path place = folder.resolve("runs").resolve(RUN.value()).resolve("spool");
        if (!Files.exists(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.toList();
        }
    }

    private Path spooled(String text) throws IOException {
        for (Path file : spool()) {
            if (Files.readString(file).equals(text)) {
                return file;
            }
        }
        throw new AssertionError("no file of the spool has " + text);
    }

    /** What a dry run says before, of each node. */
    private List<String> resumeAndSayBefore(UnaryOperator<RunRequest> choice) throws IOException {
        List<String> said = new ArrayList<>();
        lineIsGoodAgain();
        PipelineResult resumed = run(request -> {
            RunRequest resuming = choice.apply(request).resume();
            DryRun.of(resuming)
                    .nodes()
                    .forEach(
                            node -> said.add(node.name() + (node.runs() ? " runs: " : " does not run: ") + node.why()));
            return resuming;
        });
        assertThat(resumed.state()).as(resumed.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(bench.stored("a")).isEqualTo("1\n2\n");
        assertThat(bench.stored("b")).isEqualTo("1+2\n");
        assertThat(spool()).isEmpty();
        assertThat(Files.readString(folder.resolve("runs").resolve(RUN.value()).resolve("report.json")))
                .contains("SUCCEEDED");
        return said;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tee", "plain", "async", "cache", "cache-async"})
    void whatWasComputedIsStoredWithoutBeingComputedAgain(String io) throws Exception {
        failedFirstAttempt(1 << 20);
        assertThat(spool()).hasSize(2);
        assertThat(resumeAndSayBefore(request -> request.withIo(io)))
                .containsExactly("make does not run: " + WHY, "use does not run: " + WHY);
        assertThat(called).containsExactly("make", "use");
        for (String dataset : List.of("a", "b")) { // so that a run whose record is lost takes both for one chain
            assertThat(bench.storage().info(bench.at(dataset)).orElseThrow().provenance())
                    .as(dataset)
                    .extracting(Provenance::attempt)
                    .isEqualTo(1);
        }
        assertThat(bench.events())
                .filteredOn(event -> event instanceof RunEvent.NodeSkipped)
                .extracting(
                        event -> ((RunEvent.NodeSkipped) event).node() + ": " + ((RunEvent.NodeSkipped) event).why())
                .containsExactlyInAnyOrder("make: " + WHY, "use: " + WHY);
        assertThat(bench.events())
                .noneMatch(event -> event instanceof RunEvent.NodeStarted
                        || event instanceof RunEvent.NodeCalled
                        || event instanceof RunEvent.DatasetComputed
                        || event instanceof RunEvent.NodeCompleted);
    }

    @Test
    void theResultSaysThatANodeWasNotCalled() {
        failedFirstAttempt(1 << 20);
        lineIsGoodAgain();
        PipelineResult resumed = run(request -> request.withIo("tee").resume());
        assertThat(resumed.nodes().values())
                .extracting(NodeResult::state)
                .containsExactly(NodeResult.State.SKIPPED, NodeResult.State.SKIPPED);
        assertThat(Objects.requireNonNull(resumed.nodes().get("make")).why()).isEqualTo(WHY);
        assertThat(RunBench.dataset(resumed, "a").state()).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(resumed.resume()).isEmpty();
        assertThat(resumed.summary()).contains(" SUCCEEDED after ", "0 of 2 nodes completed, 2 skipped, ");
    }

    @Test
    void withoutASpoolItIsComputedAgain() throws Exception {
        failedFirstAttempt(0);
        assertThat(spool()).isEmpty();
        assertThat(resumeAndSayBefore(request -> request.withIo("tee")))
                .first()
                .asString()
                .startsWith("make runs: ");
        assertThat(called).containsExactly("make", "use", "make", "use");
    }

    private static void damage(Path file, String how) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        switch (how) {
            case "cut" -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            case "flipped" -> {
                bytes[1] ^= 1;
                Files.write(file, bytes);
            }
            default -> Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "flipped", "deleted"})
    void aDamagedFileIsNotUsed(String how) throws Exception {
        failedFirstAttempt(1 << 20);
        damage(spooled("1\n2\n"), how);
        assertThat(resumeAndSayBefore(request -> request.withIo("tee")))
                .containsExactly(
                        "make runs: 'a' was not durable, and what was kept of it in the spool is not there or damaged",
                        "use runs: node 'make' runs again");
        assertThat(called).containsExactly("make", "use", "make", "use");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tee", "plain", "async", "cache", "cache-async"})
    void aNodeThatRunsAgainReadsWhatIsRestored(String io) throws Exception {
        failedFirstAttempt(1 << 20);
        damage(spooled("1+2\n"), "cut");
        assertThat(resumeAndSayBefore(request -> request.withIo(io))).first().isEqualTo("make does not run: " + WHY);
        assertThat(called).containsExactly("make", "use", "use");
    }

    @Test
    void withoutItsJournalNothingIsRestored() throws Exception {
        failedFirstAttempt(1 << 20);
        Path journal = folder.resolve("runs").resolve(RUN.value()).resolve("journal-1");
        List<String> lines = Files.readAllLines(journal);
        assertThat(lines).filteredOn(line -> line.contains("\"spooled\"")).hasSize(2);
        String torn = lines.get(1).substring(0, lines.get(1).length() - 1);
        Files.writeString(journal, lines.get(0) + "\n" + torn + "\n");
        assertThat(resumeAndSayBefore(request -> request.withIo("tee")))
                .first()
                .asString()
                .startsWith("make runs: ");
        assertThat(called).containsExactly("make", "use", "make", "use");
    }

    @Test
    void whatIsTooMuchIsNotKept() throws Exception {
        failedFirstAttempt("1\n2\n".length() + 1); // a, and there is no room for b
        assertThat(spool()).singleElement().isEqualTo(spooled("1\n2\n"));
        resumeAndSayBefore(request -> request.withIo("tee"));
        assertThat(called).containsExactly("make", "use", "use");
    }

    @Test
    void aDiskThatTakesNothingDoesNoHarm() throws Exception {
        Path run = Files.createDirectories(folder.resolve("runs").resolve(RUN.value()));
        Files.writeString(run.resolve("spool"), "a file where the folder would be");
        PipelineResult failed = failedFirstAttempt(1 << 20);
        assertThat(failed.failures())
                .singleElement()
                .asString()
                .contains("Cannot save dataset 'a'")
                .contains("the line is dead");
        resumeAndSayBefore(request -> tee(1 << 20).apply(request));
        assertThat(called).containsExactly("make", "use", "make", "use");
    }

    @Test
    void whatHasChangedSinceIsComputedAgain() throws Exception {
        failedFirstAttempt(1 << 20);
        assertThat(resumeAndSayBefore(request -> request.withIo("tee").withCodeVersion("2")))
                .contains("make runs: the code has changed since");
        assertThat(called).containsExactly("make", "use", "make", "use");
    }

    /** x and y cannot be stored; then only y cannot. */
    @Test
    void aThirdAttemptDoesNotTakeWhatWasRestoredForComputedAnew() throws Exception {
        DatasetRef<List<String>> x = bench.file("x");
        DatasetRef<List<String>> y = bench.file("y");
        DatasetRef<List<String>> z = bench.file("z");
        Hold upload = bench.storage().hold(bench.at("x"), Call.TRANSFER);
        CountDownLatch told = new CountDownLatch(1);
        bench.storage().fail(bench.at("y"), Call.TRANSFER, 1, "the line is dead");
        nodes.add(Node.named("make").readsNothing().writes(x, y).by(() -> {
            called.add("make");
            return Outputs.of(List.of("x"), List.of("y"));
        }));
        nodes.add(Node.named("use").reads(x).writes(z).by(lines -> {
            called.add("use");
            upload.awaitReached();
            upload.releaseFailing("the line is dead");
            await(told);
            return lines;
        }));
        run(request -> telling(told, tee(1 << 20).apply(request).withRunId(RUN).onFailure(FailurePolicy.KEEP_GOING)));
        assertThat(called).containsExactly("make", "use");
        assertThat(spool()).hasSize(3);
        bench.storage().hold(bench.at("x"), Call.TRANSFER).release();
        PipelineResult second = run(request -> request.withIo("tee").resume().onFailure(FailurePolicy.KEEP_GOING));
        assertThat(second.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(RunBench.dataset(second, "x").state()).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(RunBench.dataset(second, "z").state()).isEqualTo(DatasetResult.State.DURABLE);
        assertThat(spool()).singleElement().isEqualTo(spooled("y\n"));
        bench.storage().hold(bench.at("y"), Call.TRANSFER).release();
        PipelineResult third = run(request -> request.withIo("tee").resume());
        assertThat(third.state()).as(third.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(third.datasets()).containsOnlyKeys("y");
        assertThat(Objects.requireNonNull(third.nodes().get("use")).why())
                .isEqualTo("an earlier attempt of the run has done it");
        assertThat(called).containsExactly("make", "use");
        assertThat(bench.storage().count(bench.at("x"), Call.COMMIT)).isEqualTo(1);
        assertThat(bench.storage().count(bench.at("z"), Call.COMMIT)).isEqualTo(1);
        assertThat(spool()).isEmpty();
    }

    @Test
    void rowsAreRestoredToo() throws Exception {
        DatasetRef<Rows<String>> a = bench.rowsFile("a");
        DatasetRef<List<String>> b = bench.file("b");
        bench.storage().fail(bench.at("a"), Call.TRANSFER, 1, "the line is dead");
        nodes.add(Node.named("make").readsNothing().writes(a).by(() -> {
            called.add("make");
            return Rows.of(List.of("1", "2"));
        }));
        nodes.add(Node.named("use").reads(a).writes(b).by(rows -> {
            called.add("use");
            assertThat(called).as("the first attempt fails here, or before").doesNotContain("make");
            return List.of(String.join("+", rows.toList()));
        }));
        run(request -> tee(1 << 20).apply(request).withRunId(RUN));
        called.clear();
        resumeAndSayBefore(request -> request.withIo("tee"));
        assertThat(called).containsExactly("use");
    }

    @Test
    void whatIsLeftOfARunThatHasSucceededIsRemovedByTheNextOne() throws Exception {
        failedFirstAttempt(1 << 20);
        resumeAndSayBefore(request -> request.withIo("tee"));
        Path left = folder.resolve("runs").resolve(RUN.value()).resolve("spool/output-1.spool");
        Files.createDirectories(Objects.requireNonNull(left.getParent()));
        Files.writeString(left, "the run was ended on another machine");
        nodes.clear();
        nodes.add(Node.named("other").readsNothing().writes(bench.file("c")).by(() -> List.of("c")));
        run(request -> request.withIo("tee"));
        assertThat(left).doesNotExist();
    }
}
