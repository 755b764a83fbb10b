package dev.contraflow;

import java.util.List;
import java.util.Map;

/** A node in the making that has a name: next come its inputs. Immutable. */
public final class NamedNode {
    private final String name;

    NamedNode(String name) {
        this.name = name;
    }

    /** The node reads nothing. */
    public Reads0 readsNothing() {
        return new Reads0(NodeDraft.each(name));
    }

    /** The node reads one input, handed to its function in this order. */
    public <A> Reads1<A> reads(DatasetRef<A> a) {
        return new Reads1<>(NodeDraft.each(name, a));
    }

    /** The node reads two inputs, handed to its function in this order. */
    public <A, B> Reads2<A, B> reads(DatasetRef<A> a, DatasetRef<B> b) {
        return new Reads2<>(NodeDraft.each(name, a, b));
    }

    /** The node reads three inputs, handed to its function in this order. */
    public <A, B, C> Reads3<A, B, C> reads(DatasetRef<A> a, DatasetRef<B> b, DatasetRef<C> c) {
        return new Reads3<>(NodeDraft.each(name, a, b, c));
    }

    /** The node reads four inputs, handed to its function in this order. */
    public <A, B, C, D> Reads4<A, B, C, D> reads(DatasetRef<A> a, DatasetRef<B> b, DatasetRef<C> c, DatasetRef<D> d) {
        return new Reads4<>(NodeDraft.each(name, a, b, c, d));
    }

    /** The node reads five inputs, handed to its function in this order. */
    public <A, B, C, D, E> Reads5<A, B, C, D, E> reads(
            DatasetRef<A> a, DatasetRef<B> b, DatasetRef<C> c, DatasetRef<D> d, DatasetRef<E> e) {
        return new Reads5<>(NodeDraft.each(name, a, b, c, d, e));
    }

    /** The node reads six inputs, handed to its function in this order. */
    public <A, B, C, D, E, F> Reads6<A, B, C, D, E, F> reads(
            DatasetRef<A> a, DatasetRef<B> b, DatasetRef<C> c, DatasetRef<D> d, DatasetRef<E> e, DatasetRef<F> f) {
        return new Reads6<>(NodeDraft.each(name, a, b, c, d, e, f));
    }

    /** The node reads seven inputs, handed to its function in this order. */
    public <A, B, C, D, E, F, G> Reads7<A, B, C, D, E, F, G> reads(
            DatasetRef<A> a,
            DatasetRef<B> b,
            DatasetRef<C> c,
            DatasetRef<D> d,
            DatasetRef<E> e,
            DatasetRef<F> f,
            DatasetRef<G> g) {
        return new Reads7<>(NodeDraft.each(name, a, b, c, d, e, f, g));
    }

    /** The node reads eight inputs, handed to its function in this order. */
    public <A, B, C, D, E, F, G, H> Reads8<A, B, C, D, E, F, G, H> reads(
            DatasetRef<A> a,
            DatasetRef<B> b,
            DatasetRef<C> c,
            DatasetRef<D> d,
            DatasetRef<E> e,
            DatasetRef<F> f,
            DatasetRef<G> g,
            DatasetRef<H> h) {
        return new Reads8<>(NodeDraft.each(name, a, b, c, d, e, f, g, h));
    }

    /**
     * The node reads any number of datasets of one type, handed to its function as one unmodifiable list in this order.
     *
     * @param inputs the datasets; one may stand in it twice
     */
    public <A> Reads1<List<A>> readsList(List<DatasetRef<A>> inputs) {
        return new Reads1<>(NodeDraft.list(name, inputs));
    }

    /**
     * The node reads any number of datasets of one type, handed to its function as one unmodifiable map with these keys, in this order.
     *
     * @param inputs the datasets by the keys under which the function finds their values
     */
    public <A> Reads1<Map<String, A>> readsMap(Map<String, DatasetRef<A>> inputs) {
        return new Reads1<>(NodeDraft.map(name, inputs));
    }
}
