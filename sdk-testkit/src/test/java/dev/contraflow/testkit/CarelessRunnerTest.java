package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunExecution;
import org.junit.jupiter.api.Test;

/** A runner cannot make a success of a run whose nodes have not all run. */
class CarelessRunnerTest {
    private static final PipelineRunner FIRST_NODE_ONLY = new PipelineRunner() {
        @Override
        public String id() {
            return "careless";
        }

        @Override
        public PipelineResult run(RunRequest request) {
            RunExecution run = RunExecution.begin(request, this);
            run.execute(run.plan().nodes().get(0));
            return run.finish();
        }
    };

    @Test
    void aNodeWithoutOutputsThatNeverRanIsNoSuccess() {
        DatasetRef<String> out = DatasetRef.of("out", String.class);
        Pipeline pipeline = Pipeline.of(
                Node.named("make").readsNothing().writes(out).by(() -> "v"),
                Node.named("send").reads(out).runs(v -> {}));
        RunRequest request = RunRequest.of(pipeline, DataCatalog.builder().build())
                .withProviders(Providers.builder().build());
        PipelineResult result = FIRST_NODE_ONLY.run(request);
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.nodes().get("send")).extracting(NodeResult::state).isEqualTo(NodeResult.State.NOT_RUN);
    }
}
