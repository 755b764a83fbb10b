package dev.contraflow;

import java.util.List;
import java.util.Map;

/**
 * A node in the making that reads two inputs: next come its outputs. Immutable.
 *
 * @param <A> the type of input 1
 * @param <B> the type of input 2
 */
public final class Reads2<A, B> {
    private final NodeDraft draft;

    Reads2(NodeDraft draft) {
        this.draft = draft;
    }

    /** The function returns the value of one dataset. */
    public <R> Step<Fn.F2<? super A, ? super B, ? extends R>> writes(DatasetRef<R> output) {
        return draft.step(ResultSplit.whole(output), Reads2::call);
    }

    /** The function returns {@link Outputs} of two values. */
    public <R, S> Step<Fn.F2<? super A, ? super B, ? extends Outputs.Of2<? extends R, ? extends S>>> writes(
            DatasetRef<R> first, DatasetRef<S> second) {
        return draft.step(ResultSplit.outputs(first, second), Reads2::call);
    }

    /** The function returns {@link Outputs} of three values. */
    public <R, S, T>
            Step<Fn.F2<? super A, ? super B, ? extends Outputs.Of3<? extends R, ? extends S, ? extends T>>> writes(
                    DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third) {
        return draft.step(ResultSplit.outputs(first, second, third), Reads2::call);
    }

    /** The function returns {@link Outputs} of four values. */
    public <R, S, T, U>
            Step<Fn.F2<? super A, ? super B, ? extends Outputs.Of4<? extends R, ? extends S, ? extends T, ? extends U>>>
                    writes(DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third, DatasetRef<U> fourth) {
        return draft.step(ResultSplit.outputs(first, second, third, fourth), Reads2::call);
    }

    /** The function returns a record of the user's, whose parts are the values of several datasets. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final <R> Step<Fn.F2<? super A, ? super B, ? extends R>> writesParts(Part<R>... parts) {
        return draft.step(ResultSplit.parts(parts), Reads2::call);
    }

    /** The function returns a list with one value for each dataset, in their order. */
    public <R> Step<Fn.F2<? super A, ? super B, ? extends List<? extends R>>> writesList(List<DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.list(outputs), Reads2::call);
    }

    /** The function returns a map with exactly these keys, each of them the value of its dataset. */
    public <R> Step<Fn.F2<? super A, ? super B, ? extends Map<String, ? extends R>>> writesMap(
            Map<String, DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.map(outputs), Reads2::call);
    }

    /** The function returns nothing: the node is there for what it does. */
    public Node runs(Fn.Run2<? super A, ? super B> action) {
        return draft.<Fn.Run2<? super A, ? super B>>step(ResultSplit.nothing(), Reads2::run)
                .by(action);
    }

    @SuppressWarnings(
            "unchecked") // the inputs were loaded as the types of the refs, which javac checked against the function
    private static Object call(Fn.F2<?, ?, ?> function, Object[] in) throws Exception {
        return ((Fn.F2<Object, Object, ?>) function).call(in[0], in[1]);
    }

    @SuppressWarnings("unchecked") // as in call
    private static Object run(Fn.Run2<?, ?> action, Object[] in) throws Exception {
        ((Fn.Run2<Object, Object>) action).call(in[0], in[1]);
        return ResultSplit.NOTHING;
    }
}
