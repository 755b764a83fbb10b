package dev.contraflow.plugins.tee;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Stored;
import dev.contraflow.plugins.tee.TeeDecisions.Action;
import dev.contraflow.plugins.tee.TeeDecisions.Admission;
import dev.contraflow.plugins.tee.TeeDecisions.Facts;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.Freezer;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.RunStoppedException;
import dev.contraflow.spi.RunThreads;
import dev.contraflow.spi.Settlement;
import dev.contraflow.spi.UpstreamFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tee: it drives {@link TeeDecisions} with threads. One lock guards the bookkeeping and is never held across loads, saves,
 * codecs or nodes; what is let go of is let go under it ({@code Dataset.release}, the removal of a spill file). Saves run on a bounded pool of their own, as CompletableFutures; encoding in the background has a second pool, as large as the machine
 * has cores. Thread-safe.
 */
final class TeeIo implements IoManager {
    private static final Logger LOG = LoggerFactory.getLogger(TeeIo.class);
    private static final Duration LAST_WAIT = Duration.ofSeconds(30);
    private static final String GIVEN_UP = "its save was given up before it ended";

    private final IoContext context;
    private final DatasetAccess access;
    private final RunThreads threads;
    private final TeeOptions options;
    private final Duration lastWait;
    private final MemoryBudget memory;
    private final ExecutorService transfers;
    private final ExecutorService encoders;
    private final Semaphore
            unencoded; // values frozen and not yet encoded have no known size, so there are only so many of them

    private final Object lock = new Object();
    private final TeeDecisions decisions; // guarded by lock, as all below
    private final Map<String, Held> held = new HashMap<>(); // by name without view
    private final Map<String, DatasetResult> results = new HashMap<>(); // by full name
    private final List<DatasetException> failures = new ArrayList<>();
    private int confirms; // that wait for outputs to become durable, or are under way
    private boolean closed;

    TeeIo(IoContext context, TeeOptions options) {
        this(context, options, LAST_WAIT);
    }

    /** @param lastWait how long a transfer may take to end after it was interrupted */
    TeeIo(IoContext context, TeeOptions options, Duration lastWait) {
        this.lastWait = lastWait;
        this.context = context;
        this.access = context.datasets();
        this.threads = context.threads();
        this.options = options;
        this.memory = new MemoryBudget(options.memory(), context.scratch(), this::makeRoom);
        int cores = Runtime.getRuntime().availableProcessors();
        this.transfers = pool("transfer", options.transfers());
        this.encoders = pool("encode", cores);
        // of no known size, so in a small heap there is one of them at most
        this.unencoded = new Semaphore((int)
                Math.max(1, Math.min(cores, Runtime.getRuntime().maxMemory() / (96L << 20))));
        Ancestors ancestors = new Ancestors();
        context.plan().nodes().forEach(ancestors::of);
        this.decisions = new TeeDecisions(
                context.plan().datasets().values().stream()
                        .map(planned -> facts(planned, ancestors))
                        .toList(),
                new TeeDecisions.Limits(
                        options.transfers(),
                        options.prefetch(),
                        options.undurable(),
                        context.onFailure() == FailurePolicy.KEEP_GOING));
        synchronized (lock) {
            act(decisions.begun());
        }
    }

    private Facts facts(PlannedDataset planned, Ancestors ancestors) {
        Node writer = planned.writer();
        DatasetRef<?> written = planned.written();
        return new Facts(
                planned.name(),
                writer == null ? -1 : context.plan().position(writer),
                planned.reads(),
                canPrefetch(planned),
                written != null && access.encoded(written) == null,
                writer == null ? Set.of() : ancestors.of(writer));
    }

    /** What has to become visible before what a node writes: the nearest that is stored of all that it was made from. */
    private final class Ancestors {
        private final Map<Node, Set<String>> known = new HashMap<>();

        Set<String> of(Node node) {
            if (context.visibility() != Visibility.ORDERED) {
                return Set.of();
            }
            Set<String> found = known.get(node);
            return found == null ? find(node) : found;
        }

