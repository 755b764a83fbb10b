package dev.contraflow;

import java.util.List;
import java.util.Map;

/**
 * A node in the making that reads eight inputs: next come its outputs. Immutable.
 *
 * @param <A> the type of input 1
 * @param <B> the type of input 2
 * @param <C> the type of input 3
 * @param <D> the type of input 4
 * @param <E> the type of input 5
 * @param <F> the type of input 6
 * @param <G> the type of input 7
 * @param <H> the type of input 8
 */
public final class Reads8<A, B, C, D, E, F, G, H> {
    private final NodeDraft draft;

    Reads8(NodeDraft draft) {
        this.draft = draft;
    }

    /** The function returns the value of one dataset. */
    public <R>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends R>>
                    writes(DatasetRef<R> output) {
        return draft.step(ResultSplit.whole(output), Reads8::call);
    }

    /** The function returns {@link Outputs} of two values. */
    public <R, S>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends Outputs.Of2<? extends R, ? extends S>>>
                    writes(DatasetRef<R> first, DatasetRef<S> second) {
        return draft.step(ResultSplit.outputs(first, second), Reads8::call);
    }

    /** The function returns {@link Outputs} of three values. */
    public <R, S, T>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends Outputs.Of3<? extends R, ? extends S, ? extends T>>>
                    writes(DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third) {
        return draft.step(ResultSplit.outputs(first, second, third), Reads8::call);
    }

    /** The function returns {@link Outputs} of four values. */
    public <R, S, T, U>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends Outputs.Of4<? extends R, ? extends S, ? extends T, ? extends U>>>
                    writes(DatasetRef<R> first, DatasetRef<S> second, DatasetRef<T> third, DatasetRef<U> fourth) {
        return draft.step(ResultSplit.outputs(first, second, third, fourth), Reads8::call);
    }

    /** The function returns a record of the user's, whose parts are the values of several datasets. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final <R>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends R>>
                    writesParts(Part<R>... parts) {
        return draft.step(ResultSplit.parts(parts), Reads8::call);
    }

    /** The function returns a list with one value for each dataset, in their order. */
    public <R>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends List<? extends R>>>
                    writesList(List<DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.list(outputs), Reads8::call);
    }

    /** The function returns a map with exactly these keys, each of them the value of its dataset. */
    public <R>
            Step<
                            Fn.F8<
                                    ? super A,
                                    ? super B,
                                    ? super C,
                                    ? super D,
                                    ? super E,
                                    ? super F,
                                    ? super G,
                                    ? super H,
                                    ? extends Map<String, ? extends R>>>
                    writesMap(Map<String, DatasetRef<R>> outputs) {
        return draft.step(ResultSplit.map(outputs), Reads8::call);
    }

    /** The function returns nothing: the node is there for what it does. */
    public Node runs(
            Fn.Run8<? super A, ? super B, ? super C, ? super D, ? super E, ? super F, ? super G, ? super H> action) {
        return draft.<Fn.Run8<? super A, ? super B, ? super C, ? super D, ? super E, ? super F, ? super G, ? super H>>
                        step(ResultSplit.nothing(), Reads8::run)
                .by(action);
    }

    @SuppressWarnings(
            "unchecked") // the inputs were loaded as the types of the refs, which javac checked against the function
    private static Object call(Fn.F8<?, ?, ?, ?, ?, ?, ?, ?, ?> function, Object[] in) throws Exception {
        return ((Fn.F8<Object, Object, Object, Object, Object, Object, Object, Object, ?>) function)
                .call(in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7]);
    }

    @SuppressWarnings("unchecked") // as in call
    private static Object run(Fn.Run8<?, ?, ?, ?, ?, ?, ?, ?> action, Object[] in) throws Exception {
        ((Fn.Run8<Object, Object, Object, Object, Object, Object, Object, Object>) action)
                .call(in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7]);
        return ResultSplit.NOTHING;
    }
}
