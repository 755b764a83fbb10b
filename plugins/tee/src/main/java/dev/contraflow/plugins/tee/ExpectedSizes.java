package dev.contraflow.plugins.tee;

/**
 * How large what a node is going to write will probably be: as in the last run, corrected by how what has been written since compares with it;
 * what the last run did not write, as large as such outputs of this run on average. Not thread-safe.
 */
final class ExpectedSizes {
    private double before; // of what has been written, in the last run
    private double now;
    private double unknown;
    private int unknowns;

    /**
     * An output has its size.
     *
     * @param lastTime its bytes in the last run, or -1
     * @param size its bytes in this one
     */
    void learn(long lastTime, long size) {
        if (lastTime > 0) {
            before += lastTime;
            now += size;
        } else if (lastTime < 0) {
            unknown += size;
            unknowns++;
        }
    }

    /**
     * @param lastTime the bytes of an output in the last run, or -1
     * @return how many bytes it is expected to have
     */
    long of(long lastTime) {
        if (lastTime < 0) {
            return unknowns == 0 ? 0 : Math.round(unknown / unknowns);
        }
        return before == 0 ? lastTime : Math.round(lastTime * (now / before));
    }
}
