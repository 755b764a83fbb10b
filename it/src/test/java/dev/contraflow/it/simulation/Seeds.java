package dev.contraflow.it.simulation;

import java.time.Duration;

/**
 * A range of seeds that a test goes through, both ends included, as far as {@code -Dcontraflow.torture.limit=<minutes>} allows; the first one
 * in any case. Used by one thread.
 */
public final class Seeds {
    private final long first;
    private final long last;
    private final long begin = System.nanoTime();
    private final Duration limit = Duration.ofMinutes(Integer.getInteger("contraflow.torture.limit", 60));
    private long next;

    private Seeds(long first, long last) {
        this.first = first;
        this.last = last;
        this.next = first;
    }

    /** The range that a system property chooses, or {@code contraflow.seeds} for all tests at once. */
    public static Seeds of(String property, String standard) {
        String text = System.getProperty(property, System.getProperty("contraflow.seeds", standard));
        String[] ends = text.split("\\.\\.", 2);
        return new Seeds(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    }

    /** Whether there is another one, and time for it. */
    public boolean hasNext() {
        return next == first || (next <= last && System.nanoTime() - begin < limit.toNanos());
    }

    /** The next one. */
    public long next() {
        return next++;
    }

    /** How many there were so far. */
    public long count() {
        return next - first;
    }

    @Override
    public String toString() {
        String gone = first + ".." + (next - 1);
        return next > last ? gone : gone + " (of " + first + ".." + last + ", then the time was up)";
    }
}
