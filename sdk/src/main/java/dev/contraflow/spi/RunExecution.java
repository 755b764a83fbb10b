package dev.contraflow.spi;

import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.InterceptorException;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.PublishException;
import dev.contraflow.internal.Count;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.run.Reporting;
import dev.contraflow.internal.run.RunOutcome;
import dev.contraflow.internal.run.RunRecord;
import dev.contraflow.internal.run.RunSetup;
import dev.contraflow.internal.run.RunningNodes;
import dev.contraflow.internal.run.Scratch;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunRequest;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The execution of one run, which all runners share: a runner only chooses the order of the nodes and their threads. Begin it, execute
 * nodes, finish it in any case.
 *
 * <pre>{@code
 * RunExecution run = RunExecution.begin(request, this);
 * for (Node node : run.plan().nodes()) {
 *     if (!run.execute(node)) {
 *         break;
 *     }
 * }
 * return run.finish();
 * }</pre>
 *
 * <p>Thread-safe: nodes may be executed on several threads, each once its parents are done.
 */
public final class RunExecution {
    private static final Logger LOG = LoggerFactory.getLogger(RunExecution.class);

    private final RunSetup setup;
    private final RunEvents events;
    private final DatasetAccess access;
    private final IoManager io;
    private final Scratch scratch;
    private final RunningNodes running;
    private final Runnable endOfWatch;
    private final RunThreads threads;
    private final long start;
    private final Map<String, NodeResult> nodes = new ConcurrentHashMap<>();
    private final List<ContraflowException> failures = new ArrayList<>(); // guarded by itself
    private volatile boolean stopped;
    private volatile boolean cancelled;
    private volatile boolean isFinishing;
    private boolean interrupted; // only of the thread that finishes the run

    private RunExecution(RunSetup setup, PipelineRunner runner) {
        this.setup = setup;
        this.threads = setup.threads();
        this.start = threads.nanoTime();
        this.events = setup.events();
        Reporting.begin(setup);
        this.scratch = new Scratch(setup.stateFolder(), setup.runId(), setup.attempt());
        this.access = new DatasetAccess(setup);
        this.running = new RunningNodes(setup.runId(), threads);
        this.io = setup.choices()
                .io()
                .open(new IoContext(
                        setup.runId(),
                        setup.plan(),
                        access,
                        events,
                        setup.choices().ioOptions(),
                        setup.choices().onFailure(),
                        setup.choices().visibility(),
                        threads,
                        scratch.folder()));
        try { // the look at the inputs and their first loads side by side
            setup.checkInputs();
            logBegin(runner);
            beginRecord(runner); // after all that can refuse the run: a record says that something may have been stored
            this.endOfWatch = started(runner);
        } catch (RuntimeException | Error e) {
            running.close();
            quietly(io::close);
            quietly(scratch::removeUnused);
            throw e;
        }
    }

    /** @return ends the watch for a cancellation */
    private Runnable started(PipelineRunner runner) {
        events.emit(new RunEvent.RunStarted(
                threads.now(),
                setup.runId(),
                runner.id(),
                setup.choices().io().id(),
                setup.nodes().stream().map(Node::name).toList(),
                Duration.ofNanos(threads.nanoTime() - start)));
        sayWhatRunsAgain();
        skipWhatIsThere();
        setup.choices()
                .timeLimit()
                .ifPresent(limit -> running.limitRun(limit, () -> fail(new TimeLimitException(limit))));
        return setup.choices().cancellation().watch(() -> {
            if (isFinishing) {
                return;
            }
            cancel();
            running.interruptAll(RunningNodes.Reason.CANCELLED);
            settleWithoutExiting();
        });
    }

    /**
     * A node that has called System.exit waits for the end of the JVM, which waits for the run: another thread has to end it. Whether a node
     * does so, perhaps in answer to the interrupt, shows only later: so that thread is there from the cancellation to the end of the run.
     */
    private void settleWithoutExiting() {
        ExecutorService settling = threads.pool("contraflow-exit-" + setup.runId(), 1, new LinkedBlockingQueue<>());
        settling.execute(() -> {
            try {
                if (running.awaitExit()) {
                    finish();
                }
            } catch (InterruptedException e) {
                LOG.warn("run {} could not be settled before the JVM ended", setup.runId());
            }
        });
        settling.shutdown();
    }