        /** Nodes are asked for in the order of the plan, so what their parents have is known. */
        private Set<String> find(Node node) {
            Set<String> found = new HashSet<>();
            for (DatasetRef<?> input : node.inputs()) {
                PlannedDataset planned = context.plan().dataset(input);
                Node writer = planned.writer();
                DatasetRef<?> written = planned.written();
                if (writer == null || written == null) {
                    continue;
                }
                if (access.dataset(written).isPersistent()) {
                    found.add(planned.name());
                } else {
                    found.addAll(of(writer));
                }
            }
            known.put(node, found);
            return found;
        }
    }

    /** Only inputs that are made of bytes and read through one view: an opaque one may do anything when it is loaded. */
    private boolean canPrefetch(PlannedDataset planned) {
        if (!planned.isInput() || planned.readViews().size() != 1) {
            return false;
        }
        EncodedDataset<Object> encoded = access.encoded(firstReader(planned).ref());
        return encoded != null && encoded.isPersistent() && !encoded.isSerial();
    }

    private Read firstReader(PlannedDataset planned) {
        Node node = context.plan().nodes().get(planned.reads().get(0));
        DatasetRef<?> ref = node.inputs().stream()
                .filter(input -> input.baseName().equals(planned.name()))
                .findFirst()
                .orElseThrow();
        return new Read(ref, node);
    }

    private record Read(DatasetRef<?> ref, Node node) {}

    private ExecutorService pool(String what, int most) {
        return threads.pool("contraflow-" + what + "-" + context.runId(), most, new LinkedBlockingQueue<>());
    }

    /** What stands in memory of one dataset. Guarded by the lock, except for the futures. */
    private static final class Held {
        final DatasetRef<?> ref;
        final Node node;
        final boolean isExact;
        final CompletableFuture<Void> ready = new CompletableFuture<>(); // its bytes are there, or it failed
        final CompletableFuture<Void> ended = new CompletableFuture<>(); // it is durable, or never will be

        @Nullable
        Object value;

        @Nullable
        Content content;

        DatasetAccess.@Nullable Transferred transferred;

        long start; // of its save

        long valueBytes; // taken from the budget for the value

        Held(DatasetRef<?> ref, Node node, boolean isExact) {
            this.ref = ref;
            this.node = node;
            this.isExact = isExact;
        }

        @Nullable
        Object sharedWith(DatasetRef<?> reader) {
            return new dev.contraflow.spi.Handover(ref, isExact, value, content).sharedWith(reader);
        }
    }

    // ---- admission

    @Override
    public NodeIo open(Node node) throws InterruptedException {
        long deadline = threads.nanoTime() + options.waitLimit().toNanos();
        List<String> inputs = node.inputs().stream().map(DatasetRef::baseName).toList();
        synchronized (lock) {
            for (Admission answer = decisions.admit(inputs);
                    answer != Admission.ADMIT;
                    answer = decisions.admit(inputs)) {
                if (answer == Admission.STOP) {
                    throw new RunStoppedException();
                }
                if (answer == Admission.SKIP) {
                    String lost = inputs.stream()
                            .filter(decisions::isLost)
                            .findFirst()
                            .orElse("");
                    throw upstreamFailed(lost);
                }
                awaitChange(deadline, node);
            }
        }
        return new TeeNodeIo(node);
    }

    private static UpstreamFailedException upstreamFailed(String dataset) {
        return new UpstreamFailedException(
                "dataset '" + dataset + "' could not be saved, or descends from one that could not");
    }

    private void awaitChange(long deadline, Node node) throws InterruptedException {
        long left = deadline - threads.nanoTime();
        if (left <= 0) {
            throw new IllegalStateException("waited " + options.waitLimit() + " for saves to free memory for node '"
                    + node.name() + "'; see wait_limit, memory and spill_limit of the tee");
        }
        threads.await(lock, left);
    }

    // ---- loads

