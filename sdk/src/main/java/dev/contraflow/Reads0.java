package dev.contraflow;

import java.util.List;
import java.util.Map;

/**
 * A node in the making that reads nothing: next come its outputs. Immutable.
 */
public final class Reads0 {
    private final NodeDraft draft;

    Reads0(NodeDraft draft) {
        this.draft = draft;
    }

    /** The function returns the value of one dataset. */
    public <R> Step<Fn.F0<? extends R>> writes(DatasetRef<R> output) {
        return draft.step(ResultSplit.whole(output), Reads0::call);
    }

    /** The function returns {@link Outputs} of two values. */
    public <R, S> Step<Fn.F0<? extends Outputs.Of2<? extends R, ? extends S>>> writes(
            DatasetRef<R> first, DatasetRef<S> second) {
        return draft.step(ResultSplit.outputs(first, second), Reads0::call);
    }

    /** The function returns {@link Outputs} of three values. */
    public <R, S, T> Step<Fn.F0<? extends Outputs.Of3<? extends R, ? extends S, ? extends T>>> writes(
            DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third) {
        return draft.step(ResultSplit.outputs(first, second, third), Reads0::call);
    }

    /** The function returns {@link Outputs} of four values. */
    public <R, S, T, U> Step<Fn.F0<? extends Outputs.Of4<? extends R, ? extends S, ? extends T, ? extends U>>> writes(
            DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third, DatasetRef<U> fourth) {
        return draft.step(ResultSplit.outputs(first, second, third, fourth), Reads0::call);
    }

    /** The function returns a record of the user's, whose parts are the values of several datasets. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final <R> Step<Fn.F0<? extends R>> writesParts(Part<R>... parts) {
        return draft.step(ResultSplit.parts(parts), Reads0::call);
    }

    /** The function returns a list with one value for each dataset, in their order. */
    public <R> Step<Fn.F0<? extends List<? extends R>>> writesList(List<DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.list(outputs), Reads0::call);
    }

    /** The function returns a map with exactly these keys, each of them the value of its dataset. */
    public <R> Step<Fn.F0<? extends Map<String, ? extends R>>> writesMap(Map<String, DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.map(outputs), Reads0::call);
    }

    @SuppressWarnings("unused") // the array keeps the shape that all input counts share
    private static Object call(Fn.F0<?> function, Object[] in) throws Exception {
        return function.call();
    }
}
