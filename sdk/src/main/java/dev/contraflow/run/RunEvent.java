package dev.contraflow.run;

import dev.contraflow.io.Stored;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One moment of a run, as facts without values. Of one dataset they come in the order computed, save started, durable or save failed; of one
 * node: started, loaded (each input), returned, computed (each output), completed or failed. All come before {@link RunFinished}. Further
 * kinds may be added: a switch over them needs a default. Immutable.
 */
public interface RunEvent {
    /** @return when it happened, by the wall clock; durations are measured by another */
    Instant at();

    /**
     * The run begins. No node has begun and nothing has been stored; inputs may be on their way already.
     *
     * @param at when
     * @param runId the run
     * @param io the id of its I/O manager
     * @param nodes how many nodes it has
     */
    record RunStarted(Instant at, RunId runId, String io, int nodes) implements RunEvent {}

    /**
     * A node begins; its inputs are loaded next.
     *
     * @param at when
     * @param node its name
     */
    record NodeStarted(Instant at, String node) implements RunEvent {}

    /**
     * An input is there.
     *
     * @param at when
     * @param dataset its name
     * @param node who reads it
     * @param source where the value came from
     * @param waited how long the node waited for it
     */
    record DatasetLoaded(Instant at, String dataset, String node, Source source, Duration waited) implements RunEvent {}

    /**
     * A node's function has returned.
     *
     * @param at when
     * @param node its name
     * @param computed how long the function took
     */
    record NodeReturned(Instant at, String node, Duration computed) implements RunEvent {}

    /**
     * A value is frozen: consumers may have it. It is not durable yet.
     *
     * @param at when
     * @param dataset its name
     * @param node who wrote it
     */
    record DatasetComputed(Instant at, String dataset, String node) implements RunEvent {}

    /**
     * The bytes of a value are on their way into the storage.
     *
     * @param at when
     * @param dataset its name
     * @param node who wrote it
     */
    record SaveStarted(Instant at, String dataset, String node) implements RunEvent {}

    /**
     * The bytes of a value are verified and visible.
     *
     * @param at when
     * @param dataset its name
     * @param node who wrote it
     * @param stored what is stored, or null if the dataset is not made of bytes
     * @param took how long the save took
     */
    record DatasetDurable(
            Instant at,
            String dataset,
            String node,
            @Nullable Stored stored,
            Duration took) implements RunEvent {}

    /**
     * A value could not be saved.
     *
     * @param at when
     * @param dataset its name
     * @param node who wrote it
     * @param message what went wrong
     */
    record SaveFailed(Instant at, String dataset, String node, String message) implements RunEvent {}

    /**
     * All outputs of a node are computed, and as durable as the I/O manager waits for.
     *
     * @param at when
     * @param node its name
     */
    record NodeCompleted(Instant at, String node) implements RunEvent {}

    /**
     * A node failed: its function, a load, or a save that it waited for.
     *
     * @param at when
     * @param node its name
     * @param message what went wrong
     */
    record NodeFailed(Instant at, String node, String message) implements RunEvent {}

    /**
     * The run is over, and nothing of it is under way any more.
     *
     * @param at when
     * @param state how it ended
     * @param took how long it took
     */
    record RunFinished(Instant at, PipelineResult.State state, Duration took) implements RunEvent {}

    /** Where the value of an input came from. */
    enum Source {
        /** Loaded when the node asked for it. */
        STORAGE,
        /** Loaded ahead of the node. */
        PREFETCHED,
        /** Handed over by its writer. */
        MEMORY
    }
}
