package dev.contraflow.run;

/** What a run does once something has failed. Either way the run has failed in the end, and nothing that descends from the failure is stored. */
public enum FailurePolicy {
    /** No further node starts; nodes that run end, with their saves. Kedro's rule. */
    STOP,
    /** Nodes that descend from the failure are skipped, all others run. */
    KEEP_GOING
}