    /**
     * Begins a run: reads the configuration, binds the datasets, opens the I/O manager, checks the inputs, writes the record.
     *
     * @param request the request
     * @param runner who runs it
     * @return the execution; the caller finishes it in any case
     * @throws ContraflowException if something is wrong with the request; nothing has been stored then
     */
    public static RunExecution begin(RunRequest request, PipelineRunner runner) {
        RunSetup setup = RunSetup.of(request);
        try {
            return new RunExecution(setup, runner);
        } catch (ContraflowException e) {
            setup.interceptors().onRunError(e);
            setup.close();
            throw e;
        } catch (RuntimeException | Error e) {
            setup.close();
            throw e;
        }
    }

    private void logBegin(PipelineRunner runner) {
        LOG.info(
                "run {}  runner={}  io={} ({})  plugins: {}  {}{}{}",
                setup.runId(),
                runner.id(),
                setup.choices().io().id(),
                setup.choices().ioWhy(),
                setup.plugins().isEmpty() ? "none" : String.join(", ", setup.plugins()),
                Count.of(setup.plan().nodes().size(), "node"),
                setup.choice().restored().count() == 0
                        ? ""
                        : ", " + setup.choice().restored().count() + " of them restored",
                setup.choice().skipped().isEmpty()
                        ? ""
                        : ", " + setup.choice().skipped().size() + " skipped");
    }

    private void beginRecord(PipelineRunner runner) {
        try {
            setup.beginRecord(runner.id());
        } catch (IOException e) {
            throw new CatalogException(
                    "Cannot write the record of the run into "
                            + setup.records().store().describe() + ": " + Reason.of(e)
                            + ". Make the place writable, or choose another one: 'state' in run.yml,"
                            + " RunRequest.withStateFolder or withState.",
                    e);
        }
    }

    private void sayWhatRunsAgain() {
        setup.choice().running().forEach((node, why) -> LOG.info("node {} runs: {}", node.name(), why));
    }

    private void skipWhatIsThere() {
        setup.choice().skipped().forEach(this::skipped);
    }

    private void skipped(Node node, String why) {
        nodes.put(node.name(), new NodeResult(node.name(), NodeResult.State.SKIPPED, Duration.ZERO, why));
        LOG.info("node {} skipped: {}", node.name(), why);
        events.emit(new RunEvent.NodeSkipped(threads.now(), node.name(), why));
    }

    /** @return the run's id */
    public RunId runId() {
        return setup.runId();
    }

    /** @return the time and the threads of the run, for runners that need threads of their own */
    public RunThreads threads() {
        return threads;
    }

    /** @return the plan, whose nodes are to be executed */
    public RunPlan plan() {
        return setup.plan();
    }

    /**
     * Executes all of a node on the calling thread: admission, loads, the function, saves. Never throws for what a node or a dataset does
     * wrong: that is in the result. A node whose parents have failed is not run, where the run goes on after failures.
     *
     * @param node a node of the plan, whose parents have been executed
     * @return whether further nodes may be started
     */
    public boolean execute(Node node) {
        if (stopped) {
            return false;
        }
        if (Thread.currentThread().isInterrupted()) { // a node that only computes has not noticed it
            cancel();
            return false;
        }
        if (setup.choices().onFailure() == FailurePolicy.KEEP_GOING && isBehindAFailure(node)) {
            return true;
        }
        OneNode one = new OneNode(node);
        try (RunningNodes.Running watched = running.begin(node)) {
            one.run(watched);
        }
        return !stopped;
    }

    private boolean isBehindAFailure(Node node) {
        for (Node parent : plan().pipeline().parents(node)) {
            NodeResult result = nodes.get(parent.name());
            boolean isDone = result != null
                    && (result.state() == NodeResult.State.COMPLETED || result.state() == NodeResult.State.SKIPPED);
            if (!isDone) {
                notRun(node, "node '" + parent.name() + "' did not complete");
                return true;
            }
        }
        return false;
    }

    private void notRun(Node node, String why) {
        nodes.put(node.name(), new NodeResult(node.name(), NodeResult.State.NOT_RUN, Duration.ZERO, why));
        LOG.warn("node {} is not run: {}", node.name(), why);
        events.emit(new RunEvent.NodeSkipped(threads.now(), node.name(), why));
    }

    private void fail(ContraflowException failure) {
        if (setup.choices().onFailure() == FailurePolicy.STOP || failure instanceof TimeLimitException) {
            stopped = true;
        }
        synchronized (failures) {
            failures.add(failure);
        }
    }

