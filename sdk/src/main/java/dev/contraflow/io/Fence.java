package dev.contraflow.io;

/**
 * Whether a writer may still make things visible: a run that others have taken for dead may not. A storage asks right before each request that
 * can make an object visible, each time it tries again too, so that a request that was held up for long does not replace what another run
 * has stored meanwhile. Thread-safe.
 */
@FunctionalInterface
public interface Fence {
    /** Lets everything through. */
    Fence NONE = () -> {};

    /**
     * Returns if the writer may go on; may wait a few seconds for the answer.
     *
     * @throws FencedException if it may not; the storage sends nothing and does not try again
     */
    void check() throws FencedException;
}