    private Object load(DatasetRef<?> ref, Node node) throws InterruptedException {
        long start = threads.nanoTime();
        Held handover;
        boolean isFetchedAhead;
        synchronized (lock) {
            handover = held.get(ref.baseName());
            isFetchedAhead = context.plan().dataset(ref).isInput()
                    && access.encoded(ref) != null
                    && decisions.isFetchedAhead(ref.baseName());
        }
        if (isFetchedAhead && handover != null) {
            await(handover.ready, ref, node);
            Object value = decodeHeld(ref, node, handover);
            return value == null
                    ? loadFromStorage(ref, node, start)
                    : told(value, ref, node, RunEvent.Source.PREFETCHED, null, start);
        }
        if (handover == null || context.plan().dataset(ref).isInput()) {
            return loadFromStorage(ref, node, start);
        }
        Object shared = shared(ref, handover);
        if (shared == null && access.encoded(ref) != null) {
            await(handover.ready, ref, node);
            shared = decodeHeld(ref, node, handover);
        }
        if (shared == null) { // no bytes, or let go: it is in the storage, or will be
            await(handover.ended, ref, node);
            return loadFromStorage(ref, node, start);
        }
        return told(shared, ref, node, RunEvent.Source.MEMORY, null, start);
    }

    private @Nullable Object shared(DatasetRef<?> ref, Held handover) {
        synchronized (lock) {
            return handover.sharedWith(ref);
        }
    }

    private @Nullable Object decodeHeld(DatasetRef<?> ref, Node node, Held handover) throws InterruptedException {
        Content content;
        synchronized (lock) {
            content = handover.content;
            if (content == null) {
                return null;
            }
            decisions.pinned(ref.baseName());
        }
        return access.decode(
                ref,
                node,
                content,
                () -> { // rows read it until their node ends
                    synchronized (lock) {
                        act(decisions.unpinned(ref.baseName()));
                    }
                });
    }

    private Object loadFromStorage(DatasetRef<?> ref, Node node, long start) throws InterruptedException {
        EncodedDataset<Object> encoded = access.encoded(ref);
        if (encoded == null) {
            boolean isPersistent = access.dataset(ref).isPersistent();
            Object value = access.load(ref, node);
            RunEvent.Source source = isPersistent ? RunEvent.Source.STORAGE : RunEvent.Source.MEMORY;
            return told(value, ref, node, source, null, start);
        }
        Content content = access.fetch(ref, node, memoryFor(ref));
        long size = content.size();
        Object value = access.decode(ref, node, content, content::close);
        return told(value, ref, node, RunEvent.Source.STORAGE, size, start);
    }

    private Grant memoryFor(DatasetRef<?> ref) {
        return ref.isRows() ? memory.forRows() : memory;
    }

    private Object told(
            Object value, DatasetRef<?> ref, Node node, RunEvent.Source source, @Nullable Long bytes, long start) {
        access.loaded(ref, node, source, bytes, start);
        return value;
    }

    private void await(CompletableFuture<Void> future, DatasetRef<?> ref, Node node) throws InterruptedException {
        try {
            threads.get(future, options.waitLimit().toNanos());
        } catch (ExecutionException e) {
            if (context.onFailure() == FailurePolicy.KEEP_GOING) {
                throw upstreamFailed(ref.name());
            }
            throw new RunStoppedException(); // the failure itself is reported by settle
        } catch (TimeoutException e) {
            throw access.failure(
                    Operation.LOAD,
                    ref,
                    node,
                    new java.io.IOException(
                            "it was not ready after " + options.waitLimit() + " (wait_limit of the tee)"));
        }
    }

    // ---- saves

    /**
     * Rows are read on the node's thread, before anything is saved: if the functions that make them fail, the node has failed.
     *
     * @return their bytes, or null for what is not rows or is saved as a whole
     */
    private @Nullable Content encodeRows(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        return ref.isRows() && access.encoded(ref) != null
                ? onNodeThread(new Held(ref, node, false), () -> access.encode(ref, node, value, memoryFor(ref)))
                : null;
    }

    private void saveRows(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        Held handover = new Held(ref, node, access.dataset(ref).isExact());
        if (access.dataset(ref).isSerial()) {
            try {
                access.computed(ref, node);
                awaitAncestors(handover);
            } catch (InterruptedException | RuntimeException | Error e) {
                content.close();
                throw e;
            }
            storeNow(handover, content, saveStarted(handover));
        } else {
            begin(handover, null);
            encoded(handover, content);
        }
    }

