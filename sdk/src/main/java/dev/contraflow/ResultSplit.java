package dev.contraflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the result of a node's function becomes the values of its outputs. */
record ResultSplit(List<DatasetRef<?>> outputs, Splitter splitter) {
    /** What a function that returns nothing is taken to return. */
    static final Object NOTHING = new Object();

    /** Takes a result apart; null entries are refused afterwards, with the name of the output. */
    interface Splitter {
        @Nullable
        Object[] split(Object result);
    }

    static ResultSplit nothing() {
        return new ResultSplit(List.of(), result -> new Object[0]);
    }

    static ResultSplit whole(DatasetRef<?> output) {
        return new ResultSplit(List.of(output), result -> new Object[] {result});
    }

    static ResultSplit outputs(DatasetRef<?>... outputs) {
        return new ResultSplit(List.of(outputs), result -> {
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
        List<DatasetRef<?>> outputs = new ArrayList<>();
        parts.forEach(part -> outputs.add(part.ref()));
        return new ResultSplit(
                List.copyOf(outputs),
                result -> parts.stream()
                        .map(part -> part.pick().apply((R) result))
                        .toArray());
    }

    static <R> ResultSplit list(List<DatasetRef<R>> outputs) {
        return new ResultSplit(List.copyOf(outputs), result -> {
            List<?> values = (List<?>) result;
            if (values.size() != outputs.size()) {
                throw new IllegalArgumentException("it returned a list of " + values.size() + " values for "
                        + outputs.size() + " outputs " + outputs);
            }
            return values.toArray();
        });
    }

    static <R> ResultSplit map(Map<String, DatasetRef<R>> outputs) {
        Map<String, DatasetRef<R>> byKey =
                java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(outputs));
        return new ResultSplit(List.copyOf(byKey.values()), result -> {
            Map<?, ?> values = (Map<?, ?>) result;
            if (!values.keySet().equals(byKey.keySet())) {
                throw new IllegalArgumentException("it returned a map with the keys " + values.keySet()
                        + ", but its outputs have the keys " + byKey.keySet());
            }
            return byKey.keySet().stream().map(values::get).toArray();
        });
    }
}
