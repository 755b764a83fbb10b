package dev.contraflow.runner.sequential;

import dev.contraflow.run.PipelineRunner;
import dev.contraflow.testkit.RunnerContract;

class SequentialRunnerTest extends RunnerContract {
    @Override
    protected PipelineRunner runner() {
        return new SequentialRunner();
    }
}
