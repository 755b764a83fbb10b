package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.Pipeline;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.run.RunId;
import dev.contraflow.spi.RunInterceptor;

/** A run as its interceptors see it before it is bound. */
record StartingRun(RunId runId, Pipeline pipeline, RunDatasets datasets) implements RunInterceptor.StartingRun {
    @Override
    public <T> void add(DatasetRef<T> ref, Dataset<T> dataset) {
        datasets.add(ref, dataset);
    }
}
