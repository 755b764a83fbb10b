package dev.contraflow.spi;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.run.RunRecord;
import dev.contraflow.internal.run.RunSetup;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.run.RunRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
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
    private final RunRequest.Options options;
    private final RunEvents events;
    private final DatasetAccess access;
    private final IoManager io;
    private final Path scratch;
    private final @Nullable RunRecord record;
    private final long start = System.nanoTime();
    private final Map<String, NodeResult> nodes = new ConcurrentHashMap<>();
    private final List<ContraflowException> nodeFailures = new ArrayList<>(); // guarded by itself
    private volatile boolean stopped;
    private volatile boolean cancelled;
    private boolean interrupted; // only of the thread that finishes the run

    private RunExecution(RunRequest request, RunSetup setup, PipelineRunner runner) {
        this.setup = setup;
        this.options = request.options();
        this.scratch = setup.stateFolder()
                .resolve("runs")
                .resolve(setup.runId().value())
                .resolve("spill");
        this.access = new DatasetAccess(setup.datasets(), setup.plan(), setup.runId());
        LOG.info(
                "run {}  runner={}  io={} ({})  plugins: {}  {} nodes",
                setup.runId(),
                runner.id(),
                setup.io().id(),
                setup.ioWhy(),
                setup.plugins().isEmpty() ? "none" : String.join(", ", setup.plugins()),
                setup.plan().nodes().size());
        this.events = new RunEvents(setup.runId(), setup.listeners());
        try {
            this.io = setup.io()
                    .open(new IoContext(setup.runId(), setup.plan(), access, events, setup.ioOptions(), scratch));
        } catch (RuntimeException | Error e) { // an Error too: a plugin may not have all that it needs
            events.close();
            throw e;
        }
        try { // after all that can refuse the run: a record says that something may have been stored
            this.record = beginRecord();
        } catch (RuntimeException | Error e) {
            io.close();
            events.close();
            throw e;
        }
        events.emit(new RunEvent.RunStarted(
                Instant.now(),
                setup.runId(),
                setup.io().id(),
                setup.plan().nodes().size()));
    }

    /**
     * Begins a run: reads the configuration, binds the datasets, checks the inputs, writes the record, opens the I/O manager.
     *
     * @param request the request
     * @param runner who runs it
     * @return the execution; the caller finishes it in any case
     * @throws ContraflowException if something is wrong with the request; nothing has been stored then
     */
    public static RunExecution begin(RunRequest request, PipelineRunner runner) {
        RunSetup setup = new RunSetup(request);
        try {
            return new RunExecution(request, setup, runner);
        } catch (RuntimeException | Error e) {
            setup.close();
            throw e;
        }
    }

    private @Nullable RunRecord beginRecord() {
        List<String> writes = setup.persistentOutputs();
        if (writes.isEmpty()) {
            return null; // nothing can be left half done
        }
        List<String> unfinished = RunRecord.unfinished(setup.stateFolder());
        for (String dead : unfinished) { // nobody reads what it spilled any more
            quietly(() ->
                    remove(setup.stateFolder().resolve("runs").resolve(dead).resolve("spill")));
        }
        if (!unfinished.isEmpty()) {
            String last = unfinished.get(unfinished.size() - 1);
            LOG.warn(
                    "run {} has not finished{}: some of its datasets may be missing or older than what they were made"
                            + " from. Once that is dealt with, remove {}",
                    last,
                    unfinished.size() == 1 ? "" : ", nor have " + (unfinished.size() - 1) + " before it",
                    setup.stateFolder().resolve("runs").resolve(last));
        }
        try {
            return RunRecord.begin(
                    setup.stateFolder(), setup.runId(), setup.io().id(), writes);
        } catch (IOException e) {
            throw new dev.contraflow.CatalogException(
                    "Cannot write the record of the run into " + setup.stateFolder() + ": " + e
                            + ". Make the folder writable, or choose another one by RunRequest.withStateFolder.",
                    e);
        }
    }

    /** @return the plan, whose nodes are to be executed */
    public RunPlan plan() {
        return setup.plan();
    }

    /**
     * Executes all of a node on the calling thread: admission, loads, the function, saves. Never throws for what a node or a dataset does
     * wrong: that is in the result.
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
        long[] computed = new long[1];
        try {
            try (IoManager.NodeIo nodeIo = io.open(node)) {
                run(node, nodeIo, computed);
            }
            nodes.put(
                    node.name(),
                    new NodeResult(node.name(), NodeResult.State.COMPLETED, Duration.ofNanos(computed[0])));
            if (events.isObserved()) {
                events.emit(new RunEvent.NodeCompleted(Instant.now(), node.name()));
            }
        } catch (RunStoppedException e) {
            stopped = true;
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            nodes.computeIfPresent(node.name(), (name, started) -> unended(node, computed[0]));
        } catch (ContraflowException e) {
            fail(node, e, computed[0]);
        } catch (RuntimeException
                | Error e) { // a defect of ours or of a plugin: it must not be lost, nor the other results
            fail(
                    node,
                    new NodeException("Node '" + node.name() + "' could not be executed: " + e, node.name(), e),
                    computed[0]);
        }
        return !stopped;
    }

    private static NodeResult unended(Node node, long computed) {
        return new NodeResult(node.name(), NodeResult.State.CANCELLED, Duration.ofNanos(computed));
    }

    private void run(Node node, IoManager.NodeIo nodeIo, long[] computed) throws InterruptedException {
        nodes.put(node.name(), unended(node, 0)); // what stands if it is interrupted or stopped
        if (events.isObserved()) {
            events.emit(new RunEvent.NodeStarted(Instant.now(), node.name()));
        }
        Object[] inputs = nodeIo.load();
        long begin = System.nanoTime();
        @Nullable Object[] outputs;
        try {
            outputs = node.call(inputs);
        } finally {
            computed[0] = System.nanoTime() - begin;
        }
        if (events.isObserved()) {
            events.emit(new RunEvent.NodeReturned(Instant.now(), node.name(), Duration.ofNanos(computed[0])));
        }
        save(node, nodeIo, outputs);
    }

    /** Outputs before the first null are saved, as in Kedro; that one fails the node. */
    private static void save(Node node, IoManager.NodeIo nodeIo, @Nullable Object[] outputs)
            throws InterruptedException {
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

    private void fail(Node node, ContraflowException failure, long computed) {
        stopped = true;
        synchronized (nodeFailures) {
            nodeFailures.add(failure);
        }
        nodes.put(node.name(), new NodeResult(node.name(), NodeResult.State.FAILED, Duration.ofNanos(computed)));
        events.emit(new RunEvent.NodeFailed(Instant.now(), node.name(), failure.getMessage()));
        LOG.error("node {} failed: {}", node.name(), failure.getMessage());
        LOG.debug("node {} failed", node.name(), failure);
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
        lowerFlag(); // what is under way is settled even if the run was interrupted
        try {
            PipelineResult result = result(settle());
            quietly(io::close);
            quietly(this::removeScratch);
            lowerFlag(); // else the record could not be written
            return recorded(result);
        } finally {
            quietly(setup::close);
            events.close();
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
        Duration limit = options.drainLimit();
        while (true) {
            try {
                return io.settle(limit);
            } catch (InterruptedException e) { // gives up what is under way, and still learns what became of everything
                interrupted = true;
                cancelled = true;
                limit = Duration.ZERO;
            } catch (RuntimeException | Error e) { // a defect of the manager: nothing is known to be durable
                synchronized (nodeFailures) {
                    nodeFailures.add(new UnsettledException(setup.io().id(), e));
                }
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

    private void removeScratch() throws IOException {
        int left = remove(scratch);
        if (left > 0) {
            LOG.warn(
                    "The I/O manager '{}' left {} spill files, which were removed",
                    setup.io().id(),
                    left);
        }
    }

    /** Removes a folder, and says how many files were in it. */
    private static int remove(Path folder) throws IOException {
        int count = 0;
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    count += Files.isRegularFile(file) ? 1 : 0;
                    Files.delete(file);
                }
            }
        }
        return count;
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
        List<ContraflowException> failures = failures(settlement);
        Map<String, DatasetResult> datasets = new LinkedHashMap<>();
        Map<String, Object> values = new LinkedHashMap<>();
        for (PlannedDataset planned : plan().datasets().values()) {
            DatasetResult result = datasetResult(planned, settlement);
            datasets.put(result.name(), result);
            keepValue(planned, result, values);
        }
        boolean allDurable = datasets.values().stream().noneMatch(RunExecution::isMissing);
        boolean allCompleted = plan().nodes().stream()
                .map(node -> nodes.get(node.name()))
                .allMatch(node -> node != null && node.state() == NodeResult.State.COMPLETED);
        boolean isSuccess = failures.isEmpty() && allCompleted && allDurable;
        PipelineResult.State state = cancelled
                ? PipelineResult.State.CANCELLED
                : isSuccess ? PipelineResult.State.SUCCEEDED : PipelineResult.State.FAILED;
        Map<String, NodeResult> ordered = new LinkedHashMap<>();
        plan().nodes()
                .forEach(node -> ordered.put(
                        node.name(),
                        nodes.getOrDefault(
                                node.name(), new NodeResult(node.name(), NodeResult.State.NOT_RUN, Duration.ZERO))));
        return new PipelineResult(
                setup.runId(),
                state,
                setup.io().id(),
                Duration.ofNanos(System.nanoTime() - start),
                ordered,
                datasets,
                failures,
                values);
    }

    private static boolean isMissing(DatasetResult dataset) {
        return switch (dataset.state()) {
            case INPUT, DURABLE, IN_MEMORY -> false;
            case FAILED, DISCARDED, UNFINISHED, NOT_COMPUTED -> true;
        };
    }

    private DatasetResult datasetResult(PlannedDataset planned, Settlement settlement) {
        DatasetRef<?> written = planned.written();
        if (written == null) {
            return new DatasetResult(planned.name(), DatasetResult.State.INPUT, null, null);
        }
        DatasetResult settled = settlement.datasets().get(written.name());
        return settled != null
                ? settled
                : new DatasetResult(
                        written.name(),
                        DatasetResult.State.NOT_COMPUTED,
                        null,
                        "the node that writes it did not complete");
    }

    private void keepValue(PlannedDataset planned, DatasetResult result, Map<String, Object> values) {
        DatasetRef<?> written = planned.written();
        if (written == null || !planned.isFinalOutput() || result.state() != DatasetResult.State.IN_MEMORY) {
            return;
        }
        Dataset<Object> dataset = access.dataset(written);
        try {
            values.put(written.name(), dataset.load());
        } catch (IOException | RuntimeException e) {
            LOG.warn("The value of dataset {} is gone", written, e);
        }
    }

    /** Every failure once: those of nodes first, so that a node's own error is never masked; what was suppressed stands on its own. */
    private List<ContraflowException> failures(Settlement settlement) {
        Set<ContraflowException> seen = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
        List<ContraflowException> all = new ArrayList<>();
        List<ContraflowException> found = new ArrayList<>();
        synchronized (nodeFailures) {
            found.addAll(nodeFailures);
        }
        found.addAll(settlement.failures());
        for (ContraflowException failure : found) {
            add(failure, seen, all);
            for (Throwable suppressed : failure.getSuppressed()) {
                if (suppressed instanceof DatasetException other) {
                    add(other, seen, all);
                }
            }
        }
        return all;
    }

    private static void add(ContraflowException failure, Set<ContraflowException> seen, List<ContraflowException> all) {
        if (seen.add(failure)) {
            all.add(failure);
        }
    }

    private PipelineResult recorded(PipelineResult result) {
        if (record != null) {
            try {
                record.finish(result);
            } catch (IOException e) {
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
        }
        events.emit(new RunEvent.RunFinished(Instant.now(), result.state(), result.took()));
        return result;
    }
}
