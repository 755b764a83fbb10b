package dev.contraflow.it;

import dev.contraflow.run.PipelineRunner;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.testkit.RunnerContract;
import org.junit.jupiter.api.Nested;

/** Every runner keeps its contract with every I/O manager. With the plain one it is tested in its own module. */
class RunnersWithIoTest {
    /** The contract for one runner with one manager. */
    abstract static class Combined extends RunnerContract {
        private final PipelineRunner runner;
        private final String io;

        Combined(PipelineRunner runner, String io) {
            this.runner = runner;
            this.io = io;
        }

        @Override
        protected PipelineRunner runner() {
            return runner;
        }

        @Override
        protected String io() {
            return io;
        }
    }

    @Nested
    class SequentialAsync extends Combined {
        SequentialAsync() {
            super(new SequentialRunner(), "async");
        }
    }

    @Nested
    class SequentialCache extends Combined {
        SequentialCache() {
            super(new SequentialRunner(), "cache");
        }
    }

    @Nested
    class SequentialCacheAsync extends Combined {
        SequentialCacheAsync() {
            super(new SequentialRunner(), "cache-async");
        }
    }

    @Nested
    class SequentialTee extends Combined {
        SequentialTee() {
            super(new SequentialRunner(), "tee");
        }
    }

    @Nested
    class ThreadsAsync extends Combined {
        ThreadsAsync() {
            super(new ThreadRunner(), "async");
        }
    }

    @Nested
    class ThreadsCache extends Combined {
        ThreadsCache() {
            super(new ThreadRunner(), "cache");
        }
    }

    @Nested
    class ThreadsCacheAsync extends Combined {
        ThreadsCacheAsync() {
            super(new ThreadRunner(), "cache-async");
        }
    }

    @Nested
    class ThreadsTee extends Combined {
        ThreadsTee() {
            super(new ThreadRunner(), "tee");
        }
    }
}
