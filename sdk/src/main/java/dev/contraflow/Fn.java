package dev.contraflow;

/**
 * The functions that nodes are made of: plain Java methods of up to eight inputs, which may throw anything. {@code F0}..{@code F8} return a
 * value, {@code Run0}..{@code Run8} return nothing. Users write lambdas and method references; the names matter to compilers only.
 */
public final class Fn {
    private Fn() {}

    /** A function of no inputs. */
    @FunctionalInterface
    public interface F0<R> {
        /** Computes the node's result, which is not null. */
        R call() throws Exception;
    }

    /** An action of no inputs. */
    @FunctionalInterface
    public interface Run0 {
        /** Acts. */
        void call() throws Exception;
    }

    /** A function of one input. */
    @FunctionalInterface
    public interface F1<A, R> {
        /** Computes the node's result, which is not null. */
        R call(A a) throws Exception;
    }

    /** An action of one input. */
    @FunctionalInterface
    public interface Run1<A> {
        /** Acts. */
        void call(A a) throws Exception;
    }

    /** A function of two inputs. */
    @FunctionalInterface
    public interface F2<A, B, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b) throws Exception;
    }

    /** An action of two inputs. */
    @FunctionalInterface
    public interface Run2<A, B> {
        /** Acts. */
        void call(A a, B b) throws Exception;
    }

    /** A function of three inputs. */
    @FunctionalInterface
    public interface F3<A, B, C, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b, C c) throws Exception;
    }

    /** An action of three inputs. */
    @FunctionalInterface
    public interface Run3<A, B, C> {
        /** Acts. */
        void call(A a, B b, C c) throws Exception;
    }

    /** A function of four inputs. */
    @FunctionalInterface
    public interface F4<A, B, C, D, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b, C c, D d) throws Exception;
    }

    /** An action of four inputs. */
    @FunctionalInterface
    public interface Run4<A, B, C, D> {
        /** Acts. */
        void call(A a, B b, C c, D d) throws Exception;
    }

    /** A function of five inputs. */
    @FunctionalInterface
    public interface F5<A, B, C, D, E, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b, C c, D d, E e) throws Exception;
    }

    /** An action of five inputs. */
    @FunctionalInterface
    public interface Run5<A, B, C, D, E> {
        /** Acts. */
        void call(A a, B b, C c, D d, E e) throws Exception;
    }

    /** A function of six inputs. */
    @FunctionalInterface
    public interface F6<A, B, C, D, E, F, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b, C c, D d, E e, F f) throws Exception;
    }

    /** An action of six inputs. */
    @FunctionalInterface
    public interface Run6<A, B, C, D, E, F> {
        /** Acts. */
        void call(A a, B b, C c, D d, E e, F f) throws Exception;
    }

    /** A function of seven inputs. */
    @FunctionalInterface
    public interface F7<A, B, C, D, E, F, G, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b, C c, D d, E e, F f, G g) throws Exception;
    }

    /** An action of seven inputs. */
    @FunctionalInterface
    public interface Run7<A, B, C, D, E, F, G> {
        /** Acts. */
        void call(A a, B b, C c, D d, E e, F f, G g) throws Exception;
    }

    /** A function of eight inputs. */
    @FunctionalInterface
    public interface F8<A, B, C, D, E, F, G, H, R> {
        /** Computes the node's result, which is not null. */
        R call(A a, B b, C c, D d, E e, F f, G g, H h) throws Exception;
    }

    /** An action of eight inputs. */
    @FunctionalInterface
    public interface Run8<A, B, C, D, E, F, G, H> {
        /** Acts. */
        void call(A a, B b, C c, D d, E e, F f, G g, H h) throws Exception;
    }
}
