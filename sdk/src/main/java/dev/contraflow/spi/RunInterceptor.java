package dev.contraflow.spi;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.run.PipelineResult;

/**
 * Stands around whole runs, on the thread that runs them: adds datasets to the catalog of one run, refuses runs, or judges their results
 * (Kedro's {@code after_catalog_created}, {@code before_pipeline_run}, {@code after_pipeline_run}, {@code on_pipeline_error}). Several are
 * called in the order of {@link NodeInterceptor}.
 */
public interface RunInterceptor {
    /** @return its place among others, ascending; 0 by default */
    default int order() {
        return 0;
    }

    /**
     * The catalog of the run has been made; nothing is bound yet.
     *
     * @param run the run; datasets may be added
     * @throws Exception refuses the run
     */
    default void catalogCreated(StartingRun run) throws Exception {}

    /**
     * The run begins: its pipeline is sliced, but nodes whose outputs exist are still in it, and inputs have not been checked.
     *
     * @param run the run; datasets may be added
     * @throws Exception refuses the run
     */
    default void beforeRun(StartingRun run) throws Exception {}

    /**
     * The run has succeeded: everything is durable, and visible.
     *
     * @param result what happened
     * @throws Exception makes the run a failed one; what is stored stays
     */
    default void afterRun(PipelineResult result) throws Exception {}

    /**
     * The run has failed, or was refused after {@link #beforeRun}.
     *
     * @param failure the primary failure
     * @throws Exception is added to the failure
     */
    default void onRunError(ContraflowException failure) throws Exception {}

    /** A run that has not begun. Valid during the call only. */
    interface StartingRun {
        /** @return the run */
        dev.contraflow.run.RunId runId();

        /** @return its pipeline, as it was asked for */
        dev.contraflow.Pipeline pipeline();

        /**
         * Adds a dataset for this run, in place of what the catalog has under that name.
         *
         * @param ref its name and type
         * @param dataset the dataset; stays the caller's
         */
        <T> void add(DatasetRef<T> ref, Dataset<T> dataset);
    }
}
