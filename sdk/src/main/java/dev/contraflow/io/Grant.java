package dev.contraflow.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The right to hold bytes in memory, given out by the run's budget. Taking never waits: who is refused writes to a spill file instead, so
 * that nobody who holds memory waits for memory. Thread-safe.
 */
public interface Grant {
    /**
     * Takes bytes from the budget, or refuses at once.
     *
     * @param bytes how many, at least 0
     * @return true if they were taken; the taker gives them back by {@link #giveBack}
     */
    boolean tryTake(long bytes);

    /**
     * Gives bytes back that were taken before.
     *
     * @param bytes how many
     */
    void giveBack(long bytes);

    /**
     * Makes a new, empty file for bytes that the budget refused. Who asked for it deletes it.
     *
     * @return the file
     * @throws IOException if it cannot be made
     */
    Path newSpillFile() throws IOException;

    /**
     * A grant of its own, for what would otherwise fill the memory.
     *
     * @param most the most bytes taken at the same time
     * @param spillFolder where spill files are made; made itself when the first one is
     * @return the grant
     */
    static Grant bounded(long most, Path spillFolder) {
        return new BoundedGrant(most, spillFolder);
    }

    /** @return a grant that refuses nothing, for runs that hold no more than one node's inputs and outputs */
    static Grant unbounded() {
        return UnboundedGrant.INSTANCE;
    }
}
