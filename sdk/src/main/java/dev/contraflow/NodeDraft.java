package dev.contraflow;

import java.util.List;

/** What is known of a node before its outputs and function are. */
record NodeDraft(String name, List<DatasetRef<?>> inputs) {
    <F> Step<F> step(ResultSplit split, Step.Call<? super F> call) {
        return new Step<>(this, split, call);
    }
}
