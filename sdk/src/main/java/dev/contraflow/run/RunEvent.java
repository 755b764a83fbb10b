package dev.contraflow.run;

import dev.contraflow.DatasetException;
import dev.contraflow.io.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One moment of a run, as facts without values. Of one dataset they come in the order computed (unless an earlier attempt of the run has done that), save started, durable or save failed,
 * confirmed; of one node: started, load started, fetched and loaded (each input; what is
 * fetched ahead, before the node or even the run has started), called, returned, computed (each output), completed or failed. All
 * come before {@link RunFinished}. Further kinds may be added: a switch over them needs a default. Immutable.
 */
public interface RunEvent {
    /** @return when it happened, by the wall clock; durations are measured by another */
    Instant at();

    /**
     * The catalog of the run has been made. Nothing has been checked against the pipeline.
     *
     * @param at when
     * @param runId the run, which is also the version of what it saves
     * @param datasets the names that the catalog describes, patterns not among them; unmodifiable
     * @param loadVersions the versions that are loaded instead of the latest, by dataset
     */
    record CatalogCreated(Instant at, RunId runId, Set<String> datasets, Map<String, String> loadVersions)
            implements RunEvent {}

    /**
     * The run begins. No node has begun and nothing has been stored; inputs may be on their way already.
     *
     * @param at when
     * @param runId the run
     * @param runner the id of its runner
     * @param io the id of its I/O manager
     * @param nodes the full names of the nodes that were asked for, in their order
     * @param prepared how long the run has taken until now: inputs checked, its record begun
     */
    record RunStarted(Instant at, RunId runId, String runner, String io, List<String> nodes, Duration prepared)
            implements RunEvent {}

    /**
     * A node is not run.
     *
     * @param at when
     * @param node its full name
     * @param why why not
     */
    record NodeSkipped(Instant at, String node, String why) implements RunEvent {}

    /**
     * A node begins; its inputs are loaded next.
     *
     * @param at when
     * @param node its full name
     * @param waited how long it has waited to be admitted
     */
    record NodeStarted(Instant at, String node, Duration waited) implements RunEvent {}

    /**
     * An input is going to be loaded for a node.
     *
     * @param at when
     * @param dataset its name
     * @param node who reads it
     * @param location its kind and where it lives
     */
    record LoadStarted(Instant at, String dataset, String node, String location) implements RunEvent {}

    /**
     * The bytes of an input have been read from where it lives, for its reader or ahead of it: perhaps before {@link RunStarted}, while the
     * record of the run is begun.
     *
     * @param at when
     * @param dataset its name
     * @param node who reads it, the first one if it was ahead
     * @param location its kind and where it lives
     * @param bytes how many
     * @param took how long that took, its attempts together
     * @param attempt how many attempts were made
     */
    record DatasetFetched(
            Instant at, String dataset, String node, String location, long bytes, Duration took, int attempt)
            implements RunEvent {}

    /**
     * An input is there.
     *
     * @param at when
     * @param dataset its name
     * @param node who reads it
     * @param location its kind and where it lives
     * @param source where the value came from
     * @param bytes how many bytes it was decoded from, or null if it was not
     * @param took how long the node waited for it
     */
    record DatasetLoaded(
            Instant at,
            String dataset,
            String node,
            String location,
            Source source,
            @Nullable Long bytes,
            Duration took,
            int attempt)
            implements RunEvent {}

    /**
     * An input could not be loaded.
     *
     * @param at when
     * @param dataset its name
     * @param node who reads it
     * @param location its kind and where it lives
     * @param message what went wrong
     * @param took how long it was tried
     * @param attempt how many attempts were made
     */
    record LoadFailed(
            Instant at, String dataset, String node, String location, String message, Duration took, int attempt)
            implements RunEvent {}

    /**
     * A load or save failed in a way that may pass, and is going to be tried again.
     *
     * @param at when
     * @param dataset its name
     * @param node who reads or writes it
     * @param location its kind and where it lives
     * @param operation what was tried
     * @param message what went wrong
     * @param attempt which attempt failed, from 1
     * @param delay how long the run waits before the next
     */
    record Retrying(
            Instant at,
            String dataset,
            String node,
            String location,
            DatasetException.Operation operation,
            String message,
            int attempt,
            Duration delay)
            implements RunEvent {}

    /**
     * The inputs of a node are loaded, and its function is called.
     *
     * @param at when
     * @param node its full name
     */
    record NodeCalled(Instant at, String node) implements RunEvent {}

    /**
     * A node's function has returned.
     *
     * @param at when
     * @param node its full name
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
     * @param location its kind and where it lives
     */
    record SaveStarted(Instant at, String dataset, String node, String location) implements RunEvent {}

    /**
     * The bytes of a value are verified and visible.
     *
     * @param at when
     * @param dataset its name
     * @param node who wrote it
     * @param location its kind and where it lives
     * @param stored what is stored (its size in bytes among it), or null if the dataset is not made of bytes
     * @param took how long the save took
     * @param attempt how many attempts were made; 0 if nothing was sent, since just these bytes were stored there already
     */
    record DatasetDurable(
            Instant at,
            String dataset,
            String node,
            String location,
            @Nullable Stored stored,
            Duration took,
            int attempt)
            implements RunEvent {}

    /**
     * A value could not be saved.
     *
     * @param at when
     * @param dataset its name
     * @param node who wrote it
     * @param location its kind and where it lives
     * @param message what went wrong
     * @param attempt how many attempts were made
     */
    record SaveFailed(Instant at, String dataset, String node, String location, String message, int attempt)
            implements RunEvent {}

    /**
     * A dataset was confirmed: what a node had asked to be confirmed once its outputs are durable.
     *
     * @param at when
     * @param dataset its name
     * @param node who asked for it
     */
    record DatasetConfirmed(Instant at, String dataset, String node) implements RunEvent {}

    /**
     * All outputs of a node are computed, and as durable as the I/O manager waits for.
     *
     * @param at when
     * @param node its full name
     * @param took how long the node took in all, loads and saves on its thread included
     */
    record NodeCompleted(Instant at, String node, Duration took) implements RunEvent {}

    /**
     * A node failed.
     *
     * @param at when
     * @param node its full name
     * @param phase where
     * @param message what went wrong
     */
    record NodeFailed(Instant at, String node, Phase phase, String message) implements RunEvent {}

    /**
     * The run is over, and nothing of it is under way any more.
     *
     * @param at when
     * @param runId the run
     * @param state how it ended
     * @param outputs the names of the final outputs, sorted
     * @param took how long it took
     */
    record RunFinished(Instant at, RunId runId, PipelineResult.State state, List<String> outputs, Duration took)
            implements RunEvent {}

    /** Where the value of an input came from. */
    enum Source {
        /** Loaded when the node asked for it. */
        STORAGE,
        /** Loaded ahead of the node. */
        PREFETCHED,
        /** Handed over by its writer, or given to the run. */
        MEMORY
    }

    /** Where a node failed. */
    enum Phase {
        /** Before its function: an input could not be loaded, or an interceptor refused. */
        LOAD,
        /** In its function, or the function did not return what its outputs need. */
        FUNCTION,
        /** After its function: an output could not be saved on the node's thread, or an interceptor refused. */
        SAVE
    }
}
