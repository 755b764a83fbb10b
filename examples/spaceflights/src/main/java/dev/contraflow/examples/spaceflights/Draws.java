package dev.contraflow.examples.spaceflights;

import java.util.SplittableRandom;

/**
 * Chance that is the same on every machine and every JDK: it takes only {@link SplittableRandom#nextLong()} from the JDK (SplitMix64, Steele,
 * Lea and Flood, 2014), because how that becomes a bounded number has changed between JDKs. Used by one thread.
 */
final class Draws {
    private final SplittableRandom random;

    Draws(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** A number from 0 to below a bound: the next long modulo the bound, which favours no number by more than one in 2^32. */
    int below(int bound) {
        return (int) Math.floorMod(random.nextLong(), (long) bound);
    }

    /** A number from 0 to below 1: the upper 53 bits of the next long. */
    double fraction() {
        return (random.nextLong() >>> 11) * 0x1.0p-53;
    }

    boolean happens(double probability) {
        return fraction() < probability;
    }
}
