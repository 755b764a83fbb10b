package dev.contraflow.runner.threads;

import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.RunExecution;

/**
 * Runs nodes side by side on threads of its own: a node starts the moment its parents are done, there are no levels (Kedro's {@code
 * ThreadRunner}). Of several nodes that are ready, the one that comes first in the plan starts first. At the first failure no further node
 * starts, and nodes that run go on to their end, with their saves. It has the threads of a run made for that run, and ends them with it.
 * Stateless and thread-safe.
 *
 * <p>Nodes that run at once must not share what they change. What they read is frozen, and datasets that cannot bear to be used beside others
 * say so ({@link dev.contraflow.dataset.Dataset#isSerial}).
 */
public final class ThreadRunner implements PipelineRunner {
    private static final int FEWEST = 4;

    private final int threads;

    /** A runner with a thread for each core, at least {@value #FEWEST}, since nodes wait for their data too. */
    public ThreadRunner() {
        this(Math.max(FEWEST, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * @param threads the most nodes of one run that run at once, at least 1
     */
    public ThreadRunner(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", not at least 1");
        }
        this.threads = threads;
    }

    @Override
    public String id() {
        return "threads";
    }

    @Override
    public PipelineResult run(RunRequest request) {
        RunExecution run = RunExecution.begin(request, this);
        boolean interrupted = new Schedule(run, threads).run();
        PipelineResult result = run.finish();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }
}
