package dev.contraflow;

import java.util.List;
import java.util.Map;

/**
 * A node in the making that reads three inputs: next come its outputs. Immutable.
 *
 * @param <A> the type of input 1
 * @param <B> the type of input 2
 * @param <C> the type of input 3
 */
public final class Reads3<A, B, C> {
    private final NodeDraft draft;

    Reads3(NodeDraft draft) {
        this.draft = draft;
    }

    /** The function returns the value of one dataset. */
    public <R> Step<Fn.F3<? super A, ? super B, ? super C, ? extends R>> writes(DatasetRef<R> output) {
        return draft.step(ResultSplit.whole(output), Reads3::call);
    }

    /** The function returns {@link Outputs} of two values. */
    public <R, S> Step<Fn.F3<? super A, ? super B, ? super C, ? extends Outputs.Of2<? extends R, ? extends S>>> writes(
            DatasetRef<R> first, DatasetRef<S> second) {
        return draft.step(ResultSplit.outputs(first, second), Reads3::call);
    }

    /** The function returns {@link Outputs} of three values. */
    public <R, S, T>
            Step<Fn.F3<? super A, ? super B, ? super C, ? extends Outputs.Of3<? extends R, ? extends S, ? extends T>>>
                    writes(DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third) {
        return draft.step(ResultSplit.outputs(first, second, third), Reads3::call);
    }

    /** The function returns {@link Outputs} of four values. */
    public <R, S, T, U>
            Step<
                            Fn.F3<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? extends Outputs.Of4<? extends R, ? extends S, ? extends T, ? extends U>>>
                    writes(DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third, DatasetRef<U> fourth) {
        return draft.step(ResultSplit.outputs(first, second, third, fourth), Reads3::call);
    }

    /** The function returns a record of the user's, whose parts are the values of several datasets. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final <R> Step<Fn.F3<? super A, ? super B, ? super C, ? extends R>> writesParts(Part<R>... parts) {
        return draft.step(ResultSplit.parts(parts), Reads3::call);
    }

    /** The function returns a list with one value for each dataset, in their order. */
    public <R> Step<Fn.F3<? super A, ? super B, ? super C, ? extends List<? extends R>>> writesList(
            List<DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.list(outputs), Reads3::call);
    }

    /** The function returns a map with exactly these keys, each of them the value of its dataset. */
    public <R> Step<Fn.F3<? super A, ? super B, ? super C, ? extends Map<String, ? extends R>>> writesMap(
            Map<String, DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.map(outputs), Reads3::call);
    }

    /** The function returns nothing: the node is there for what it does. */
    public Node runs(Fn.Run3<? super A, ? super B, ? super C> action) {
        return draft.<Fn.Run3<? super A, ? super B, ? super C>>step(ResultSplit.nothing(), Reads3::run)
                .by(action);
    }

    @SuppressWarnings(
            "unchecked") // the inputs were loaded as the types of the refs, which javac checked against the function
    private static Object call(Fn.F3<?, ?, ?, ?> function, Object[] in) throws Exception {
        return ((Fn.F3<Object, Object, Object, ?>) function).call(in[0], in[1], in[2]);
    }

    @SuppressWarnings("unchecked") // as in call
    private static Object run(Fn.Run3<?, ?, ?> action, Object[] in) throws Exception {
        ((Fn.Run3<Object, Object, Object>) action).call(in[0], in[1], in[2]);
        return ResultSplit.NOTHING;
    }
}