    /** The steps of one node, and what is known of it while they go on. Used by one thread. */
    private final class OneNode {
        private final Node node;
        private final long begin = threads.nanoTime();
        private RunEvent.Phase phase = RunEvent.Phase.LOAD;
        private Duration computed = Duration.ZERO;

        OneNode(Node node) {
            this.node = node;
        }

        void run(RunningNodes.Running watched) {
            try {
                Optional<String> whyRestored = setup.choice().restored().why(node);
                if (whyRestored.isPresent()) {
                    restore();
                    skipped(node, whyRestored.get());
                    return;
                }
                try (IoManager.NodeIo nodeIo = io.open(node)) {
                    run(nodeIo, watched);
                }
                ended(NodeResult.State.COMPLETED);
                setup.record().ifPresent(record -> record.completed(node));
                if (events.isObserved()) {
                    Duration took = Duration.ofNanos(threads.nanoTime() - begin);
                    events.emit(new RunEvent.NodeCompleted(threads.now(), node.name(), took));
                }
            } catch (RunStoppedException e) {
                stopped = true;
            } catch (UpstreamFailedException e) {
                notRun(node, e.getMessage());
            } catch (InterruptedException e) {
                interrupted(watched);
            } catch (ContraflowException e) {
                failed(e);
            } catch (RuntimeException
                    | Error e) { // a defect of ours or of a plugin: it must not be lost, nor the other results
                failed(new NodeException("Node '" + node.name() + "' could not be executed: " + e, node.name(), e));
            }
        }

        private void restore() throws InterruptedException {
            try (IoManager.NodeIo nodeIo = io.open(node)) {
                ended(NodeResult.State.CANCELLED); // what stands if it is interrupted or stopped
                phase = RunEvent.Phase.SAVE;
                nodeIo.restore(setup.choice().restored().contents(node, setup.spool()));
            }
        }

        private void run(IoManager.NodeIo nodeIo, RunningNodes.Running watched) throws InterruptedException {
            ended(NodeResult.State.CANCELLED); // what stands if it is interrupted or stopped
            if (events.isObserved()) {
                Duration waited = Duration.ofNanos(threads.nanoTime() - begin);
                events.emit(new RunEvent.NodeStarted(threads.now(), node.name(), waited));
            }
            Object[] inputs = nodeIo.load();
            Map<String, Object> overrides = setup.interceptors().overrides(node, inputs);
            phase = RunEvent.Phase.FUNCTION;
            @Nullable Object[] outputs = call(inputs, overrides);
            phase = RunEvent.Phase.SAVE;
            if (watched.interrupted().isPresent()) { // the function has not noticed; its outputs come too late
                throw new InterruptedException();
            }
            setup.interceptors().afterNode(node, inputs, outputs);
            save(nodeIo, outputs);
        }

        private @Nullable Object[] call(Object[] inputs, Map<String, Object> overrides) throws InterruptedException {
            try {
                override(inputs, overrides);
                if (events.isObserved()) {
                    events.emit(new RunEvent.NodeCalled(threads.now(), node.name()));
                }
                long called = threads.nanoTime();
                try {
                    return node.call(inputs);
                } finally {
                    computed = Duration.ofNanos(threads.nanoTime() - called);
                    if (events.isObserved()) {
                        events.emit(new RunEvent.NodeReturned(threads.now(), node.name(), computed));
                    }
                }
            } catch (ContraflowException e) {
                setup.interceptors().onNodeError(node, inputs, e);
                throw e;
            }
        }

        private void override(Object[] inputs, Map<String, Object> overrides) {
            overrides.forEach((name, value) -> {
                boolean isRead = false;
                for (int i = 0; i < inputs.length; i++) {
                    DatasetRef<?> input = node.inputs().get(i);
                    if (input.name().equals(name)) {
                        isRead = true;
                        if (!input.type().rawType().isInstance(value)) {
                            throw refused(name, "by a " + value.getClass().getName() + ", but it is a " + input.type());
                        }
                        inputs[i] = value;
                    }
                }
                if (!isRead) {
                    throw refused(name, "which the node does not read. It reads: " + node.inputs());
                }
            });
        }

        private NodeException refused(String input, String why) {
            return new NodeException(
                    "Node '" + node.name() + "' cannot be called: an interceptor replaced '" + input + "', " + why
                            + ".",
                    node.name(),
                    null);
        }

