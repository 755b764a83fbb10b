package dev.contraflow.run;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.PublishException;
import dev.contraflow.RunException;
import dev.contraflow.internal.Count;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What happened in a run: it names every node and every dataset of the plan. Immutable. */
public final class PipelineResult {
    /** How a run ended. */
    public enum State {
        /** Every node completed, and every persisted output is durable and verified. */
        SUCCEEDED,
        /** Something failed; {@link #failures()} says what. */
        FAILED,
        /** The run was interrupted. */
        CANCELLED
    }

    private static final int NAMED = 4;

    private final RunId runId;
    private final State state;
    private final String io;
    private final Duration took;
    private final Map<String, NodeResult> nodes;
    private final Map<String, DatasetResult> datasets;
    private final List<ContraflowException> failures;
    private final Map<String, Object> values;
    private final List<String> outputs;
    private final @Nullable ResumeHint resume;

    /**
     * @param runId the run
     * @param state how it ended
     * @param io the id of its I/O manager
     * @param took how long it took
     * @param nodes every node of the plan, in its order
     * @param datasets every dataset of the plan, by name
     * @param failures every failure once, the primary one first
     * @param values the values of the final outputs that live in memory only
     * @param outputs the names of the final outputs: what nodes write and none reads
     * @param resume where the run can be taken up again, or null if it succeeded
     */
    public PipelineResult(
            RunId runId,
            State state,
            String io,
            Duration took,
            Map<String, NodeResult> nodes,
            Map<String, DatasetResult> datasets,
            List<ContraflowException> failures,
            Map<String, Object> values,
            List<String> outputs,
            @Nullable ResumeHint resume) {
        this.runId = Objects.requireNonNull(runId, "runId is null");
        this.state = Objects.requireNonNull(state, "state is null");
        this.io = Objects.requireNonNull(io, "io is null");
        this.took = Objects.requireNonNull(took, "took is null");
        this.nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
        this.datasets = Collections.unmodifiableMap(new LinkedHashMap<>(datasets));
        this.failures = List.copyOf(failures);
        this.values = Map.copyOf(values);
        this.outputs = List.copyOf(outputs);
        this.resume = resume;
    }

    /**
     * This result as that of a failed run, because of one failure more.
     *
     * @param failure the failure; it comes after those that are there
     * @return a new result
     */
    public PipelineResult withFailure(ContraflowException failure) {
        List<ContraflowException> more = new ArrayList<>(failures);
        more.add(failure);
        State failed = state == State.SUCCEEDED ? State.FAILED : state;
        return new PipelineResult(runId, failed, io, took, nodes, datasets, more, values, outputs, resume);
    }

    /** @return the run's id */
    public RunId runId() {
        return runId;
    }

    /** @return how it ended */
    public State state() {
        return state;
    }

    /** @return the id of its I/O manager */
    public String io() {
        return io;
    }

    /** @return how long it took, from its begin until everything was settled */
    public Duration took() {
        return took;
    }

    /** @return every node by name, in the order of the plan; unmodifiable */
    public Map<String, NodeResult> nodes() {
        return nodes;
    }

    /** @return every dataset by name, inputs too; unmodifiable */
    public Map<String, DatasetResult> datasets() {
        return datasets;
    }

    /**
     * @return the names of the final outputs of the nodes that ran, sorted: what they wrote and none of them reads. {@link #datasets} says
     *     what became of each; {@link #value} has those that live in memory
     */
    public List<String> outputs() {
        return outputs;
    }

    /** @return where the run can be taken up again; empty if it succeeded, or everything is done and durable */
    public Optional<ResumeHint> resume() {
        return Optional.ofNullable(resume);
    }

    /**
     * @return every failure once: {@link dev.contraflow.NodeException}s, {@link DatasetException}s, {@link
     *     dev.contraflow.InterceptorException}s, the primary one first
     */
    public List<ContraflowException> failures() {
        return failures;
    }

    /**
     * The value of a final output that lives in memory only.
     *
     * @param output the output
     * @return its value
     * @throws NoSuchElementException if the run has no such value: it failed before, the dataset is read by a node, or it is persistent
     *     (load it from the catalog then)
     */
    @SuppressWarnings("unchecked") // a node's outputs are checked against the type of their ref
    public <T> T value(DatasetRef<T> output) {
        Object value = values.get(output.name());
        if (value == null) {
            throw new NoSuchElementException("The run holds no value of dataset '" + output
                    + "'; it holds those of the final outputs that live in memory only: " + values.keySet());
        }
        return (T) value;
    }

    /**
     * The exit code of a process that was this run: 0 everything durable, 1 a node or a load failed, 3 only saves failed, 130 interrupted.
     * (2 is for a request that was refused before the first node.)
     *
     * @return the code
     */
    public int exitCode() {
        if (state == State.SUCCEEDED) {
            return 0;
        }
        if (state == State.CANCELLED) {
            return 130;
        }
        boolean onlySaves = failures.stream()
                .allMatch(f -> f instanceof PublishException
                        || (f instanceof DatasetException d && d.operation() == DatasetException.Operation.SAVE));
        return onlySaves && !failures.isEmpty() ? 3 : 1;
    }

    /**
     * This result, if the run succeeded.
     *
     * @return this
     * @throws RunException if it did not
     */
    public PipelineResult orElseThrow() {
        if (state != State.SUCCEEDED) {
            throw new RunException(this);
        }
        return this;
    }

    /** @return the outcome in at most six lines: the state, the primary failure, how many others, what is durable */
    public String summary() {
        long skipped = nodesThat(NodeResult.State.SKIPPED);
        long durable = count(DatasetResult.State.DURABLE);
        long notDurable = count(DatasetResult.State.FAILED)
                + count(DatasetResult.State.DISCARDED)
                + count(DatasetResult.State.UNFINISHED);
        StringBuilder text = new StringBuilder()
                .append("Run ")
                .append(runId)
                .append(' ')
                .append(state)
                .append(String.format(java.util.Locale.ROOT, " after %.2f s (io=%s): ", took.toNanos() / 1e9, io))
                .append(nodesThat(NodeResult.State.COMPLETED))
                .append(" of ")
                .append(Count.of(nodes.size(), "node"))
                .append(" completed, ")
                .append(skipped > 0 ? skipped + " skipped, " : "")
                .append(Count.of(durable, "dataset"))
                .append(" durable");
        if (notDurable > 0) {
            text.append(", ").append(notDurable).append(" computed but not durable");
        }
        if (!values.isEmpty()) {
            text.append(", in memory only: ")
                    .append(values.keySet().stream().sorted().limit(NAMED).collect(Collectors.joining(", ")))
                    .append(values.size() > NAMED ? " and " + (values.size() - NAMED) + " more" : "");
        }
        text.append('.');
        if (!failures.isEmpty()) {
            text.append('\n').append(failures.get(0).getMessage());
        }
        if (failures.size() > 1) {
            text.append("\nAnd ")
                    .append(failures.size() - 1)
                    .append(" more: ")
                    .append(failures.get(1).getMessage().lines().findFirst().orElse(""));
            if (failures.size() > 2) {
                text.append(" ...");
            }
        }
        resume().ifPresent(hint -> text.append('\n').append(hint));
        return text.toString();
    }

    private long nodesThat(NodeResult.State ended) {
        return nodes.values().stream().filter(n -> n.state() == ended).count();
    }

    private long count(DatasetResult.State wanted) {
        return datasets.values().stream().filter(d -> d.state() == wanted).count();
    }

    /** @return the summary */
    @Override
    public String toString() {
        return summary();
    }
}
