package dev.contraflow;

/**
 * Several outputs of one node, by position. Where the outputs have names of their own, a record of the user's and {@code writesParts} read
 * better. Immutable.
 */
public final class Outputs {
    private Outputs() {}

    /** Two outputs. */
    public record Of2<R, S>(R first, S second) {}

    /** Two outputs, in the order of the node's {@code writes}. */
    public static <R, S> Of2<R, S> of(R first, S second) {
        return new Of2<>(first, second);
    }

    /** Three outputs. */
    public record Of3<R, S, T>(R first, S second, T third) {}

    /** Three outputs, in the order of the node's {@code writes}. */
    public static <R, S, T> Of3<R, S, T> of(R first, S second, T third) {
        return new Of3<>(first, second, third);
    }

    /** Four outputs. */
    public record Of4<R, S, T, U>(R first, S second, T third, U fourth) {}

    /** Four outputs, in the order of the node's {@code writes}. */
    public static <R, S, T, U> Of4<R, S, T, U> of(R first, S second, T third, U fourth) {
        return new Of4<>(first, second, third, fourth);
    }
}