        /** Outputs before the first null are saved, as in Kedro; that one fails the node. */
        private void save(IoManager.NodeIo nodeIo, @Nullable Object[] outputs) throws InterruptedException {
            List<Object> values = new ArrayList<>(outputs.length);
            for (Object value : outputs) {
                if (value == null) {
                    break;
                }
                values.add(value);
            }
            nodeIo.save(values.toArray());
            if (values.size() < outputs.length) {
                throw new NodeException(
                        "Node '" + node.name() + "' returned null for dataset '"
                                + node.outputs().get(values.size())
                                + "'. Return a value; a dataset cannot hold null.",
                        node.name(),
                        null);
            }
        }

        private void interrupted(RunningNodes.Running watched) {
            Optional<RunningNodes.Reason> reason = watched.interrupted();
            if (reason.isEmpty()) { // by somebody else: the run ends, and the flag stays
                cancel();
                Thread.currentThread().interrupt();
            } else if (reason.get() == RunningNodes.Reason.NODE_TIME_LIMIT) {
                String limit = node.timeLimit().map(Duration::toString).orElse("");
                failed(new NodeException(
                        "Node '" + node.name() + "' took longer than its time limit, " + limit
                                + ", and was interrupted. Give it more time, or less to do.",
                        node.name(),
                        null));
            }
            nodes.computeIfPresent(
                    node.name(), (name, begun) -> begun.state() == NodeResult.State.FAILED ? begun : unended());
        }

        private NodeResult unended() {
            return new NodeResult(node.name(), NodeResult.State.CANCELLED, computed, null);
        }

        private void ended(NodeResult.State state) {
            nodes.put(node.name(), new NodeResult(node.name(), state, computed, null));
        }

        private void failed(ContraflowException thrown) {
            ContraflowException failure = thrown instanceof NodeException ? withAdvice(thrown) : thrown;
            fail(failure);
            ended(NodeResult.State.FAILED);
            events.emit(new RunEvent.NodeFailed(threads.now(), node.name(), phase, failure.getMessage()));
            String message = failure.getMessage();
            boolean isNamed = message.contains("'" + node.name() + "'"); // mostly: then it need not be said twice
            LOG.error("{}{}", isNamed ? "" : "node " + node.name() + " failed: ", message);
            LOG.debug("node {} failed", node.name(), failure);
        }

        private ContraflowException withAdvice(ContraflowException failure) {
            Throwable cause = failure.getCause();
            if (cause == null) {
                return failure;
            }
            try {
                return io.advice(cause)
                        .<ContraflowException>map(advice -> {
                            NodeException advised =
                                    new NodeException(failure.getMessage() + "\n" + advice, node.name(), cause);
                            List.of(failure.getSuppressed()).forEach(advised::addSuppressed);
                            return advised;
                        })
                        .orElse(failure);
            } catch (RuntimeException | Error e) { // perhaps the same again: the node's own failure must not be lost
                failure.addSuppressed(e);
                return failure;
            }
        }
    }

    /** Lets no further node start. Nodes that run go on to their end. */
    public void cancel() {
        cancelled = true;
        stopped = true;
    }

