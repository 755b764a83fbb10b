package dev.contraflow.run;

/**
 * Executes pipelines: it chooses the order of the nodes and the threads they run on, and nothing else. Thread-safe: one runner may be used
 * for several runs at once.
 */
public interface PipelineRunner {
    /** @return its name in logs: {@code sequential} */
    String id();

    /**
     * Runs a pipeline to its end. When it returns, nothing of the run is under way any more: no thread, no upload, no temporary file.
     *
     * @param request everything that the run needs
     * @return what happened; {@code SUCCEEDED} only if every persisted output is durable and verified. Failures of nodes and datasets are
     *     in it, not thrown; an interrupt gives {@code CANCELLED} and leaves the thread's flag set
     * @throws dev.contraflow.ContraflowException if the request is wrong: before the first node, with nothing stored
     */
    PipelineResult run(RunRequest request);
}
