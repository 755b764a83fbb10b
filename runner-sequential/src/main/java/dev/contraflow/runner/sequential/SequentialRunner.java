package dev.contraflow.runner.sequential;

import dev.contraflow.Node;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.RunExecution;

/**
 * Runs one node after the other, on the calling thread, in the order of the plan (Kedro's {@code SequentialRunner}). It stops at the first
 * failure. Stateless and thread-safe.
 */
public final class SequentialRunner implements PipelineRunner {
    @Override
    public String id() {
        return "sequential";
    }

    @Override
    public PipelineResult run(RunRequest request) {
        RunExecution run = RunExecution.begin(request, this);
        for (Node node : run.plan().nodes()) {
            if (!run.execute(node)) {
                break;
            }
        }
        return run.finish();
    }
}