    /** What is not encoded reads the rows while it saves them, or keeps them in memory. */
    private void saveReadingRows(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        Held handover = new Held(ref, node, true);
        if (!access.dataset(ref).isPersistent()) {
            saveInMemory(handover, value);
            return;
        }
        awaitAncestors(handover);
        long start = saveStarted(handover);
        try {
            onNodeThread(handover, () -> {
                access.save(ref, node, value);
                return true;
            });
        } catch (ContraflowException e) {
            if (!isSaveFailure(e)) { // whoever has failed, a part of the rows may be there
                failedOnNodeThread(handover, e);
            }
            throw e;
        }
        access.computed(ref, node);
        durable(handover, null, start);
    }

    private void save(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        Object frozen = Freezer.freeze(value, ref.type());
        if (!access.dataset(ref).isPersistent()) {
            saveInMemory(new Held(ref, node, true), frozen == null ? value : frozen);
            return;
        }
        Held handover = new Held(ref, node, access.dataset(ref).isExact());
        boolean isOpaque = access.encoded(ref) == null;
        if (access.dataset(ref).isSerial() || (isOpaque && frozen == null)) {
            saveNow(handover, value);
        } else if (isOpaque) {
            begin(handover, frozen);
            handover.ready.complete(null);
            synchronized (lock) {
                act(decisions.ready(ref.baseName(), 0, 0));
            }
        } else if (frozen != null && unencoded.tryAcquire()) {
            begin(handover, frozen);
            inBackground(handover, () -> encodeInBackground(handover, frozen), encoders);
        } else {
            Content content =
                    onNodeThread(handover, () -> access.encode(ref, node, frozen == null ? value : frozen, memory));
            begin(handover, frozen); // from here on nobody can change what is stored
            encoded(handover, content);
        }
    }

    /** What must not run beside the nodes, or cannot be frozen: saved now, as in a plain run. */
    private void saveNow(Held handover, Object value) throws InterruptedException {
        DatasetRef<?> ref = handover.ref;
        access.computed(ref, handover.node);
        awaitAncestors(handover);
        long start = saveStarted(handover);
        if (access.encoded(ref) == null) {
            onNodeThread(handover, () -> {
                access.save(ref, handover.node, value);
                return true;
            });
            durable(handover, null, start);
            return;
        }
        storeNow(handover, onNodeThread(handover, () -> access.encode(ref, handover.node, value, memory)), start);
    }

    /** What is stored at once waits on its node's thread until it may become visible. */
    private void awaitAncestors(Held handover) throws InterruptedException {
        for (CompletableFuture<Void> next = ancestorUnderWay(handover);
                next != null;
                next = ancestorUnderWay(handover)) {
            await(next, handover.ref, handover.node);
        }
    }

    private @Nullable CompletableFuture<Void> ancestorUnderWay(Held handover) {
        synchronized (lock) {
            String ancestor = decisions.waitsFor(handover.ref.baseName()).orElse(null);
            if (ancestor == null) {
                return null;
            }
            Held underWay = held.get(ancestor);
            if (underWay == null) { // it has failed, and was let go of
                throw upstreamFailed(ancestor);
            }
            return underWay.ended;
        }
    }

    private void storeNow(Held handover, Content encoded, long start) throws InterruptedException {
        try (encoded) {
            Stored stored = onNodeThread(handover, () -> access.store(handover.ref, handover.node, encoded));
            durable(handover, stored, start);
        }
    }

    private interface SaveStep<T> {
        T run() throws InterruptedException;
    }

    /** A failure on the node's thread is the node's to throw; here the result and the listeners learn of it. */
    private <T> T onNodeThread(Held handover, SaveStep<T> step) throws InterruptedException {
        try {
            return step.run();
        } catch (DatasetException e) {
            if (isSaveFailure(e)) {
                failedOnNodeThread(handover, e);
            }
            throw e;
        } catch (InterruptedException e) {
            synchronized (lock) {
                notDurable(handover, DatasetResult.State.UNFINISHED, GIVEN_UP);
            }
            throw e;
        }
    }

    /** Else it is a failure of the node, or of an input that its rows are made of. */
    private static boolean isSaveFailure(ContraflowException e) {
        return e instanceof DatasetException dataset && dataset.operation() == Operation.SAVE;
    }

    private void failedOnNodeThread(Held handover, ContraflowException e) {
        synchronized (lock) {
            notDurable(handover, DatasetResult.State.FAILED, e.getMessage());
            access.saveFailed(handover.ref, handover.node, e);
            act(decisions.failed(handover.ref.baseName()));
        }
    }

