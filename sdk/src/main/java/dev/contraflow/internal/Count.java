package dev.contraflow.internal;

/** Puts numbers of things into the sentences of messages. */
public final class Count {
    private Count() {}

    /**
     * A number and what is counted.
     *
     * @param number how many there are
     * @param one what one of them is called, if several are called the same with an s
     * @return {@code 1 node}, {@code 2 nodes}
     */
    public static String of(long number, String one) {
        return number + " " + noun(number, one);
    }

    /**
     * What is counted, where the number stands elsewhere.
     *
     * @param number how many there are
     * @param one what one of them is called, if several are called the same with an s
     * @return {@code node} if there is one, else {@code nodes}
     */
    public static String noun(long number, String one) {
        return number == 1 ? one : one + "s";
    }
}
