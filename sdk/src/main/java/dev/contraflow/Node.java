package dev.contraflow;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A named, tagged function from input datasets to output datasets: one step of a pipeline. Immutable and thread-safe as far as its function
 * is. Made by a sentence:
 *
 * <pre>{@code
 * Node.named("train_model").reads(TRAIN_X, TRAIN_Y).writes(MODEL).by(IrisNodes::train)
 * }</pre>
 *
 * <p>Two nodes are equal if they are the same object: a pipeline takes one node twice, but no two nodes of one name.
 */
public final class Node {
    private static final Pattern NAME = Pattern.compile("[\\w.-]+");

    private final String name;
    private final Set<String> tags;
    private final NodeDraft draft;
    private final ResultSplit split;
    private final Body body;

    Node(NodeDraft draft, ResultSplit split, Body body) {
        this(draft, split, body, Set.of());
        refuseMisuse();
    }

    private Node(NodeDraft draft, ResultSplit split, Body body, Set<String> tags) {
        this.name = draft.name();
        this.draft = draft;
        this.split = split;
        this.body = body;
        this.tags = tags;
    }

    /**
     * Begins a node.
     *
     * @param name its name, of letters, digits, {@code _}, {@code -} and {@code .}; unique in its pipeline
     * @return what asks for its inputs
     * @throws PipelineException if the name is invalid
     */
    public static NamedNode named(String name) {
        Objects.requireNonNull(name, "name is null");
        if (!NAME.matcher(name).matches()) {
            throw new PipelineException(
                    "Invalid node name '" + name + "': use letters, digits, '_', '-' and '.', at least one.");
        }
        return new NamedNode(name);
    }

    private void refuseMisuse() {
        Set<String> written = new HashSet<>();
        for (DatasetRef<?> output : outputs()) {
            if (output.isParameter()) {
                throw new PipelineException("Node '" + name + "' writes the parameter '" + output
                        + "'. Parameters come from the configuration; write a dataset instead.");
            }
            if (!written.add(output.baseName())) {
                throw new PipelineException("Node '" + name + "' writes dataset '" + output.baseName() + "' twice.");
            }
        }
        for (DatasetRef<?> input : inputs()) {
            if (written.contains(input.baseName())) {
                throw new PipelineException("Node '" + name + "' reads and writes dataset '" + input.baseName()
                        + "'. Write a dataset of another name.");
            }
        }
    }

    /** @return its name */
    public String name() {
        return name;
    }

    /** @return its tags, sorted; unmodifiable */
    public Set<String> tags() {
        return tags;
    }

    /** @return what it reads, in the order of the function's parameters; a dataset may stand twice */
    public List<DatasetRef<?>> inputs() {
        return draft.inputs();
    }

    /** @return what it writes, in the order of the result's parts */
    public List<DatasetRef<?>> outputs() {
        return split.outputs();
    }

    /**
     * This node with more tags.
     *
     * @param more the tags to add
     * @return a new node, which stands for this one
     */
    public Node withTags(String... more) {
        TreeSet<String> all = new TreeSet<>(tags);
        for (String tag : more) {
            if (!NAME.matcher(tag).matches()) {
                throw new PipelineException("Invalid tag '" + tag + "' of node '" + name
                        + "': use letters, digits, '_', '-' and '.', at least one.");
            }
            all.add(tag);
        }
        return new Node(draft, split, body, Collections.unmodifiableSet(all));
    }

    /**
     * Calls the function. For runners; a test calls the user's own method.
     *
     * @param inputs one value for each of {@link #inputs()}
     * @return one value for each of {@link #outputs()}, none of them null
     * @throws NodeException if the function threw (then with that as its cause), or did not return what its outputs need
     * @throws DatasetException if the function read {@link Rows} of an input that could not be read to their end
     * @throws InterruptedException if the function was interrupted
     */
    public Object[] call(Object[] inputs) throws InterruptedException {
        Object result;
        try {
            result = body.call(inputs);
        } catch (DatasetException e) { // of rows that it reads, or of a run of its own
            throw e.node().equals(name) ? e : failure(e);
        } catch (Throwable e) { // an Error of a node's code fails the node, and the run reports it
            throwIfInterrupted(e);
            throw failure(e);
        }
        return outputsOf(result);
    }

    /** What reads rows says by an InterruptedIOException that it was interrupted; a stream, or a function on rows, wraps it once. */
    private static void throwIfInterrupted(Throwable e) throws InterruptedException {
        boolean isWrapped = e instanceof UncheckedIOException || e instanceof UndeclaredThrowableException;
        Throwable cause = isWrapped ? e.getCause() : e;
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (cause instanceof InterruptedIOException && Thread.interrupted()) { // else it was a time-out
            throw (InterruptedException) new InterruptedException(cause.getMessage()).initCause(e);
        }
    }

    private NodeException failure(Throwable e) {
        String first = e.toString().lines().findFirst().orElse(""); // the cause has the rest
        return new NodeException("Node '" + name + "' failed: " + first, name, e);
    }

    private Object[] outputsOf(@Nullable Object result) {
        if (result == null) {
            throw noValue(outputs().get(0));
        }
        @Nullable Object[] values;
        try {
            values = split.splitter().split(result);
        } catch (RuntimeException e) {
            throw new NodeException(
                    "Node '" + name + "' did not return what its outputs need: " + e.getMessage(), name, e);
        }
        Object[] complete = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value == null) {
                throw noValue(outputs().get(i));
            }
            if (!outputs().get(i).type().rawType().isInstance(value)) {
                throw new NodeException(
                        "Node '" + name + "' returned a " + value.getClass().getName() + " for dataset '"
                                + outputs().get(i) + "', which is a "
                                + outputs().get(i).type() + ".",
                        name,
                        null);
            }
            if (value instanceof Rows && !outputs().get(i).isRows()) {
                throw new NodeException(
                        "Node '" + name + "' returned Rows for dataset '"
                                + outputs().get(i) + "', which is a "
                                + outputs().get(i).type()
                                + ". Declare it by DatasetRef.rowsOf, or return a List (rows.toList()).",
                        name,
                        null);
            }
            complete[i] = value;
        }
        return complete;
    }

    private NodeException noValue(DatasetRef<?> output) {
        return new NodeException(
                "Node '" + name + "' returned null for dataset '" + output
                        + "'. Return a value; a dataset cannot hold null.",
                name,
                null);
    }

    /** @return {@code name([inputs]) -> [outputs]} */
    @Override
    public String toString() {
        return name + "(" + Arrays.toString(inputs().toArray()) + ") -> "
                + Arrays.toString(outputs().toArray());
    }

    /** The user's function, with its inputs in an array. */
    interface Body {
        @Nullable
        Object call(Object[] in) throws Exception;
    }
}
