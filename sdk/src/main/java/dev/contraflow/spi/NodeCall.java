package dev.contraflow.spi;

import dev.contraflow.Node;
import dev.contraflow.run.RunId;
import java.util.Map;

/**
 * One call of a node's function, as interceptors see it. The values are those that the function gets: to change one in place would change
 * what others read.
 *
 * @param runId the run
 * @param node the node
 * @param inputs its loaded inputs by full name, in their order; unmodifiable
 */
public record NodeCall(RunId runId, Node node, Map<String, Object> inputs) {}
