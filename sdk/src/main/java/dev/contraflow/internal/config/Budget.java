package dev.contraflow.internal.config;

/**
 * Bounds what one load of a configuration makes, since aliases and references can multiply what is written without end. Used by one thread.
 */
final class Budget {
    /** Values of all files, aliases and references followed. A catalog of ten thousand entries has about a hundred thousand. */
    static final int VALUES = 500_000;
    /** Characters of texts that references were put into. */
    static final int CHARACTERS = 8_000_000;
    /** Levels of maps and lists within each other. */
    static final int DEPTH = 64;

    private int values;
    private long characters;

    /** Counts one more value; false if that is too many. */
    boolean addValue() {
        return ++values <= VALUES;
    }

    /** Counts a text that was put together; false if that is too much. */
    boolean addText(int length) {
        characters += length;
        return characters <= CHARACTERS;
    }
}
