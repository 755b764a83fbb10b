package dev.contraflow;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
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
 * <p>Two nodes are equal if they have the same name, inputs and outputs, in the form in which these are written (Kedro's rule). Functions do
 * not count, because two method references are never equal; nor do tags and confirms.
 */
public final class Node {
    private static final Pattern NAME = Pattern.compile("[\\w.-]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern NAMESPACE = Pattern.compile("[\\w-]+(\\.[\\w-]+)*", Pattern.UNICODE_CHARACTER_CLASS);
    private static final String ALLOWED = "use letters, digits, '_', '-' and '.', at least one.";

    /** In which form a node's inputs or outputs are written. */
    public enum Form {
        /** There are none. */
        NOTHING,
        /** Each by itself: the parameters of the function; the result, or its parts. */
        EACH,
        /** All in one list. */
        LIST,
        /** All in one map, by keys. */
        MAP
    }

    private final String name;
    private final String fullName;
    private final Ports inputs;
    private final ResultSplit split;
    private final Body body;
    private final Labels labels;

    /** What does not belong to a node's identity. */
    private record Labels(
            String namespace,
            Set<String> tags,
            Map<String, DatasetRef<?>> confirms,
            @Nullable Duration timeLimit) {
        static final Labels NONE = new Labels("", Set.of(), Map.of(), null);
    }

    Node(NodeDraft draft, ResultSplit split, Body body) {
        this(draft.name(), draft.inputs(), split, body, Labels.NONE);
    }

    private Node(String name, Ports inputs, ResultSplit split, Body body, Labels labels) {
        this.name = name;
        this.fullName = labels.namespace().isEmpty() ? name : labels.namespace() + "." + name;
        this.inputs = inputs;
        this.split = split;
        this.body = body;
        this.labels = labels;
        refuseMisuse();
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
            throw new PipelineException("Invalid node name '" + name + "': " + ALLOWED);
        }
        return new NamedNode(name);
    }

    private void refuseMisuse() {
        if (inputs().isEmpty() && outputs().isEmpty()) {
            throw new PipelineException(
                    "Node '" + name() + "' neither reads nor writes a dataset, so nothing says when it"
                            + " runs. Let it read or write one.");
        }
        Set<String> written = new HashSet<>();
        for (DatasetRef<?> output : outputs()) {
            if (output.isParameter()) {
                throw new PipelineException("Node '" + name() + "' writes the parameter '" + output
                        + "'. Parameters come from the configuration; write a dataset instead.");
            }
            if (!written.add(output.name())) {
                throw new PipelineException("Node '" + name() + "' writes dataset '" + output.baseName()
                        + "' twice. Give each output a dataset of its own.");
            }
        }
        Set<String> writtenBases = new HashSet<>();
        outputs().forEach(output -> writtenBases.add(output.baseName()));
        for (DatasetRef<?> input : inputs()) {
            if (writtenBases.contains(input.baseName())) {
                throw new PipelineException("Node '" + name() + "' reads and writes dataset '" + input.baseName()
                        + "'. Write a dataset of another name.");
            }
        }
    }

    /** @return its full name: the namespace, a dot, and the short name; what it is called in a pipeline, in logs and in slices */
    public String name() {
        return fullName;
    }

    /** @return its name without the namespace */
    public String shortName() {
        return name;
    }

    /** @return its namespace, {@code a.b}; empty if it has none */
    public String namespace() {
        return labels.namespace();
    }

    /** @return its tags, sorted; unmodifiable */
    public Set<String> tags() {
        return labels.tags();
    }

    /** @return what it reads, in the order of the function's parameters; a dataset may stand twice */
    public List<DatasetRef<?>> inputs() {
        return inputs.refs();
    }

    /** @return what it writes, in the order of the result's parts */
    public List<DatasetRef<?>> outputs() {
        return split.outputs().refs();
    }

    /** @return the datasets that are confirmed once its outputs are durable; need not be its own */
    public Collection<DatasetRef<?>> confirms() {
        return labels.confirms().values();
    }

    /** @return how long it may take, its loads and saves on the node's thread included; empty for no limit */
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(labels.timeLimit());
    }

    /** @return in which form its inputs are written */
    public Form inputForm() {
        return inputs.form();
    }

    /** @return the keys of its inputs, in their order, if they are a map; else empty */
    public List<String> inputKeys() {
        return inputs.keys();
    }

    /** @return in which form its outputs are written */
    public Form outputForm() {
        return split.outputs().form();
    }

    /** @return the keys of its outputs, in their order, if they are a map; else empty */
    public List<String> outputKeys() {
        return split.outputs().keys();
    }

    /**
     * This node with more tags.
     *
     * @param more the tags to add, of the same letters as a name
     * @return a new node, equal to this one
     * @throws PipelineException if a tag is invalid
     */
    public Node withTags(String... more) {
        return withTags(Arrays.asList(more));
    }

    Node withTags(Collection<String> more) {
        TreeSet<String> all = new TreeSet<>(tags());
        for (String tag : more) {
            if (!NAME.matcher(tag).matches()) {
                throw new PipelineException("Invalid tag '" + tag + "' of node '" + name() + "': " + ALLOWED);
            }
            all.add(tag);
        }
        return with(new Labels(namespace(), Collections.unmodifiableSet(all), labels.confirms(), labels.timeLimit()));
    }

    /**
     * This node with datasets that are confirmed once its outputs are durable: a checkpoint moves on, messages are acknowledged. They need
     * not be its inputs or outputs; the catalog must know them.
     *
     * @param datasets the datasets to add
     * @return a new node, equal to this one
     * @throws PipelineException if one is confirmed already
     */
    public Node withConfirms(DatasetRef<?>... datasets) {
        return withConfirms(Arrays.asList(datasets));
    }

    Node withConfirms(Collection<DatasetRef<?>> datasets) {
        Map<String, DatasetRef<?>> all = new LinkedHashMap<>(labels.confirms());
        for (DatasetRef<?> dataset : datasets) {
            if (all.putIfAbsent(dataset.baseName(), dataset) != null) {
                throw new PipelineException("Node '" + name() + "' confirms dataset '" + dataset.baseName()
                        + "' twice. A dataset is confirmed once in a pipeline.");
            }
        }
        return with(new Labels(namespace(), tags(), Collections.unmodifiableMap(all), labels.timeLimit()));
    }

    /**
     * This node with a limit to how long it may take, its loads and saves on the node's thread included. After it its thread is interrupted,
     * and the node has failed. A function that takes no notice of an interrupt goes on to its end; its outputs are not saved.
     *
     * @param limit the longest time, more than zero
     * @return a new node, equal to this one
     */
    public Node withTimeLimit(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new PipelineException(
                    "The time limit of node '" + name() + "' is " + limit + ". Give it more than zero.");
        }
        return with(new Labels(namespace(), tags(), labels.confirms(), limit));
    }

    /**
     * This node below a namespace, which is put before the one it has. Its datasets keep their names; {@link Pipeline#withNamespace} renames
     * those too.
     *
     * @param namespace parts of letters, digits, {@code _} and {@code -}, with dots between them; empty for none
     * @return a new node
     * @throws PipelineException if the namespace is invalid
     */
    public Node withNamespace(String namespace) {
        if (namespace.isEmpty()) {
            return this;
        }
        checkNamespace(namespace);
        String inner = namespace().isEmpty() ? namespace : namespace + "." + namespace();
        return with(new Labels(inner, tags(), labels.confirms(), labels.timeLimit()));
    }

    static void checkNamespace(String namespace) {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new PipelineException("Invalid namespace '" + namespace
                    + "': use parts of letters, digits, '_' and '-', with single dots between them.");
        }
    }

    /** This node with other datasets in the places of its own. */
    Node withDatasets(UnaryOperator<DatasetRef<?>> renaming) {
        Map<String, DatasetRef<?>> confirms = new LinkedHashMap<>();
        confirms().forEach(ref -> {
            DatasetRef<?> renamed = renaming.apply(ref);
            confirms.put(renamed.baseName(), renamed);
        });
        return new Node(
                name,
                inputs.renamed(renaming),
                split.renamed(renaming),
                body,
                new Labels(namespace(), tags(), Collections.unmodifiableMap(confirms), labels.timeLimit()));
    }

    private Node with(Labels changed) {
        return new Node(name, inputs, split, body, changed);
    }

    /**
     * Calls the function. For runners; a test calls the user's own method.
     *
     * @param values one value for each of {@link #inputs()}
     * @return one value for each of {@link #outputs()}, null where the function returned null: the run refuses that when it comes to its
     *     save, as Kedro does
     * @throws NodeException if the function threw (then with that as its cause), or did not return what its outputs need
     * @throws DatasetException if the function read {@link Rows} of an input that could not be read to their end
     * @throws InterruptedException if the function was interrupted
     */
    public @Nullable Object[] call(Object[] values) throws InterruptedException {
        Object result;
        try {
            result = body.call(inputs.arguments(values));
        } catch (DatasetException e) { // of rows that it reads, or of a run of its own
            throw e.node().equals(name()) ? e : failure(e);
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
        String text = e.toString().replaceFirst(":\\s+", ": "); // assertions begin with an empty line
        String first = text.lines().findFirst().orElse(""); // the cause has the rest
        return new NodeException("Node '" + name() + "' failed: " + first + UserCode.place(e), name(), e);
    }

    private @Nullable Object[] outputsOf(@Nullable Object result) {
        if (result == null && outputForm() == Form.EACH && outputs().size() == 1) {
            return new @Nullable Object[] {null};
        }
        @Nullable Object[] values;
        try {
            if (result == null) {
                throw new IllegalArgumentException("it returned null");
            }
            values = split.split(result);
        } catch (RuntimeException e) {
            throw new NodeException(
                    "Node '" + name() + "' did not return what its outputs need: " + e.getMessage(), name(), e);
        }
        for (int i = 0; i < values.length; i++) {
            checkType(outputs().get(i), values[i]);
        }
        return values;
    }

    private void checkType(DatasetRef<?> output, @Nullable Object value) {
        if (value != null && !output.type().rawType().isInstance(value)) {
            throw new NodeException(
                    "Node '" + name() + "' returned a " + value.getClass().getName() + " for dataset '" + output
                            + "', which is a " + output.type() + ".",
                    name(),
                    null);
        }
        if (value instanceof Rows && !output.isRows()) {
            throw new NodeException(
                    "Node '" + name() + "' returned Rows for dataset '" + output + "', which is a " + output.type()
                            + ". Declare it by DatasetRef.rowsOf, or return a List (rows.toList()).",
                    name(),
                    null);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Node that
                && name().equals(that.name())
                && inputs.identity().equals(that.inputs.identity())
                && split.outputs().identity().equals(that.split.outputs().identity());
    }

    @Override
    public int hashCode() {
        return name().hashCode();
    }

    /** @return {@code name([inputs]) -> [outputs]} */
    @Override
    public String toString() {
        return name() + "(" + new ArrayList<>(inputs()) + ") -> " + outputs();
    }

    /** The user's function, with its inputs in an array. */
    interface Body {
        @Nullable
        Object call(Object[] in) throws Exception;
    }
}
