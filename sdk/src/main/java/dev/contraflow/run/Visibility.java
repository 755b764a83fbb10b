package dev.contraflow.run;

/**
 * When what a run stores becomes visible to others. In every case a dataset becomes visible as a whole, by one atomic act. Only an I/O
 * manager that stores in the background makes a difference between {@link #EACH} and {@link #ORDERED}: a plain run stores what a node has
 * made before the next one begins.
 */
public enum Visibility {
    /** Each dataset as soon as it can. After a crash one may be visible while another that it was made from is not yet. */
    EACH,
    /**
     * No dataset before all that it was made from (ancestor-closed). Bytes are transferred as soon as they can; only the last step of each
     * save waits for the ancestors' last steps.
     */
    ORDERED,
    /**
     * All outputs of the run at once, by one small object that lists them, the manifest. Only for runs whose stored outputs are all
     * versioned; readers that know nothing of manifests see the versions before. The manifest stands among the run's records in the state
     * store: if that is removed, the versions of the run are hidden.
     */
    MANIFEST
}
