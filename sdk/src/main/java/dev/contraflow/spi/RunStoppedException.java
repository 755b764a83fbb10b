package dev.contraflow.spi;

/** No further node may begin. What stopped the run is reported by {@link IoManager#settle}, not here. */
public final class RunStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says nothing more. */
    public RunStoppedException() {
        super("The run has been stopped", null, false, false);
    }
}
