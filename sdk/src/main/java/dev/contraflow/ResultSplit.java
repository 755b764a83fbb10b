package dev.contraflow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How the result of a node's function becomes the values of its outputs. */
record ResultSplit(Ports outputs, Splitter splitter) {
    /** What a function that returns nothing is taken to return. */
    static final Object NOTHING = new Object();

    /** Takes a result apart; null entries are refused afterwards, with the name of the output. */
    interface Splitter {
        @Nullable
        Object[] split(Ports outputs, Object result);
    }

    /** The same with other datasets in the places of these. */
    ResultSplit renamed(UnaryOperator<DatasetRef<?>> name) {
        return new ResultSplit(outputs.renamed(name), splitter);
    }

    @Nullable
    Object[] split(Object result) {
        return splitter.split(outputs, result);
    }

    static ResultSplit nothing() {
        return new ResultSplit(Ports.NOTHING, (outputs, result) -> new Object[0]);
    }

    static ResultSplit whole(DatasetRef<?> output) {
        return new ResultSplit(Ports.each(List.of(output)), (outputs, result) -> new Object[] {result});
    }

    static ResultSplit outputs(DatasetRef<?>... given) {
        return new ResultSplit(Ports.each(List.of(given)), (outputs, result) -> {
            if (result instanceof Outputs.Of2<?, ?> two) {
                return new Object[] {two.first(), two.second()};
            }
            if (result instanceof Outputs.Of3<?, ?, ?> three) {
                return new Object[] {three.first(), three.second(), three.third()};
            }
            Outputs.Of4<?, ?, ?, ?> four = (Outputs.Of4<?, ?, ?, ?>) result;
            return new Object[] {four.first(), four.second(), four.third(), four.fourth()};
        });
    }

    @SuppressWarnings("unchecked") // all parts take their values out of the one record that the function returns
    static <R> ResultSplit parts(Part<R>[] given) {
        List<Part<R>> parts = List.of(given);
        List<DatasetRef<?>> refs = new ArrayList<>();
        parts.forEach(part -> refs.add(part.ref()));
        return new ResultSplit(
                Ports.each(refs),
                (outputs, result) -> parts.stream()
                        .map(part -> part.pick().apply((R) result))
                        .toArray());
    }

    static <R> ResultSplit list(List<DatasetRef<R>> given) {
        return new ResultSplit(Ports.list(given), (outputs, result) -> {
            if (!(result instanceof List<?> values)) {
                throw new IllegalArgumentException(
                        "it returned a " + result.getClass().getName() + ", not a list of " + shown(outputs.names()));
            }
            if (values.size() != outputs.refs().size()) {
                throw new IllegalArgumentException(
                        "it returned a list of " + values.size() + ", not of " + shown(outputs.names()));
            }
            return values.toArray();
        });
    }

    private static String shown(List<String> names) {
        return names.size() + ": " + String.join(", ", names);
    }

    static <R> ResultSplit map(Map<String, DatasetRef<R>> given) {
        return new ResultSplit(Ports.map(given), (outputs, result) -> {
            if (!(result instanceof Map<?, ?> values)) {
                throw new IllegalArgumentException(
                        "it returned a " + result.getClass().getName() + ", not a map with the keys " + outputs.keys());
            }
            if (!values.keySet().equals(new HashSet<>(outputs.keys()))) {
                throw new IllegalArgumentException(
                        "it returned a map with the keys " + values.keySet() + ", not with " + outputs.keys());
            }
            return outputs.keys().stream().map(values::get).toArray();
        });
    }
}
