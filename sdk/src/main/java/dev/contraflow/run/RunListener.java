package dev.contraflow.run;

/**
 * Observes a run: one event record per moment, facts and no values. Called on one thread of the run, in the order of the events, so it may
 * be slow without slowing the run; the run waits for it at its end, with a deadline. What it throws is logged once and changes nothing.
 */
public interface RunListener {
    /**
     * One moment of the run.
     *
     * @param event what happened
     */
    void onEvent(RunEvent event);
}
