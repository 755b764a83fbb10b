package dev.contraflow.spi;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;

/**
 * Stands around the loads and saves of a run, sees the values and may replace them: validates, masks, converts. Called synchronously where
 * the node loads and saves: on its thread, or on one for each dataset where loads and saves go side by side. So it is thread-safe.
 *
 * <p>Several are called in the order of {@link NodeInterceptor}; each gets what the one before returned. What it throws fails the node. What
 * {@link #beforeSave} returns is what is stored, and what later nodes read: with every I/O manager the same.
 */
public interface DataInterceptor {
    /** @return its place among others, ascending; 0 by default */
    default int order() {
        return 0;
    }

    /**
     * An input is loaded next.
     *
     * @param dataset the dataset
     * @param node who reads it
     * @throws Exception fails the node
     */
    default void beforeLoad(DatasetRef<?> dataset, Node node) throws Exception {}

    /**
     * An input has been loaded, or handed over by its writer.
     *
     * @param dataset the dataset
     * @param node who reads it
     * @param value the value, which other nodes may have too: not to be changed in place
     * @return what the node gets; of the dataset's type
     * @throws Exception fails the node
     */
    default Object afterLoad(DatasetRef<?> dataset, Node node, Object value) throws Exception {
        return value;
    }

    /**
     * An output is saved next.
     *
     * @param dataset the dataset
     * @param node who writes it
     * @param value the value that the node returned
     * @return what is stored and handed on; of the dataset's type
     * @throws Exception fails the node
     */
    default Object beforeSave(DatasetRef<?> dataset, Node node, Object value) throws Exception {
        return value;
    }

    /**
     * An output has been taken over: it is as durable as the I/O manager waits for before the node is done. A {@link
     * dev.contraflow.run.RunEvent.DatasetDurable} says when it is durable.
     *
     * @param dataset the dataset
     * @param node who wrote it
     * @param value the value that was saved
     * @throws Exception fails the node; what was saved stays
     */
    default void afterSave(DatasetRef<?> dataset, Node node, Object value) throws Exception {}
}
