package dev.contraflow.plugins.tee;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.io.Stored;
import dev.contraflow.plugins.tee.TeeDecisions.Action;
import dev.contraflow.plugins.tee.TeeDecisions.Admission;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.RunStoppedException;
import dev.contraflow.spi.RunThreads;
import dev.contraflow.spi.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tee knows of one run: its decisions, what stands in memory, what became of each output. It tells the decisions what happened, and
 * starts what they say. One lock guards it all and is never held across loads, saves, codecs or nodes; what is let go of is let go under it
 * ({@code Dataset.release}, the removal of a spill file). Thread-safe.
 */
final class Bookkeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Bookkeeping.class);

    private final IoContext context;
    private final DatasetAccess access;
    private final RunThreads threads;
    private final TeeOptions options;
    private final MemoryBudget memory;
    private final Background background;
    private final TeeSpool spool;

    private final Object lock = new Object();
    private final TeeDecisions decisions; // guarded by lock, as all below
    private final HeldDatasets held;
    private final Outcomes outcomes = new Outcomes();
    private @Nullable Work work;
    private int open; // nodes
    private final Set<Node> confirming = new LinkedHashSet<>(); // or waiting for their outputs
    private boolean closed;
    private final RunStoppedException stopped = new RunStoppedException(); // has no trace
    private @Nullable Throwable broken; // what must not happen
    private @Nullable Held brokenSave; // which it has ended

    /** What is done on threads of its own, for what the decisions say. */
    record Work(Consumer<Held> transfer, Consumer<Held> commit, Consumer<Held> abandon, Consumer<Held> fetch) {}

    Bookkeeping(IoContext context, TeeOptions options, Background background, TeeSpool spool) {
        this.context = context;
        this.access = context.datasets();
        this.threads = context.threads();
        this.options = options;
        this.memory = new MemoryBudget(options.memory(), context.scratch(), this::makeRoom);
        this.held = new HeldDatasets(context.plan(), access, memory);
        this.background = background;
        this.spool = spool;
        this.decisions = new TeeDecisions(
                DatasetFacts.of(context),
                new TeeDecisions.Limits(
                        options.transfers(),
                        options.prefetch(),
                        options.undurable(),
                        context.onFailure() == FailurePolicy.KEEP_GOING));
    }

    MemoryBudget memory() {
        return memory;
    }

    /** The run begins: what can be fetched is. */
    void begin(Work how) {
        synchronized (lock) {
            work = how;
            act(decisions.begun());
        }
    }

    // ---- nodes

    /** Waits until a node may begin. */
    void admit(Node node, int place) throws InterruptedException {
        long deadline = threads.nanoTime() + options.waitLimit().toNanos();
        List<String> inputs = node.inputs().stream().map(DatasetRef::baseName).toList();
        synchronized (lock) {
            for (Admission answer = admission(place, inputs);
                    answer != Admission.ADMIT;
                    answer = admission(place, inputs)) {
                if (answer == Admission.STOP) {
                    throw new RunStoppedException();
                }
                if (answer == Admission.SKIP) {
                    String lost = inputs.stream()
                            .filter(decisions::isLost)
                            .findFirst()
                            .orElse("");
                    throw Waits.upstreamFailed(lost);
                }
                if (decisions.isSettled()) { // it waits for nodes, which may take their time
                    deadline = threads.nanoTime() + options.waitLimit().toNanos();
                }
                awaitChange(deadline, node);
            }
        }
    }

    /** If changes of values are looked for, one node at a time: else nobody knows which of several it was. */
    private Admission admission(int place, List<String> inputs) {
        if (broken != null) {
            return Admission.STOP;
        }
        if (options.detectMutation() && open > 0) {
            return Admission.WAIT;
        }
        Admission answer = decisions.admit(place, inputs);
        open += answer == Admission.ADMIT ? 1 : 0;
        return answer;
    }

    private void awaitChange(long deadline, Node node) throws InterruptedException {
        long left = deadline - threads.nanoTime();
        if (left <= 0) {
            throw new IllegalStateException("waited " + options.waitLimit() + " for saves to free memory for node '"
                    + node.name() + "'; see wait_limit, memory and spill_limit of the tee");
        }
        threads.await(lock, left);
    }

    /** A node that was admitted has ended, well or not. */
    void ended(Node node, int place) {
        synchronized (lock) {
            open--;
            decisions.closed(place);
            threads.wakeAll(lock);
            node.inputs().forEach(input -> act(decisions.read(input.baseName(), place)));
        }
    }

    // ---- what is read

    /**
     * What there is of a dataset that a node reads.
     *
     * @param held what stands in memory, or is going to; null if it has to come from the storage
     * @param shared the value itself, if the node may have it
     * @param isFetchedAhead whether it is an input that is being loaded ahead, or has been
     */
    record Found(@Nullable Held held, @Nullable Object shared, boolean isFetchedAhead) {}

    Found find(DatasetRef<?> ref) {
        synchronized (lock) {
            Held there = held.find(ref.baseName());
            if (there == null && decisions.isLost(ref.baseName())) {
                throw Waits.gone(context, ref); // what is stored under its name is not what was computed
            }
            boolean isFetchedAhead = context.plan().dataset(ref).isInput()
                    && access.encoded(ref) != null
                    && decisions.isFetchedAhead(ref.baseName());
            return new Found(there, there == null ? null : there.sharedWith(ref), isFetchedAhead);
        }
    }

    /** The bytes of a dataset, which stay until they are unpinned; null if they were let go. */
    @Nullable
    Content pin(Held there) {
        synchronized (lock) {
            if (there.content != null) {
                decisions.pinned(there.dataset());
            }
            return there.content;
        }
    }

    void unpin(String dataset) {
        synchronized (lock) {
            act(decisions.unpinned(dataset));
        }
    }

    /** The digest that the bytes of a value had; null if it is not made of bytes. */
    @Nullable
    String digest(Held there) {
        synchronized (lock) {
            return there.digest;
        }
    }

    void fetched(Held ahead, Content content) {
        synchronized (lock) {
            if (closed) {
                content.close();
            } else {
                ahead.content = content;
                act(decisions.fetched(ahead.dataset(), content.memoryBytes(), content.size()));
            }
        }
    }

    void notFetched(Held ahead) {
        synchronized (lock) {
            act(decisions.notFetched(ahead.dataset()));
        }
    }

    // ---- what is written, on the node's thread

    /** There is no disk any more for what does not fit into memory. */
    void saveInTurn() {
        synchronized (lock) {
            decisions.saveInTurn();
        }
    }

    void keptInMemory(Held kept) {
        synchronized (lock) {
            decisions.keptInMemory(kept.dataset());
            outcomes.keptInMemory(kept);
            access.computed(kept.ref, kept.node);
        }
    }

    /**
     * What has to become durable before an output may be stored at once; null if there is nothing left. Throws if the output must not be
     * stored, since something that it descends from failed.
     */
    @Nullable
    Held ancestorUnderWay(Held output) {
        synchronized (lock) {
            if (decisions.isLost(output.dataset())) {
                outcomes.discarded(output);
                throw Waits.gone(context, output.ref);
            }
            return decisions.waitsFor(output.dataset()).map(held::need).orElse(null);
        }
    }

    /** What it waited for has failed meanwhile. */
    void neverStored(Held output) {
        synchronized (lock) {
            outcomes.discarded(output);
        }
    }

    void failedOnNodeThread(Held output, ContraflowException e) {
        synchronized (lock) {
            outcomes.failed(output, e.getMessage());
            access.saveFailed(output.ref, output.node, e);
            act(decisions.failed(output.dataset()));
        }
    }

    void unfinished(Held output) {
        synchronized (lock) {
            outcomes.givenUp(output);
        }
    }

    // ---- the life of an output from frozen to durable

    /** An output is computed, and going to be saved in the background. */
    void computed(Held output, @Nullable Object frozen) {
        synchronized (lock) {
            output.value = frozen;
            held.add(output);
            decisions.computed(output.dataset());
            if (!output.isRestored) {
                access.computed(output.ref, output.node);
            }
        }
    }

    /** It is saved as a whole: its bytes need not be waited for. */
    void readyAsAWhole(Held output) {
        output.ready.complete(null);
        synchronized (lock) {
            act(decisions.ready(output.dataset(), 0, 0));
        }
    }

    /** Its bytes are there. */
    void ready(Held output, Content content, @Nullable String digest) {
        boolean keepsValue = mayBeShared(output) && memory.tryTakeWhatIsFree(content.size());
        synchronized (lock) {
            output.content = content;
            output.digest = digest;
            if (keepsValue) {
                output.valueBytes = content.size();
            } else {
                output.value = null; // readers decode the bytes, wherever these stand
            }
            act(decisions.ready(output.dataset(), content.memoryBytes() + output.valueBytes, content.size()));
        }
        output.ready.complete(null);
    }

    /** Whether a reader is still to come that may have the value itself. */
    private boolean mayBeShared(Held output) {
        synchronized (lock) {
            return output.value != null
                    && output.isExact
                    && decisions.readsLeft(output.dataset()) > 0
                    && context.plan().dataset(output.ref).readViews().contains(output.ref.name());
        }
    }

    /** The bytes stay until they are on the disk too, or durable. */
    void spool(Held output, Content content) {
        synchronized (lock) {
            if (!closed) {
                decisions.pinned(output.dataset());
                spool.keep(output.ref, output.node, content, () -> unpin(output.dataset()));
            }
        }
    }

    /** What a transfer moves: the bytes, or the value of what is saved as a whole. */
    record Load(@Nullable Content content, @Nullable Object value, boolean mayCommit) {}

    Load toTransfer(Held output) {
        synchronized (lock) {
            return new Load(output.content, output.value, decisions.mayCommit(output.dataset()));
        }
    }

    /**
     * The storage has the bytes.
     *
     * @return whether they are to become visible at once: then the caller sees to that, and else to nothing more
     */
    boolean transferred(Held output, DatasetAccess.Transferred transferred, long start) {
        synchronized (lock) {
            output.start = start;
            List<Action> next = decisions.transferred(output.dataset());
            if (!closed && next.equals(List.of(new Action(Action.What.COMMIT, output.dataset())))) {
                return true;
            }
            output.transferred = transferred;
            act(next);
            return false;
        }
    }

    DatasetAccess.Transferred takeTransferred(Held output) {
        synchronized (lock) {
            DatasetAccess.Transferred taken = Objects.requireNonNull(output.transferred);
            output.transferred = null;
            return taken;
        }
    }

    boolean mayCommit(Held output) {
        synchronized (lock) {
            return decisions.mayCommit(output.dataset());
        }
    }

    void discarded(Held output) {
        synchronized (lock) {
            act(decisions.discarded(output.dataset()));
        }
    }

    void durable(Held output, @Nullable Stored stored, long start) {
        DatasetRef<?> ref = output.ref;
        synchronized (lock) {
            outcomes.durable(output, stored);
            access.durable(ref, output.node, stored, start);
            act(decisions.durable(output.dataset(), held.keepForReaders(output)));
            spool.durable(ref);
        }
        output.ended.complete(null);
    }

    void failed(Held output, DatasetException failure) {
        String message = failure.getMessage();
        boolean isFirst;
        synchronized (lock) {
            isFirst = outcomes.failure(failure);
            outcomes.failed(output, message);
            access.saveFailed(output.ref, output.node, failure);
            act(decisions.failed(output.dataset()));
        }
        if (isFirst) {
            boolean stops = context.onFailure() == FailurePolicy.STOP;
            LOG.error("{}{}", message, stops ? " No further node starts." : "");
        } else { // mostly of the same cause; the result has it all
            LOG.warn("{}", message.lines().findFirst().orElse(""));
        }
        LOG.debug("save failed", failure);
        output.ready.completeExceptionally(failure);
        output.ended.completeExceptionally(failure);
    }

    void givenUp(Held output) {
        synchronized (lock) {
            outcomes.givenUp(output);
            act(decisions.failed(output.dataset()));
        }
        endWaits(output);
    }

    // ---- confirms

    /**
     * A node is going to confirm.
     *
     * @return what has to become durable before; empty if an output never will be, and nothing is to be confirmed
     */
    Optional<List<CompletableFuture<Void>>> beginConfirm(Node node) {
        List<CompletableFuture<Void>> underWay = new ArrayList<>();
        synchronized (lock) {
            for (DatasetRef<?> output : node.outputs()) {
                if (outcomes.of(output) == null) {
                    underWay.add(held.need(output.baseName()).ended);
                } else if (!outcomes.isThere(output)) {
                    return Optional.empty();
                }
            }
            confirming.add(node);
        }
        return Optional.of(underWay);
    }

    /** A node has confirmed, or never will. */
    void confirmed(Node node) {
        synchronized (lock) {
            confirming.remove(node);
            threads.wakeAll(lock);
        }
    }

    void notConfirmed(DatasetException failure) {
        synchronized (lock) {
            outcomes.failure(failure);
            if (context.onFailure() == FailurePolicy.STOP) {
                decisions.stop();
            }
        }
    }

    // ---- what the decisions say; under the lock

    private void act(List<Action> actions) {
        try {
            actions.forEach(this::act);
        } finally {
            threads.wakeAll(lock);
        }
    }

    private void act(Action action) {
        Work how = Objects.requireNonNull(work);
        String dataset = action.dataset();
        switch (action.what()) {
            case TRANSFER -> start(held.need(dataset), how.transfer());
            case COMMIT -> start(held.need(dataset), how.commit());
            case ABANDON -> start(held.need(dataset), how.abandon());
            case FETCH -> start(held.ahead(dataset), how.fetch());
            case DISCARD -> discard(held.need(dataset));
            case RELEASE -> held.release(dataset);
        }
    }

    private void start(Held output, Consumer<Held> how) {
        if (closed) {
            return;
        }
        try {
            background.transfer(() -> how.accept(output), defect -> reportDefect(output, defect));
        } catch (Throwable e) { // there is no thread for it
            breakDown(output, e);
        }
    }

    /** Tasks report every failure of a save themselves; what comes here is a defect of the tee, and must not be lost either. */
    void reportDefect(Held output, Throwable defect) {
        if (output.ended.isDone()) {
            return;
        }
        try {
            failed(output, access.failure(Operation.SAVE, output.ref, output.node, defect));
        } catch (Throwable e) { // an Error that comes again while it is told, as one of class loading does
            breakDown(output, defect);
        }
    }

    /**
     * The last resort: no node begins any more, nobody waits for what may never come, and the run fails. It needs no class that was not needed
     * before: perhaps no file can be opened to load one.
     */
    private void breakDown(Held output, Throwable defect) {
        synchronized (lock) {
            if (broken == null) {
                broken = defect;
                brokenSave = output;
            }
            held.all().forEach(this::endWaits);
            threads.wakeAll(lock);
        }
    }

    private void endWaits(Held output) {
        output.ready.completeExceptionally(stopped);
        output.ended.completeExceptionally(stopped);
    }

    private void discard(Held output) {
        outcomes.discarded(output);
        endWaits(output);
    }

    private void makeRoom(long bytes) {
        synchronized (lock) {
            for (String victim : decisions.evict(bytes)) {
                held.letGo(held.need(victim));
            }
        }
    }

    // ---- the end

    /** Waits until all is settled; what is under way at the end. */
    List<Held> settle(Duration atMost) throws InterruptedException {
        long deadline = threads.nanoTime() + atMost.toNanos();
        synchronized (lock) {
            decisions.stop();
            for (long left = atMost.toNanos();
                    broken == null && (!decisions.isSettled() || !confirming.isEmpty() || spool.isBusy()) && left > 0;
                    left = deadline - threads.nanoTime()) {
                threads.await(lock, left);
            }
            return decisions.underWay().stream().map(held::need).toList();
        }
    }

    /** What became of everything, once nothing is under way any more. */
    Settlement settlement(List<Held> late) {
        synchronized (lock) {
            Throwable defect = broken;
            if (defect == null) {
                late.stream().filter(outcomes::isLate).forEach(output -> outcomes.late(output, late(output)));
                confirming.stream()
                        .filter(node -> node.outputs().stream().allMatch(outcomes::isThere))
                        .forEach(node -> outcomes.failure(Confirms.givenUp(node, null)));
            } else {
                Held output = Objects.requireNonNull(brokenSave);
                outcomes.failure(access.failure(Operation.SAVE, output.ref, output.node, defect));
                late.stream().filter(outcomes::isLate).forEach(outcomes::givenUp);
            }
            return outcomes.settlement();
        }
    }

    private DatasetException late(Held output) {
        IOException why = new IOException("it did not end before the run's deadline, and was given up");
        return access.failure(Operation.SAVE, output.ref, output.node, why);
    }

    /** Nothing is started any more; false if that was so already. */
    boolean close() {
        synchronized (lock) {
            boolean isFirst = !closed;
            closed = true;
            return isFirst;
        }
    }

    /** Lets go of all, once no thread works any more. */
    void clear() {
        List<DatasetAccess.Transferred> never;
        synchronized (lock) {
            never = held.clear();
        }
        never.forEach(DatasetAccess.Transferred::close);
    }
}