    private void saveInMemory(Held handover, Object value) throws InterruptedException {
        DatasetRef<?> ref = handover.ref;
        onNodeThread(handover, () -> {
            access.save(ref, handover.node, value);
            return true;
        });
        synchronized (lock) {
            decisions.keptInMemory(ref.baseName());
            results.put(ref.name(), new DatasetResult(ref.name(), DatasetResult.State.IN_MEMORY, null, null));
            access.computed(ref, handover.node);
        }
    }

    private void begin(Held handover, @Nullable Object frozen) {
        synchronized (lock) {
            handover.value = frozen;
            held.put(handover.ref.baseName(), handover);
            decisions.computed(handover.ref.baseName());
            access.computed(handover.ref, handover.node);
        }
    }

    private void encodeInBackground(Held handover, Object frozen) {
        try {
            encoded(handover, access.encode(handover.ref, handover.node, frozen, memory));
        } catch (InterruptedException e) {
            givenUp(handover);
        } catch (DatasetException e) {
            failed(handover, e);
        } catch (Throwable e) { // an Error too: a save that dies unseen would be lost
            failed(handover, access.failure(Operation.SAVE, handover.ref, handover.node, e));
        } finally {
            unencoded.release();
        }
    }

    private void encoded(Held handover, Content content) {
        boolean keepsValue = mayBeShared(handover) && memory.tryTakeWhatIsFree(content.size());
        synchronized (lock) {
            handover.content = content;
            if (keepsValue) {
                handover.valueBytes = content.size();
            } else {
                handover.value = null; // readers decode the bytes, wherever these stand
            }
            act(decisions.ready(handover.ref.baseName(), content.memoryBytes() + handover.valueBytes, content.size()));
        }
        handover.ready.complete(null);
    }

    /** Whether a reader is still to come that may have the value itself. */
    private boolean mayBeShared(Held handover) {
        synchronized (lock) {
            return handover.value != null
                    && handover.isExact
                    && decisions.readsLeft(handover.ref.baseName()) > 0
                    && context.plan().dataset(handover.ref).readViews().contains(handover.ref.name());
        }
    }

    private long saveStarted(Held handover) {
        access.saveStarted(handover.ref, handover.node);
        return threads.nanoTime();
    }

    /** A step of a save, on a thread for transfers. Whatever goes wrong in it, the save has failed. */
    private void inSave(Held handover, SaveStep<List<Action>> step) {
        try {
            List<Action> next = step.run();
            synchronized (lock) {
                act(next);
            }
        } catch (InterruptedException e) {
            givenUp(handover);
        } catch (DatasetException e) {
            failed(handover, e);
        } catch (Throwable e) { // as in encodeInBackground
            failed(handover, access.failure(Operation.SAVE, handover.ref, handover.node, e));
        }
    }

    private void transfer(Held handover) {
        String dataset = handover.ref.baseName();
        inSave(handover, () -> {
            Content content;
            Object value;
            boolean mayCommit;
            synchronized (lock) {
                content = handover.content;
                value = handover.value;
                mayCommit = decisions.mayCommit(dataset);
            }
            long start = saveStarted(handover);
            if (content != null) {
                DatasetAccess.Transferred transferred = access.transfer(handover.ref, handover.node, content);
                synchronized (lock) {
                    handover.start = start;
                    handover.transferred = transferred;
                    return decisions.transferred(dataset);
                }
            }
            if (mayCommit) {
                access.save(handover.ref, handover.node, Objects.requireNonNull(value));
                durable(handover, null, start);
                return List.of();
            }
            return discarded(dataset);
        });
    }

    private void commit(Held handover) {
        String dataset = handover.ref.baseName();
        inSave(handover, () -> {
            try (DatasetAccess.Transferred transferred = takeTransferred(handover)) {
                Stored stored = access.commit(transferred, () -> {
                    synchronized (lock) {
                        return decisions.mayCommit(dataset);
                    }
                });
                if (stored != null) {
                    durable(handover, stored, handover.start);
                    return List.of();
                }
            }
            return discarded(dataset);
        });
    }

    private void abandon(Held handover) {
        inSave(handover, () -> {
            takeTransferred(handover).close();
            return discarded(handover.ref.baseName());
        });
    }

