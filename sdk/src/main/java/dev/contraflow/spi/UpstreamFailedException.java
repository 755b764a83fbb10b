package dev.contraflow.spi;

/**
 * A node cannot run because something that it descends from has failed, while other nodes go on ({@link
 * dev.contraflow.run.FailurePolicy#KEEP_GOING}). The failure itself is reported where it happened.
 */
public final class UpstreamFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param why what has failed: {@code dataset 'x' could not be saved} */
    public UpstreamFailedException(String why) {
        super(why, null, false, false);
    }

    /** @return what has failed; never null */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
