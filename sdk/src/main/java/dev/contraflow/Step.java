package dev.contraflow;

import java.util.Objects;

/**
 * A node in the making that lacks only its function. It comes last and alone, so that a wrong type is two lines of javac's output.
 *
 * @param <F> the type of the function
 */
public final class Step<F> {
    private final NodeDraft draft;
    private final ResultSplit split;
    private final Call<? super F> call;

    Step(NodeDraft draft, ResultSplit split, Call<? super F> call) {
        this.draft = draft;
        this.split = split;
        this.call = call;
    }

    /**
     * Gives the node its function.
     *
     * @param function a method reference or lambda; called once per run, on one thread of the run
     * @return the node
     * @throws PipelineException if the node is not valid: it writes what it reads, writes a parameter, or writes one dataset twice
     */
    public Node by(F function) {
        Objects.requireNonNull(function, "function is null");
        return new Node(draft, split, in -> call.call(function, in));
    }

    /** How a function of some input count is called with an array. */
    interface Call<F> {
        Object call(F function, Object[] in) throws Exception;
    }
}
