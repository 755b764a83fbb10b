package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeOrder;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/runners.md}. */
class RunnersDocTest {
    static final DatasetRef<String> ORDERS = DatasetRef.of("orders", String.class);
    static final DatasetRef<String> CLEAN = DatasetRef.of("clean", String.class);
    static final DatasetRef<Integer> SIZE = DatasetRef.of("size", Integer.class);

    @TempDir
    Path root;

    private boolean isBroken;

    private final Project project = new Project() {
        @Override
        public Map<String, Pipeline> pipelines() {
            return Map.of(
                    "main",
                    Pipeline.of(
                            Node.named("clean").reads(ORDERS).writes(CLEAN).by(String::strip),
                            Node.named("measure").reads(CLEAN).writes(SIZE).by(text -> {
                                if (isBroken) {
                                    throw new IllegalStateException("broken");
                                }
                                return text.length();
                            })));
        }

        @Override
        public Path root() {
            return root;
        }
    };

    @BeforeEach
    void writeProject() throws IOException {
        write("conf/local/.gitkeep", "");
        write("conf/base/catalog.yml", """
                orders: {type: text, filepath: data/orders.txt}
                clean: {type: text, filepath: data/clean.txt}
                size: {type: json, filepath: data/size.json}
                """);
        write("data/orders.txt", " three ");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    private RunRequest request() {
        return RunRequest.of(project, "main", "local").withIo("tee");
    }

    @Test
    void oneAfterTheOtherOrOnThreads() {
        RunRequest request = request();
        PipelineResult result = new SequentialRunner().run(request);
        PipelineResult again = new ThreadRunner(4).run(request);
        assertThat(result.orElseThrow().exitCode()).isZero();
        assertThat(again.orElseThrow().nodes()).hasSize(2);
    }

    @Test
    void looksAtResults() {
        List<Object> seen = new ArrayList<>();
        PipelineResult result = new SequentialRunner().run(request());
        seen.add(result.summary()); // at most six lines, for people
        seen.add(result.exitCode()); // 0, 1 a node failed, 3 only saves failed, 130 cancelled
        seen.add(result.nodes().get("clean")); // completed, failed, skipped, cancelled, not run; how long, and why
        seen.add(result.datasets().get("size")); // durable, failed, in memory, ..; where, with which bytes
        seen.add(result.failures()); // each once, the first is the one that counts
        seen.add(result.resume()); // from which nodes to go on, if anything is not done
        result.orElseThrow(); // a RunException unless it succeeded
        assertThat(seen).doesNotContainNull().hasSize(6);
    }

    @Test
    void optionsStandInRunYmlOrInTheRequest() throws IOException {
        write("conf/base/run.yml", Files.readString(Path.of("src/test/resources/docs/runners/run.yml")));
        RunRequest inCode = request()
                .onFailure(FailurePolicy.KEEP_GOING)
                .withTimeLimit(Duration.ofHours(2))
                .withRetry(RetryPolicy.ofAttempts(3))
                .withRetry("orders", RetryPolicy.ofAttempts(8));
        assertThat(new SequentialRunner()
                        .run(RunRequest.of(project, "main", "local"))
                        .orElseThrow()
                        .io())
                .isEqualTo("tee");
        assertThat(new SequentialRunner().run(inCode).orElseThrow().nodes()).hasSize(2);
    }

    @Test
    void whatRuns() {
        RunRequest part = request().sliced(pipeline -> pipeline.fromNodes("measure"));
        RunRequest missing = request().onlyMissing(); // skips nodes whose outputs are there
        RunRequest narrow = request().withOrder(NodeOrder.DEPTH_FIRST); // one result after the other: less in memory
        RunRequest named = request().withRunId(new RunId("2026-11-26T10.00.00.000Z-nightly"));
        assertThat(new SequentialRunner().run(named).orElseThrow().runId().value())
                .endsWith("nightly");
        assertThat(new SequentialRunner().run(missing).orElseThrow().nodes().values())
                .extracting(NodeResult::state)
                .containsOnly(NodeResult.State.SKIPPED);
        assertThat(new SequentialRunner().run(part).orElseThrow().nodes()).containsOnlyKeys("measure");
        assertThat(new SequentialRunner().run(narrow).orElseThrow().nodes()).hasSize(2);
    }

    @Test
    void cancelled() {
        Cancellation cancellation = new Cancellation();
        RunRequest request = request().withCancellation(cancellation);
        cancellation.cancel(); // from any thread; an interrupt of the calling thread does the same
        assertThat(new SequentialRunner().run(request).state()).isEqualTo(PipelineResult.State.CANCELLED);
    }

    @Test
    void dry() throws IOException {
        Files.delete(root.resolve("data/orders.txt"));
        DryRun dry = DryRun.of(request().onlyMissing());
        String text = dry.describe(); // of each node RUN or SKIP and why, of each dataset READ or WRITE and where
        assertThat(text).contains("RUN   clean: ", "READ  orders: ", "WRONG ");
        assertThat(dry.isClean()).isFalse();
    }

    @Test
    void resumed() {
        isBroken = true;
        PipelineResult failed = new SequentialRunner().run(request());
        isBroken = false;
        PipelineResult resumed = new SequentialRunner().run(request().resume()); // or resume(failed.runId())
        assertThat(resumed.orElseThrow().runId()).isEqualTo(failed.runId());
        assertThat(Objects.requireNonNull(resumed.nodes().get("clean")).state()).isEqualTo(NodeResult.State.SKIPPED);
    }

    @Test
    void recordsStandWhereRunYmlSays() throws IOException {
        write("conf/base/run.yml", Files.readString(Path.of("src/test/resources/docs/runners/state.yml")));
        PipelineResult result = new SequentialRunner().run(request()).orElseThrow();
        assertThat(root.resolve("data/runs/runs/" + result.runId() + "/run.json"))
                .exists();
        assertThat(root.resolve(".contraflow/runs/" + result.runId() + "/run.json"))
                .doesNotExist();
    }
}
