package dev.contraflow.it.simulation;

/** A range of seeds, both ends included. */
public record Seeds(long first, long last) {
    /** The range that a system property chooses, or {@code contraflow.seeds} for all tests at once. */
    public static Seeds of(String property, String standard) {
        String text = System.getProperty(property, System.getProperty("contraflow.seeds", standard));
        String[] ends = text.split("\\.\\.", 2);
        return new Seeds(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    }

    /** How many there are. */
    public long count() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first + ".." + last;
    }
}