    private DatasetAccess.Transferred takeTransferred(Held handover) {
        synchronized (lock) {
            DatasetAccess.Transferred taken = Objects.requireNonNull(handover.transferred);
            handover.transferred = null;
            return taken;
        }
    }

    private List<Action> discarded(String dataset) {
        synchronized (lock) {
            return decisions.discarded(dataset);
        }
    }

    private void durable(Held handover, @Nullable Stored stored, long start) {
        DatasetRef<?> ref = handover.ref;
        synchronized (lock) {
            results.put(ref.name(), new DatasetResult(ref.name(), DatasetResult.State.DURABLE, stored, null));
            access.durable(ref, handover.node, stored, start);
            if (allReadersShare(handover)) {
                letGoOfContent(handover);
            }
            Content content = handover.content;
            act(decisions.durable(ref.baseName(), handover.valueBytes + (content == null ? 0 : content.memoryBytes())));
        }
        handover.ended.complete(null);
    }

    private boolean allReadersShare(Held handover) {
        return context.plan().dataset(handover.ref).readViews().stream()
                .allMatch(view -> handover.value != null && handover.isExact && view.equals(handover.ref.name()));
    }

    private void discard(Held handover) {
        notDurable(
                handover,
                DatasetResult.State.DISCARDED,
                "something that it descends from could not be saved, so it was not made visible");
        handover.ready.completeExceptionally(new RunStoppedException());
        handover.ended.completeExceptionally(new RunStoppedException());
    }

    private void failed(Held handover, DatasetException failure) {
        String message = failure.getMessage();
        synchronized (lock) {
            failures.add(failure);
            notDurable(handover, DatasetResult.State.FAILED, message);
            access.saveFailed(handover.ref, handover.node, failure);
            act(decisions.failed(handover.ref.baseName()));
        }
        boolean stops = context.onFailure() == FailurePolicy.STOP;
        LOG.error("{}{}", message, stops ? " No further node starts." : "");
        LOG.debug("save failed", failure);
        handover.ready.completeExceptionally(failure);
        handover.ended.completeExceptionally(failure);
    }

    private void givenUp(Held handover) {
        synchronized (lock) {
            notDurable(handover, DatasetResult.State.UNFINISHED, GIVEN_UP);
            act(decisions.failed(handover.ref.baseName()));
        }
        handover.ready.completeExceptionally(new RunStoppedException());
        handover.ended.completeExceptionally(new RunStoppedException());
    }

    private void notDurable(Held handover, DatasetResult.State state, String why) {
        results.put(handover.ref.name(), new DatasetResult(handover.ref.name(), state, null, why));
    }

    // ---- confirms