    /**
     * Ends the run: waits for everything under way, closes all that the run opened, and writes the record.
     *
     * @return what happened
     */
    public PipelineResult finish() {
        isFinishing = true; // from now on there is nothing to cancel
        running.close();
        lowerFlag(); // what is under way is settled even if the run was interrupted
        try {
            Settlement settlement = settle();
            PipelineResult result = judged(published(result(settlement)));
            quietly(io::close);
            quietly(() -> scratch.remove(setup.choices().io().id()));
            return recorded(result);
        } finally {
            setup.close();
            endOfWatch.run();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void lowerFlag() {
        if (Thread.interrupted()) {
            interrupted = true;
            cancelled = true;
        }
    }

    private Settlement settle() {
        Duration limit = setup.choices().drainLimit();
        while (true) {
            try {
                return io.settle(limit);
            } catch (InterruptedException e) { // gives up what is under way, and still learns what became of everything
                interrupted = true;
                cancelled = true;
                limit = Duration.ZERO;
            } catch (RuntimeException | Error e) { // a defect of the manager: nothing is known to be durable
                fail(new UnsettledException(setup.choices().io().id(), e));
                return new Settlement(Map.of(), List.of());
            }
        }
    }

    /** An I/O manager did not say what became of the run's datasets. */
    private static final class UnsettledException extends ContraflowException {
        private static final long serialVersionUID = 1L;

        UnsettledException(String io, Throwable cause) {
            super("The I/O manager '" + io + "' could not say what became of the run's datasets: " + cause, cause);
        }
    }

    /** Nobody could resume the run, nor know that it goes on. */
    private static final class RecordRemovedException extends ContraflowException {
        private static final long serialVersionUID = 1L;

        RecordRemovedException(RunId runId, IOException cause) {
            super(
                    "The outputs of run " + runId + " are stored, but its journal is not there: " + cause.getMessage(),
                    cause);
        }
    }

    /** The run took too long. */
    private static final class TimeLimitException extends ContraflowException {
        private static final long serialVersionUID = 1L;

        TimeLimitException(Duration limit) {
            super(
                    "The run took longer than its time limit, " + limit
                            + ": no further node starts. Give it more time (RunRequest.withTimeLimit), or less to do.",
                    null);
        }
    }

    private interface Cleanup {
        void run() throws IOException;
    }

    /** What cannot be cleaned up takes nothing from the result. */
    private void quietly(Cleanup cleanup) {
        try {
            cleanup.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot clean up after run {}", setup.runId(), e);
        }
    }

    private PipelineResult result(Settlement settlement) {
        List<ContraflowException> all;
        synchronized (failures) {
            all = List.copyOf(failures);
        }
        Duration took = Duration.ofNanos(threads.nanoTime() - start);
        return new RunOutcome(setup, access, settlement, nodes).result(all, cancelled, took);
    }

    /** What interceptors of the run make of it, once its outputs are visible. */
    private PipelineResult judged(PipelineResult result) {
        if (result.state() == PipelineResult.State.SUCCEEDED) {
            try {
                setup.interceptors().afterRun(result);
                return result;
            } catch (InterceptorException e) {
                LOG.error("{}", e.getMessage());
                return result.withFailure(e);
            } catch (InterruptedException e) {
                interrupted = true;
                return result;
            }
        }
        if (!result.failures().isEmpty()) {
            setup.interceptors().onRunError(result.failures().get(0));
        }
        return result;
    }

    private PipelineResult published(PipelineResult result) {
        Optional<RunRecord> record = setup.record();
        if (record.isPresent() && result.state() == PipelineResult.State.SUCCEEDED) {
            try {
                record.get().checkThere();
            } catch (IOException e) {
                ContraflowException failure = new RecordRemovedException(setup.runId(), e);
                LOG.error("{}", failure.getMessage());
                return result.withFailure(failure);
            }
            try {
                record.get().publish();
            } catch (IOException | RuntimeException e) {
                PublishException failure = e instanceof PublishException told
                        ? told
                        : new PublishException(
                                "The outputs of run " + setup.runId() + " are stored, but could not be published in "
                                        + setup.records().store().describe() + ": " + Reason.of(e)
                                        + ". Resume the run to publish them.",
                                e);
                LOG.error("{}", failure.getMessage());
                return result.withFailure(failure);
            }
        }
        return result;
    }

    private PipelineResult recorded(PipelineResult result) {
        Optional<RunRecord> record = setup.record();
        if (record.isPresent()) {
            if (result.state() == PipelineResult.State.SUCCEEDED) {
                setup.spool().remove();
            }
            try {
                finish(record.get(), result);
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "Cannot finish the record of run {}: the next run will take it for unfinished",
                        setup.runId(),
                        e);
            }
        }
        String outcome = result.summary().lines().findFirst().orElse(""); // each failure has been logged already
        if (result.state() == PipelineResult.State.SUCCEEDED) {
            LOG.info("{}", outcome);
        } else {
            LOG.error("{}", outcome);
            result.resume().ifPresent(hint -> LOG.info("{}", hint));
        }
        Reporting.end(setup, result);
        events.emit(new RunEvent.RunFinished(
                threads.now(), setup.runId(), result.state(), setup.finalOutputs(), result.took()));
        return result;
    }

    /** An interrupt, even one that takes effect after its flag was lowered (JDK 25 closes channels so late), does not cost the run its record. */
    private void finish(RunRecord record, PipelineResult result) throws IOException {
        while (true) {
            lowerFlag();
            try {
                record.finish(result);
                return;
            } catch (IOException | RuntimeException e) {
                if (!(e instanceof ClosedByInterruptException)
                        && !Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }
}
