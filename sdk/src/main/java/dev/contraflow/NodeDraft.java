package dev.contraflow;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What is known of a node before its outputs and function are. */
record NodeDraft(String name, Ports inputs) {
    static NodeDraft each(String name, DatasetRef<?>... inputs) {
        for (DatasetRef<?> input : inputs) {
            Objects.requireNonNull(input, "an input of node '" + name + "' is null");
        }
        return new NodeDraft(name, Ports.each(List.of(inputs)));
    }

    static <A> NodeDraft list(String name, List<DatasetRef<A>> inputs) {
        return new NodeDraft(name, Ports.list(inputs));
    }

    static <A> NodeDraft map(String name, Map<String, DatasetRef<A>> inputs) {
        return new NodeDraft(name, Ports.map(inputs));
    }

    <F> Step<F> step(ResultSplit split, Step.Call<? super F> call) {
        return new Step<>(this, split, call);
    }
}