    /** Confirms now, or once the last output of the node is durable; not at all if one never will be. */
    private void confirmOnceDurable(Node node) throws InterruptedException {
        List<CompletableFuture<Void>> underWay = new ArrayList<>();
        synchronized (lock) {
            for (DatasetRef<?> output : node.outputs()) {
                DatasetResult ended = results.get(output.name());
                if (ended == null) {
                    underWay.add(needHeld(output.baseName()).ended);
                } else if (ended.state() != DatasetResult.State.DURABLE
                        && ended.state() != DatasetResult.State.IN_MEMORY) {
                    return;
                }
            }
            confirms++;
        }
        if (!underWay.isEmpty()) {
            inBackground(CompletableFuture.allOf(underWay.toArray(CompletableFuture<?>[]::new)), node);
            return;
        }
        try {
            access.confirm(node);
        } finally {
            confirmed();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its last stage reports whatever went wrong
    private void inBackground(CompletableFuture<Void> durable, Node node) {
        durable.thenRunAsync(
                        () -> {
                            try {
                                access.confirm(node);
                            } catch (InterruptedException e) {
                                LOG.warn("node {} could not confirm before the run ended", node.name());
                            }
                        },
                        transfers)
                .whenComplete((done, failure) -> {
                    if (failure != null
                            && failure.getCause() instanceof DatasetException notConfirmed
                            && notConfirmed.operation() == Operation.CONFIRM) { // a failed save is told by itself
                        synchronized (lock) {
                            failures.add(notConfirmed);
                            decisions.stop();
                        }
                        LOG.error("{}", notConfirmed.getMessage());
                    }
                    confirmed();
                });
    }

    private void confirmed() {
        synchronized (lock) {
            confirms--;
            threads.wakeAll(lock);
        }
    }

    // ---- loads ahead

    private void fetch(Held ahead) {
        String dataset = ahead.ref.baseName();
        try {
            Content content = access.fetch(ahead.ref, ahead.node, memoryFor(ahead.ref));
            synchronized (lock) {
                if (closed) {
                    content.close();
                } else {
                    ahead.content = content;
                    act(decisions.fetched(dataset, content.memoryBytes()));
                }
            }
        } catch (Throwable e) { // whatever it is: the reader loads for itself, and meets it there
            LOG.debug("dataset {} could not be loaded ahead", dataset, e);
            synchronized (lock) {
                act(decisions.notFetched(dataset));
            }
        }
        ahead.ready.complete(null);
    }

    // ---- what the decisions say; under the lock

    private void act(List<Action> actions) {
        for (Action action : actions) {
            switch (action.what()) {
                case TRANSFER -> start(needHeld(action.dataset()), this::transfer);
                case COMMIT -> start(needHeld(action.dataset()), this::commit);
                case ABANDON -> start(needHeld(action.dataset()), this::abandon);
                case FETCH -> start(aheadOf(action.dataset()), this::fetch);
                case DISCARD -> discard(needHeld(action.dataset()));
                case RELEASE -> release(action.dataset());
            }
        }
        threads.wakeAll(lock);
    }

    private void start(Held handover, java.util.function.Consumer<Held> work) {
        if (!closed) {
            inBackground(handover, () -> work.accept(handover), transfers);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its last stage reports whatever went wrong
    private void inBackground(Held handover, Runnable task, ExecutorService pool) {
        CompletableFuture.runAsync(task, pool).whenComplete((done, defect) -> reportDefect(handover, defect));
    }

    /** The tasks above report every failure of a save themselves; what comes here is a defect of this class, and must not be lost either. */
    private void reportDefect(Held handover, @Nullable Throwable defect) {
        if (defect != null && !handover.ended.isDone()) {
            failed(handover, access.failure(Operation.SAVE, handover.ref, handover.node, defect));
        }
    }

    private Held needHeld(String dataset) {
        return Objects.requireNonNull(held.get(dataset), dataset);
    }

    private Held aheadOf(String dataset) {
        Read first =
                firstReader(Objects.requireNonNull(context.plan().datasets().get(dataset)));
        Held ahead = new Held(first.ref(), first.node(), false);
        held.put(dataset, ahead);
        return ahead;
    }

    private void release(String dataset) {
        Held gone = held.remove(dataset);
        if (gone != null) {
            letGo(gone);
        }
        PlannedDataset planned = context.plan().datasets().get(dataset);
        DatasetRef<?> written = planned == null ? null : planned.written();
        if (written != null && planned != null && !planned.isFinalOutput()) {
            access.release(written);
        }
    }

    private void letGo(Held gone) {
        gone.value = null;
        memory.giveBack(gone.valueBytes);
        gone.valueBytes = 0;
        letGoOfContent(gone);
    }

    private static void letGoOfContent(Held gone) {
        Content content = gone.content;
        if (content != null) {
            gone.content = null;
            content.close();
        }
    }

    private void makeRoom(long bytes) {
        synchronized (lock) {
            for (String victim : decisions.evict(bytes)) {
                letGo(needHeld(victim));
            }
        }
    }

    // ---- the end

    @Override
    public Settlement settle(Duration atMost) throws InterruptedException {
        long deadline = threads.nanoTime() + atMost.toNanos();
        List<Held> late;
        synchronized (lock) {
            decisions.stop();
            for (long left = atMost.toNanos();
                    (!decisions.isSettled() || confirms > 0) && left > 0;
                    left = deadline - threads.nanoTime()) {
                threads.await(lock, left);
            }
            late = decisions.underWay().stream().map(this::needHeld).toList();
        }
        endThreads();
        synchronized (lock) {
            late.forEach(this::reportLate);
            return new Settlement(results, failures);
        }
    }

    /** What was under way at the deadline may have ended well or ill since; if not, that is a failure of its own. */
    private void reportLate(Held late) {
        DatasetResult known = results.get(late.ref.name());
        if (known != null && known.state() != DatasetResult.State.UNFINISHED) {
            return;
        }
        DatasetException failure = access.failure(
                Operation.SAVE,
                late.ref,
                late.node,
                new java.io.IOException("it did not end before the run's deadline, and was given up"));
        notDurable(late, DatasetResult.State.UNFINISHED, failure.getMessage());
        failures.add(failure);
    }

    /** Interrupts what is still under way, and waits for it, so that nothing is left behind: no thread, no open upload. */
    private void endThreads() {
        synchronized (lock) {
            if (closed) {
                return; // it was waited for once, and a second time would not help
            }
            closed = true;
        }
        encoders.shutdownNow();
        transfers.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            boolean ended = encoders.awaitTermination(lastWait.toMillis(), TimeUnit.MILLISECONDS)
                    && transfers.awaitTermination(lastWait.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                LOG.error("A transfer of run {} does not end, though it was interrupted", context.runId());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        endThreads();
        List<DatasetAccess.Transferred> never = new ArrayList<>();
        synchronized (lock) {
            held.values().stream()
                    .filter(gone -> gone.transferred != null)
                    .forEach(gone -> never.add(takeTransferred(gone)));
            held.values().forEach(this::letGo);
            held.clear();
        }
        never.forEach(DatasetAccess.Transferred::close);
        LOG.debug("peak memory {} bytes, {} left", memory.peak(), memory.used());
    }

    MemoryBudget memory() {
        return memory;
    }

    private final class TeeNodeIo implements NodeIo {
        private final Node node;
        private boolean done;

        TeeNodeIo(Node node) {
            this.node = node;
        }

        @Override
        public Object[] load() throws InterruptedException {
            Object[] values = new Object[node.inputs().size()];
            for (int i = 0; i < values.length; i++) {
                DatasetRef<?> ref = node.inputs().get(i);
                int before = node.inputs().indexOf(ref); // loaded once, though it stand twice
                values[i] = before < i ? values[before] : access.loading(ref, node, () -> TeeIo.this.load(ref, node));
            }
            return values;
        }

        @Override
        public void save(Object[] outputs) throws InterruptedException {
            Object[] values = outputs.clone();
            @Nullable Content[] rows = new @Nullable Content[values.length];
            try {
                readRows(values, rows);
                saveAll(values, rows);
            } finally {
                for (Content abandoned : rows) {
                    if (abandoned != null) {
                        abandoned.close();
                    }
                }
            }
            if (!node.confirms().isEmpty() && values.length == node.outputs().size()) {
                confirmOnceDurable(node);
            }
        }

        /** All rows, before anything is saved: what is made of bytes first, then what reads them while it saves. */
        private void readRows(Object[] values, @Nullable Content[] rows) throws InterruptedException {
            for (int i = 0; i < values.length; i++) {
                DatasetRef<?> ref = node.outputs().get(i);
                if (ref.isRows()) {
                    values[i] = access.beforeSave(ref, node, values[i]);
                    rows[i] = encodeRows(ref, node, values[i]);
                }
            }
            for (int i = 0; i < values.length; i++) {
                DatasetRef<?> ref = node.outputs().get(i);
                if (ref.isRows() && rows[i] == null) {
                    saveReadingRows(ref, node, values[i]);
                    access.afterSave(ref, node, values[i]);
                }
            }
        }

        private void saveAll(Object[] values, @Nullable Content[] rows) throws InterruptedException {
            for (int i = 0; i < values.length; i++) {
                DatasetRef<?> ref = node.outputs().get(i);
                Content encoded = rows[i];
                rows[i] = null;
                if (encoded != null) {
                    saveRows(ref, node, encoded);
                    access.afterSave(ref, node, values[i]);
                } else if (!ref.isRows()) {
                    access.saving(ref, node, values[i], saved -> TeeIo.this.save(ref, node, saved));
                }
            }
        }

        @Override
        public void close() {
            if (done) {
                return;
            }
            done = true;
            access.ended(node);
            int place = context.plan().position(node);
            synchronized (lock) {
                node.inputs().forEach(input -> act(decisions.read(input.baseName(), place)));
            }
        }
    }
}
