package dev.contraflow.it.docs;

import dev.contraflow.run.PipelineRunner;
import dev.contraflow.testkit.RunnerContract;

class LevelRunnerTest extends RunnerContract {
    @Override
    protected PipelineRunner runner() {
        return new LevelRunner();
    }
}
