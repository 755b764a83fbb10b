package dev.contraflow.spi;

import dev.contraflow.Node;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Content;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one run stores outputs and loads inputs. There is one per run and process, between the runner and the datasets; the runner asks it
 * node by node. It owns its threads, its memory and its spill files until {@link #close}. Thread-safe.
 */
public interface IoManager extends AutoCloseable {
    /**
     * Admits a node. This is the only place that waits for memory, since a node that has not begun holds none.
     *
     * @param node the node that is to run
     * @return its I/O, which the caller closes on every path
     * @throws RunStoppedException if no further node may begin, because a save in the background has failed for good
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    NodeIo open(Node node) throws InterruptedException;

    /**
     * Ends the run's I/O: no node is opened any more, loads ahead are cancelled, and saves under way are awaited.
     *
     * @param atMost the longest wait; what is not durable then is given up and reported
     * @return what became of everything that was written
     * @throws InterruptedException if the thread was interrupted while it waited; saves go on until close
     */
    Settlement settle(Duration atMost) throws InterruptedException;

    /**
     * What to do about a failure of a node in which the manager may have a part, such as an option that has taken the memory which the node
     * lacked. It is added to the message of the failure. Called by the node's thread, after its {@link NodeIo} was closed.
     *
     * @param failure what the node's function, or this manager, has thrown
     * @return whole sentences; empty if the manager has no part in it
     */
    default Optional<String> advice(Throwable failure) {
        return Optional.empty();
    }

    /** Ends all threads, gives up what is under way, and leaves no temporary file. Calling it again does nothing. */
    @Override
    void close();

    /** The I/O of one node: load, then save (or restore in place of both), then close, on one thread. */
    interface NodeIo extends AutoCloseable {
        /**
         * Loads the node's inputs.
         *
         * @return one value for each of its inputs
         * @throws dev.contraflow.DatasetException if one cannot be loaded; further ones are suppressed in it
         * @throws InterruptedException if the thread was interrupted
         */
        Object[] load() throws InterruptedException;

        /**
         * Takes over the node's outputs: freezes them, so that nobody can change them any more, and stores them now or later. {@link
         * dev.contraflow.Rows} are read to their end here, on this thread and before any other output is saved.
         *
         * @param outputs one value for each of its outputs, in their order; fewer if the node failed to return the ones that follow
         * @throws dev.contraflow.DatasetException if one cannot be saved; further ones are suppressed in it
         * @throws dev.contraflow.NodeException if a function of the node's failed that makes rows; no output that is made of bytes is saved then
         * @throws InterruptedException if the thread was interrupted
         */
        void save(Object[] outputs) throws InterruptedException;

        /**
         * In place of load and save, for a node that an earlier attempt of the run has run: takes over the bytes of its outputs, and stores
         * them now or later as if they were just encoded. No interceptor sees them: it has seen the values.
         *
         * @param contents the bytes of each of its outputs, which are all made of bytes, in their order; the manager owns them. They stay on
         *     the disk when they are closed, for a further attempt
         * @throws dev.contraflow.DatasetException if one cannot be stored; further ones are suppressed in it
         * @throws InterruptedException if the thread was interrupted
         */
        void restore(List<Content> contents) throws InterruptedException;

        /**
         * Ends the node: its inputs have been used once more, and {@link dev.contraflow.Rows} among them are closed ({@link
         * DatasetAccess#ended}). Calling it again does nothing.
         */
        @Override
        void close();
    }

    /** Makes the I/O manager of a run. Stateless and thread-safe. */
    interface Factory {
        /** @return the id by which a run chooses it: {@code tee} */
        String id();

        /**
         * Checks its options, also before a run that chooses another manager: a mistake is to show before the day on which it counts. The
         * managers of one plugin share a section, so each has to know the others' keys. By default nothing is checked before {@link #open}.
         *
         * @param options the section of {@code run.yml} that is the manager's own
         * @throws dev.contraflow.CatalogException if an option is wrong
         */
        default void check(ConfigSection options) {}

        /**
         * Makes it. The run has not looked at its inputs yet, nor begun its record: the manager may load, on the run's {@linkplain
         * IoContext#threads threads}, so that both happen at once, and store nothing. What it loads it gets once the run has looked, and so
         * not before this returns. If the run is refused, the manager is closed without having settled.
         *
         * @param context what it works with
         * @return the manager; the run closes it
         * @throws dev.contraflow.CatalogException if an option is wrong
         */
        IoManager open(IoContext context);
    }
}
