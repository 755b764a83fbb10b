package dev.contraflow;

import java.util.Objects;
import java.util.function.Function;

/**
 * One output of a node that returns a record of several: which dataset, and how to pick its value out of the record. Made by
 * {@link DatasetRef#from(Function)}. Immutable.
 *
 * @param <R> the record that the node's function returns
 * @param ref the dataset that is written
 * @param pick takes the dataset's value out of the record; called once, after the node's function returned
 */
public record Part<R>(DatasetRef<?> ref, Function<? super R, ?> pick) {
    /** Checks that nothing is null. */
    public Part {
        Objects.requireNonNull(ref, "ref is null");
        Objects.requireNonNull(pick, "pick is null");
    }
}
