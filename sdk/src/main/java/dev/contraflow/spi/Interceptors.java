package dev.contraflow.spi;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.InterceptorException;
import dev.contraflow.Node;
import dev.contraflow.internal.Reason;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The interceptors of one run, in the order in which they are called. What one throws becomes an {@link InterceptorException} that names it.
 * Thread-safe as far as the interceptors are.
 */
public final class Interceptors {
    private final RunId runId;
    private final List<NodeInterceptor> ofNodes;
    private final List<DataInterceptor> ofData;
    private final List<RunInterceptor> ofRuns;

    /**
     * @param runId the run
     * @param ofNodes interceptors of nodes, in the order of registration
     * @param ofData interceptors of data
     * @param ofRuns interceptors of the run
     */
    public Interceptors(
            RunId runId, List<NodeInterceptor> ofNodes, List<DataInterceptor> ofData, List<RunInterceptor> ofRuns) {
        this.runId = runId;
        this.ofNodes = ordered(ofNodes, NodeInterceptor::order);
        this.ofData = ordered(ofData, DataInterceptor::order);
        this.ofRuns = ordered(ofRuns, RunInterceptor::order);
    }

    private static <T> List<T> ordered(List<T> registered, ToIntFunction<T> order) {
        List<T> ordered = new ArrayList<>(registered);
        ordered.sort(Comparator.comparingInt(order)); // stable: equal ones stay in the order of registration
        return List.copyOf(ordered);
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void guarded(Object interceptor, String where, @Nullable String node, Call call)
            throws InterruptedException {
        try {
            call.run();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            throw new InterceptorException(
                    "Interceptor " + interceptor.getClass().getName() + " failed " + where + ": " + Reason.lineOf(e)
                            + ".",
                    node,
                    e);
        }
    }

    /**
     * Asks for other inputs of a node.
     *
     * @param node the node, whose function is called next
     * @param inputs its loaded inputs
     * @return values that replace inputs, by full name; of two for one input the later
     * @throws InterceptorException if one fails
     * @throws InterruptedException if the thread was interrupted
     */
    public Map<String, Object> overrides(Node node, Object[] inputs) throws InterruptedException {
        if (ofNodes.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> values = named(node.inputs(), inputs);
        Map<String, Object> overrides = new LinkedHashMap<>();
        for (NodeInterceptor interceptor : ofNodes) {
            guarded(interceptor, "before node '" + node.name() + "'", node.name(), () -> {
                Map<String, Object> more =
                        interceptor.beforeNode(new NodeCall(runId, node, Collections.unmodifiableMap(values)));
                overrides.putAll(more);
                values.putAll(more);
            });
        }
        return overrides;
    }

    /**
     * Shows the outputs of a node.
     *
     * @param node the node, whose outputs are saved next
     * @param inputs the inputs that its function got
     * @param outputs its outputs; null where it returned null
     * @throws InterceptorException if one fails
     * @throws InterruptedException if the thread was interrupted
     */
    public void afterNode(Node node, Object[] inputs, @Nullable Object[] outputs) throws InterruptedException {
        if (ofNodes.isEmpty()) {
            return;
        }
        NodeCall call = new NodeCall(runId, node, Collections.unmodifiableMap(named(node.inputs(), inputs)));
        Map<String, Object> values = Collections.unmodifiableMap(named(node.outputs(), outputs));
        for (NodeInterceptor interceptor : ofNodes) {
            guarded(
                    interceptor,
                    "after node '" + node.name() + "'",
                    node.name(),
                    () -> interceptor.afterNode(call, values));
        }
    }

    /**
     * Tells of a function that failed. What an interceptor throws is added to the failure.
     *
     * @param node the node
     * @param inputs the inputs that its function got
     * @param failure its failure
     */
    public void onNodeError(Node node, Object[] inputs, ContraflowException failure) {
        for (NodeInterceptor interceptor : ofNodes) {
            NodeCall call = new NodeCall(runId, node, Collections.unmodifiableMap(named(node.inputs(), inputs)));
            try {
                guarded(
                        interceptor,
                        "on the error of node '" + node.name() + "'",
                        node.name(),
                        () -> interceptor.onNodeError(call, failure));
            } catch (InterceptorException e) {
                failure.addSuppressed(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Map<String, Object> named(List<DatasetRef<?>> refs, @Nullable Object[] values) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                named.put(refs.get(i).name(), value);
            }
        }
        return named;
    }

    /** An input is loaded next. */
    void beforeLoad(DatasetRef<?> dataset, Node node) throws InterruptedException {
        for (DataInterceptor interceptor : ofData) {
            guarded(
                    interceptor,
                    where("before the load of", dataset, node),
                    node.name(),
                    () -> interceptor.beforeLoad(dataset, node));
        }
    }

    /** An input has been loaded: what the node gets. */
    Object afterLoad(DatasetRef<?> dataset, Node node, Object value) throws InterruptedException {
        Object[] current = {value};
        for (DataInterceptor interceptor : ofData) {
            String where = where("after the load of", dataset, node);
            guarded(
                    interceptor,
                    where,
                    node.name(),
                    () -> current[0] = interceptor.afterLoad(dataset, node, current[0]));
            if (current[0] != value) { // what was loaded has been checked, and may be a parameter that is null
                checkType(interceptor, where, dataset, node, current[0]);
            }
        }
        return current[0];
    }

    /** An output is saved next: what is stored. */
    Object beforeSave(DatasetRef<?> dataset, Node node, Object value) throws InterruptedException {
        Object[] current = {value};
        for (DataInterceptor interceptor : ofData) {
            String where = where("before the save of", dataset, node);
            guarded(
                    interceptor,
                    where,
                    node.name(),
                    () -> current[0] = interceptor.beforeSave(dataset, node, current[0]));
            checkType(interceptor, where, dataset, node, current[0]);
        }
        return current[0];
    }

    /** An output has been taken over. */
    void afterSave(DatasetRef<?> dataset, Node node, Object value) throws InterruptedException {
        for (DataInterceptor interceptor : ofData) {
            guarded(
                    interceptor,
                    where("after the save of", dataset, node),
                    node.name(),
                    () -> interceptor.afterSave(dataset, node, value));
        }
    }

    private static String where(String moment, DatasetRef<?> dataset, Node node) {
        return moment + " dataset '" + dataset + "' by node '" + node.name() + "'";
    }

    private static void checkType(
            Object interceptor, String where, DatasetRef<?> dataset, Node node, @Nullable Object value) {
        if (!dataset.type().rawType().isInstance(value)) {
            throw new InterceptorException(
                    "Interceptor " + interceptor.getClass().getName() + " returned "
                            + (value == null ? "null" : "a " + value.getClass().getName()) + " " + where
                            + ", which is a " + dataset.type() + ".",
                    node.name(),
                    null);
        }
    }

    /**
     * Tells that the catalog has been made.
     *
     * @param run the run
     * @throws InterceptorException if one refuses it
     * @throws InterruptedException if the thread was interrupted
     */
    public void catalogCreated(RunInterceptor.StartingRun run) throws InterruptedException {
        for (RunInterceptor interceptor : ofRuns) {
            guarded(interceptor, "after the catalog was made", null, () -> interceptor.catalogCreated(run));
        }
    }

    /**
     * Tells that the run begins.
     *
     * @param run the run
     * @throws InterceptorException if one refuses it
     * @throws InterruptedException if the thread was interrupted
     */
    public void beforeRun(RunInterceptor.StartingRun run) throws InterruptedException {
        for (RunInterceptor interceptor : ofRuns) {
            guarded(interceptor, "before the run", null, () -> interceptor.beforeRun(run));
        }
    }

    /**
     * Tells that the run has succeeded.
     *
     * @param result what happened
     * @throws InterceptorException if one does not agree
     * @throws InterruptedException if the thread was interrupted
     */
    public void afterRun(PipelineResult result) throws InterruptedException {
        for (RunInterceptor interceptor : ofRuns) {
            guarded(interceptor, "after the run", null, () -> interceptor.afterRun(result));
        }
    }

    /**
     * Tells that the run has failed, or was refused. What an interceptor throws is added to the failure.
     *
     * @param failure the primary failure
     */
    public void onRunError(ContraflowException failure) {
        for (RunInterceptor interceptor : ofRuns) {
            try {
                guarded(interceptor, "on the error of the run", null, () -> interceptor.onRunError(failure));
            } catch (InterceptorException e) {
                failure.addSuppressed(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
