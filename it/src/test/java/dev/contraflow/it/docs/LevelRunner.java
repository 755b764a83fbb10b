package dev.contraflow.it.docs;

import dev.contraflow.Node;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.RunExecution;
import java.util.List;

/** Runs a pipeline level by level. */
public final class LevelRunner implements PipelineRunner {
    @Override
    public String id() {
        return "levels";
    }

    @Override
    public PipelineResult run(RunRequest request) {
        RunExecution run = RunExecution.begin(request, this); // whatever is wrong with the request is thrown here
        for (List<Node> level : run.plan().pipeline().levels()) {
            for (Node node : level) {
                if (!run.execute(node)) { // never throws for what a node or a dataset does wrong
                    return run.finish();
                }
            }
        }
        return run.finish(); // waits for all saves, and says what happened
    }
}
