package dev.contraflow.spi;

import java.util.Map;

/**
 * Stands around the functions of nodes, sees their values and may replace inputs (Kedro's {@code before_node_run}, {@code after_node_run},
 * {@code on_node_error}). Called synchronously on the node's thread; a runner with several threads calls it from several at once.
 *
 * <p>Several are called in ascending {@link #order}, then in the order of registration: the request's own first, then those of plugins by
 * the plugins' ids. Each sees what those before it have made of the inputs, so of two that replace one input the later wins. What it throws
 * fails the node; in {@link #onNodeError} it is added to the node's own failure, which stays the one that counts.
 */
public interface NodeInterceptor {
    /** @return its place among others, ascending; 0 by default */
    default int order() {
        return 0;
    }

    /**
     * The inputs are loaded; the function is called next.
     *
     * @param call the call
     * @return values that replace inputs, by full name; empty for none. A name that the node does not read fails the node
     * @throws Exception fails the node
     */
    default Map<String, Object> beforeNode(NodeCall call) throws Exception {
        return Map.of();
    }

    /**
     * The function has returned what its outputs need; nothing is saved yet.
     *
     * @param call the call, with the inputs that the function got
     * @param outputs its outputs by full name, in their order; unmodifiable. An output for which it returned null is not among them
     * @throws Exception fails the node
     */
    default void afterNode(NodeCall call, Map<String, Object> outputs) throws Exception {}

    /**
     * The function has failed, or not returned what its outputs need. Not called for loads and saves that fail.
     *
     * @param call the call
     * @param failure the node's failure; its cause is what the function threw
     * @throws Exception is added to the failure
     */
    default void onNodeError(NodeCall call, Throwable failure) throws Exception {}
}
