package dev.contraflow;

import dev.contraflow.run.PipelineResult;

/** A run did not succeed. The primary failure is the cause, every other one is suppressed, and the result tells the rest. */
public final class RunException extends ContraflowException {
    private static final long serialVersionUID = 1L;

    private final transient PipelineResult result;

    /** @param result the result of a run that did not succeed */
    public RunException(PipelineResult result) {
        super(
                result.summary(),
                result.failures().isEmpty() ? null : result.failures().get(0));
        result.failures().stream().skip(1).forEach(this::addSuppressed);
        this.result = result;
    }

    /** @return what happened, node by node and dataset by dataset */
    public PipelineResult result() {
        return result;
    }
}
