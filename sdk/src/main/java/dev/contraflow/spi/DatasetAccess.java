package dev.contraflow.spi;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.Rows;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.internal.run.RunRecord;
import dev.contraflow.internal.run.RunSetup;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.RunEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of loading and saving the datasets of one run. It adds to every failure, once, what a user needs: which dataset of which node,
 * where it lives, where that is written, how often it was tried. A step of a {@linkplain Dataset#isSerial serial} dataset waits until no
 * other step of the run is under way, and the others wait for it. All I/O managers go through it. Thread-safe.
 */
public final class DatasetAccess {
    private static final Logger LOG = LoggerFactory.getLogger(DatasetAccess.class);
    /** How long a commit that has not begun may wait to learn whether the run still has its lock. */
    private static final Duration LONGEST_DOUBT = Duration.ofMinutes(10);
    /** The same for a single request, which waits on a thread of the storage. */
    private static final Duration SHORT_DOUBT = Duration.ofSeconds(5);

    private final RunSetup setup;
    private final BoundDatasets datasets;
    private final Map<String, Dataset<?>> confirmed;
    private final RunEvents events;
    private final Interceptors interceptors;
    private final RunThreads threads;
    private final DatasetSteps steps;
    private final OpenInputs openInputs = new OpenInputs();
    private final Map<String, Long> lastSizes;

    DatasetAccess(RunSetup setup) {
        this.setup = setup;
        this.datasets = setup.datasets();
        this.confirmed = setup.confirmed();
        this.events = setup.events();
        this.interceptors = setup.interceptors();
        this.threads = setup.threads();
        this.steps = new DatasetSteps(setup);
        this.lastSizes = setup.records().lastSizes();
    }

    /**
     * @param ref a dataset of the plan
     * @return the dataset
     */
    @SuppressWarnings(
            "unchecked") // values are checked against the ref's type where they enter: in Node.call and by the decoders
    public Dataset<Object> dataset(DatasetRef<?> ref) {
        return (Dataset<Object>) datasets.dataset(ref);
    }

    /**
     * @param ref a dataset of the plan
     * @return the dataset, or null if its steps cannot be done apart
     */
    public @Nullable EncodedDataset<Object> encoded(DatasetRef<?> ref) {
        return dataset(ref) instanceof EncodedDataset<Object> encoded ? encoded : null;
    }

    /**
     * How large an output was when it was last stored, by the records of earlier runs. It may be larger or smaller this time.
     *
     * @param ref an output
     * @return its bytes; empty if no record says it
     */
    public OptionalLong lastSize(DatasetRef<?> ref) {
        Long size = lastSizes.get(ref.name());
        return size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /** A load, from wherever it is. */
    @FunctionalInterface
    public interface Load {
        /**
         * @return the value
         * @throws InterruptedException if the thread was interrupted
         */
        Object run() throws InterruptedException;
    }

    /** A save, to wherever it is. */
    @FunctionalInterface
    public interface Save {
        /**
         * @param value the value
         * @throws InterruptedException if the thread was interrupted
         */
        void run(Object value) throws InterruptedException;
    }

    /**
     * Stands around the load of one input of a node: interceptors may refuse it or replace the value, and listeners are told that it begins,
     * and if it fails. Every I/O manager loads every input through it, wherever the value comes from.
     *
     * @param ref the input
     * @param node who reads it
     * @param load loads it, and tells the listeners how
     * @return what the node gets
     * @throws InterruptedException if the thread was interrupted
     */
    public Object loading(DatasetRef<?> ref, Node node, Load load) throws InterruptedException {
        interceptors.beforeLoad(ref, node);
        if (!events.isObserved()) {
            return interceptors.afterLoad(ref, node, load.run());
        }
        long start = threads.nanoTime();
        String location = dataset(ref).describe();
        events.emit(new RunEvent.LoadStarted(threads.now(), ref.name(), node.name(), location));
        try {
            return interceptors.afterLoad(ref, node, load.run());
        } catch (DatasetException e) {
            Duration took = Duration.ofNanos(threads.nanoTime() - start);
            events.emit(new RunEvent.LoadFailed(
                    threads.now(), ref.name(), node.name(), location, e.getMessage(), took, e.attempts()));
            throw e;
        }
    }

    /**
     * Stands around the save of one output of a node: interceptors may refuse it or replace the value. Every I/O manager saves every output
     * through it.
     *
     * @param ref the output
     * @param node who writes it
     * @param value what the node returned
     * @param save takes over what is to be stored
     * @throws InterruptedException if the thread was interrupted
     */
    public void saving(DatasetRef<?> ref, Node node, Object value, Save save) throws InterruptedException {
        Object saved = beforeSave(ref, node, value);
        save.run(saved);
        afterSave(ref, node, saved);
    }

    /**
     * The first half of {@link #saving}, for {@link Rows}: they are read before other outputs are saved.
     *
     * @param ref the output
     * @param node who writes it
     * @param value what the node returned
     * @return what is to be stored
     * @throws InterruptedException if the thread was interrupted
     */
    public Object beforeSave(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        return interceptors.beforeSave(ref, node, value);
    }

    /**
     * The second half of {@link #saving}.
     *
     * @param ref the output
     * @param node who writes it
     * @param saved what has been taken over
     * @throws InterruptedException if the thread was interrupted
     */
    public void afterSave(DatasetRef<?> ref, Node node, Object saved) throws InterruptedException {
        interceptors.afterSave(ref, node, saved);
    }

    /**
     * Tells the listeners that an input is there.
     *
     * @param ref the input
     * @param node who reads it
     * @param source where the value came from
     * @param bytes how many bytes it was decoded from, or null if it was not
     * @param start when the load began, by {@link RunThreads#nanoTime}
     */
    public void loaded(DatasetRef<?> ref, Node node, RunEvent.Source source, @Nullable Long bytes, long start) {
        if (events.isObserved()) {
            events.emit(new RunEvent.DatasetLoaded(
                    threads.now(),
                    ref.name(),
                    node.name(),
                    dataset(ref).describe(),
                    source,
                    bytes,
                    Duration.ofNanos(threads.nanoTime() - start),
                    steps.attempts(Operation.LOAD, ref, node)));
        }
    }

    /**
     * Tells the listeners that a value is frozen.
     *
     * @param ref the output
     * @param node who wrote it
     */
    public void computed(DatasetRef<?> ref, Node node) {
        if (events.isObserved()) {
            events.emit(new RunEvent.DatasetComputed(threads.now(), ref.name(), node.name()));
        }
    }

    /**
     * Tells the listeners that the bytes of a value are on their way.
     *
     * @param ref the output
     * @param node who wrote it
     */
    public void saveStarted(DatasetRef<?> ref, Node node) {
        if (events.isObserved()) {
            events.emit(new RunEvent.SaveStarted(
                    threads.now(), ref.name(), node.name(), dataset(ref).describe()));
        }
    }

    /**
     * Tells the listeners that a value is durable.
     *
     * @param ref the output
     * @param node who wrote it
     * @param stored the receipt, or null if the dataset is not made of bytes
     * @param start when the save began, by {@link RunThreads#nanoTime}
     */
    public void durable(DatasetRef<?> ref, Node node, @Nullable Stored stored, long start) {
        if (events.isObserved()) {
            events.emit(new RunEvent.DatasetDurable(
                    threads.now(),
                    ref.name(),
                    node.name(),
                    dataset(ref).describe(),
                    stored,
                    Duration.ofNanos(threads.nanoTime() - start),
                    steps.attempts(Operation.SAVE, ref, node)));
        }
    }

    /**
     * Tells the listeners that a value could not be saved.
     *
     * @param ref the output
     * @param node who wrote it
     * @param failure why
     */
    public void saveFailed(DatasetRef<?> ref, Node node, ContraflowException failure) {
        int attempts = failure instanceof DatasetException tried ? tried.attempts() : 1;
        events.emit(new RunEvent.SaveFailed(
                threads.now(), ref.name(), node.name(), dataset(ref).describe(), failure.getMessage(), attempts));
    }

    /**
     * Confirms what a node asks to be confirmed. I/O managers call it once all outputs of the node are durable.
     *
     * @param node the node
     * @throws DatasetException if something cannot be confirmed
     * @throws InterruptedException if the thread was interrupted
     */
    public void confirm(Node node) throws InterruptedException {
        for (DatasetRef<?> ref : node.confirms()) {
            Dataset<?> dataset = confirmed.get(ref.name());
            if (dataset == null) {
                throw cannotConfirm(ref, node, null, "the catalog does not have it. Add it, or do not confirm it.");
            }
            if (!dataset.isConfirmable()) {
                throw cannotConfirm(
                        ref, node, dataset, "datasets of this type cannot be confirmed. Do not confirm it.");
            }
            steps.attempt(Operation.CONFIRM, ref, dataset, node, () -> {
                dataset.confirm();
                return dataset;
            });
            events.emit(new RunEvent.DatasetConfirmed(threads.now(), ref.name(), node.name()));
        }
    }

    private static DatasetException cannotConfirm(
            DatasetRef<?> ref, Node node, @Nullable Dataset<?> dataset, String problem) {
        String place = dataset == null ? "" : " (" + dataset.describe() + ")";
        return new DatasetException(
                "Cannot confirm dataset '" + ref + "'" + place + " for node '" + node.name() + "': " + problem,
                Operation.CONFIRM,
                ref.name(),
                node.name(),
                dataset == null ? "unknown" : dataset.describe(),
                1,
                null);
    }

    /**
     * Loads a value, once the run has looked at its inputs. {@link Rows} are open until {@link #ended}.
     *
     * @param ref the dataset
     * @param node who reads it
     * @return the value
     * @throws DatasetException if it cannot be loaded
     * @throws RunStoppedException if the run is refused, since something is wrong with its inputs
     * @throws InterruptedException if the thread was interrupted
     */
    public Object load(DatasetRef<?> ref, Node node) throws InterruptedException {
        setup.awaitLook();
        return attempt(Operation.LOAD, ref, node, () -> {
            Object value = dataset(ref).load();
            return ref.isRows() ? opened(ref, node, (Rows<?>) value) : value;
        });
    }

    /**
     * Reads the bytes of a value. Before the run has looked at its inputs this may begin, and ends only once it has.
     *
     * @param ref the dataset, an encoded one
     * @param node who reads it
     * @param memory where the memory comes from
     * @return the bytes; the caller owns them
     * @throws DatasetException if they cannot be read
     * @throws RunStoppedException if the run is refused, since something is wrong with its inputs
     * @throws InterruptedException if the thread was interrupted
     */
    public Content fetch(DatasetRef<?> ref, Node node, Grant memory) throws InterruptedException {
        boolean isLookedAt = setup.isLookedAt(ref);
        long start = threads.nanoTime();
        Content content =
                attempt(Operation.LOAD, ref, node, () -> needEncoded(ref).fetch(memory));
        Duration took = Duration.ofNanos(threads.nanoTime() - start);
        if (!isLookedAt && !isAsSeen(ref, content)) {
            return fetch(ref, node, memory);
        }
        if (events.isObserved()) {
            events.emit(new RunEvent.DatasetFetched(
                    threads.now(),
                    ref.name(),
                    node.name(),
                    dataset(ref).describe(),
                    content.size(),
                    took,
                    steps.attempts(Operation.LOAD, ref, node)));
        }
        return content;
    }

    /** Closes what was read too early and is not what the run has seen. */
    private boolean isAsSeen(DatasetRef<?> ref, Content read) throws InterruptedException {
        boolean isAsSeen = false;
        try {
            isAsSeen = setup.isAsSeen(ref, read);
        } finally {
            if (!isAsSeen) {
                read.close();
                release(ref); // of what was read it may remember more
            }
        }
        return isAsSeen;
    }

    /**
     * Makes a value of bytes.
     *
     * @param ref the dataset through which they are read, an encoded one
     * @param node who reads it
     * @param content the bytes, which stay open until they are done with
     * @param done told, once, that they are, on every path: at once, but for {@link Rows} at {@link #ended}
     * @return a new value
     * @throws DatasetException if the bytes are not such a value
     * @throws InterruptedException if the thread was interrupted
     */
    public Object decode(DatasetRef<?> ref, Node node, Content content, Runnable done) throws InterruptedException {
        boolean inUse = false;
        try {
            Object value = attempt(Operation.LOAD, ref, node, () -> {
                Object decoded = needEncoded(ref).decode(content);
                return ref.isRows() ? opened(ref, node, (Rows<?>) decoded) : decoded;
            });
            if (ref.isRows()) {
                openInputs.add(node, done);
                inUse = true;
            }
            return value;
        } finally {
            if (!inUse) {
                done.run();
            }
        }
    }

    /** Rows as a node gets them. What goes wrong while they are read is a failure to load the dataset, whoever meets it. */
    private Rows<?> opened(DatasetRef<?> ref, Node node, Rows<?> rows) {
        WatchedRows watched = new WatchedRows(
                rows,
                "The rows of dataset '" + ref + "' were opened after node '" + node.name()
                        + "' had ended, which they were read for. Read them within the node.",
                problem -> {
                    if (ReturnedRows.isInterrupt(problem)
                            && Thread.currentThread().isInterrupted()) {
                        return (IOException) new InterruptedIOException(problem.getMessage()).initCause(problem);
                    }
                    throw failure(Operation.LOAD, ref, node, problem);
                });
        openInputs.add(node, watched::close);
        return watched;
    }

    /**
     * Closes the {@link Rows} that a node has read, and then what they were read from. To be called when the node ends, on every path.
     *
     * @param node the node
     */
    public void ended(Node node) {
        openInputs.close(node);
    }

    /**
     * Makes bytes of a value. {@link Rows} are read meanwhile, so they are encoded on the thread of their node, before it has {@linkplain
     * #ended ended}.
     *
     * @param ref the dataset, an encoded one
     * @param node who writes it
     * @param value the value
     * @param memory where the memory comes from
     * @return the bytes; the caller owns them
     * @throws DatasetException if the value cannot be encoded, or an input that rows are made of cannot be read
     * @throws NodeException if the node's functions failed that make the rows
     * @throws InterruptedException if the thread was interrupted
     */
    public Content encode(DatasetRef<?> ref, Node node, Object value, Grant memory) throws InterruptedException {
        if (!ref.isRows()) {
            return attempt(Operation.SAVE, ref, node, () -> needEncoded(ref).encode(value, memory));
        }
        return readRows(ref, node, value, rows -> needEncoded(ref).encode(rows, memory), Content::close);
    }

    private <T> T readRows(
            DatasetRef<?> ref, Node node, Object value, ReturnedRows.Reading<T> reading, Consumer<? super T> discard)
            throws InterruptedException {
        ReturnedRows returned = new ReturnedRows(ref, node, (Rows<?>) value);
        try (returned) {
            return attempt(Operation.SAVE, ref, node, () -> returned.read(reading, discard));
        } catch (DatasetException e) {
            returned.throwIfFailed();
            throw e;
        }
    }

    /**
     * Stores the bytes of a value: transfer, then commit. Returns after the write is closed.
     *
     * @param ref the dataset, an encoded one
     * @param node who writes it
     * @param content the bytes; still the caller's
     * @return the receipt
     * @throws DatasetException if they cannot be stored
     * @throws InterruptedException if the thread was interrupted
     */
    public Stored store(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        try (Transferred transferred = transfer(ref, node, content)) {
            return Objects.requireNonNull(commit(transferred, () -> true));
        }
    }

    private record Receipt(@Nullable Stored stored) {}

    private void checkLock() throws IOException {
        setup.checkLock(LONGEST_DOUBT);
    }

    /**
     * Bytes that the storage has, and that are not visible yet. Whoever got it either {@linkplain #commit commits} it or closes it: then they
     * never become visible. Used by one thread at a time.
     */
    public final class Transferred implements AutoCloseable {
        private final DatasetRef<?> ref;
        private final Node node;
        private final Content content;
        private @Nullable PendingWrite write;
        private final @Nullable Stored known; // by an earlier attempt or run, and the same bytes

        private Transferred(
                DatasetRef<?> ref, Node node, Content content, @Nullable PendingWrite write, @Nullable Stored known) {
            this.known = known;
            this.ref = ref;
            this.node = node;
            this.content = content;
            this.write = write;
        }

        /** The write that was begun; after a commit that failed another one, which is sent anew from the bytes that are still here. */
        private PendingWrite take() throws IOException {
            PendingWrite begun = write;
            write = null;
            return begun == null ? begun(ref, node, content) : begun;
        }

        /** Gives it up, if it was not committed. A failure of that is logged: nothing became visible. */
        @Override
        public void close() {
            PendingWrite abandoned = write;
            write = null;
            if (abandoned != null) {
                try {
                    abandoned.close();
                } catch (IOException | RuntimeException e) {
                    LOG.warn("The write of dataset '{}' that was given up could not be closed", ref, e);
                }
            }
        }
    }

    /**
     * Sends the bytes of a value, so that they can be made visible; nothing is sent if an earlier attempt of the run, or an earlier run, has
     * stored just these bytes at this place, and they are there still.
     *
     * @param ref the dataset, an encoded one
     * @param node who writes it
     * @param content the bytes; still the caller's, who keeps them open until the commit has ended
     * @return what is to be committed or closed
     * @throws DatasetException if they cannot be sent
     * @throws InterruptedException if the thread was interrupted
     */
    public Transferred transfer(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        Stored known = attempt(
                        Operation.SAVE,
                        ref,
                        node,
                        () -> new Receipt(
                                setup.storedBefore(ref, content::sha256).orElse(null)))
                .stored();
        if (known != null) {
            steps.needed(Operation.SAVE, ref, node, 0);
        }
        PendingWrite write = known == null ? attempt(Operation.SAVE, ref, node, () -> begun(ref, node, content)) : null;
        return new Transferred(ref, node, content, write, known);
    }

    private PendingWrite begun(DatasetRef<?> ref, Node node, Content content) throws IOException {
        RunRecord record = setup.record().orElse(null);
        int madeIn = record == null ? setup.attempt() : record.attemptOf(node);
        String madeFrom = record == null ? null : record.madeFrom(node);
        PendingWrite write = needEncoded(ref)
                .beginWrite(new WriteSpec(
                        setup.runId().value(),
                        madeIn,
                        madeFrom,
                        WriteSpec.Existing.OVERWRITE,
                        () -> setup.checkLock(SHORT_DOUBT)));
        try {
            write.transfer(content);
            return write;
        } catch (IOException | RuntimeException | Error e) {
            try {
                write.close();
            } catch (IOException | RuntimeException notClosed) {
                e.addSuppressed(notClosed);
            }
            throw e;
        }
    }

    /**
     * Makes bytes visible, and notes that they are durable.
     *
     * @param transferred the bytes
     * @param mayCommit asked before each attempt; if it says no, nothing becomes visible
     * @return the receipt, or null if it was not to be committed
     * @throws DatasetException if they cannot be made visible
     * @throws InterruptedException if the thread was interrupted
     */
    public @Nullable Stored commit(Transferred transferred, BooleanSupplier mayCommit) throws InterruptedException {
        DatasetRef<?> ref = transferred.ref;
        Stored known = transferred.known;
        @Nullable
        Stored stored = attempt(Operation.SAVE, ref, transferred.node, () -> {
                    checkLock();
                    if (!mayCommit.getAsBoolean()) {
                        return new Receipt(null);
                    }
                    if (known != null) {
                        return new Receipt(known);
                    }
                    try (PendingWrite write = transferred.take()) {
                        return new Receipt(write.commit());
                    }
                })
                .stored();
        if (stored == null) {
            return null;
        }
        note(ref, transferred.node, stored, stored.etag());
        return stored;
    }

    /**
     * Keeps the bytes of an output on the local disk until they are durable, so that a later attempt of the run can store them without computing
     * them again. Does nothing if they are durable or kept already, or if it would be too much. What cannot be kept takes nothing from the
     * run: the first time a warning says why.
     *
     * @param ref the output, an encoded one
     * @param node who wrote it
     * @param content the bytes; still the caller's, who keeps them open until this returns or the output is durable
     * @param most the most bytes that the run keeps at once
     */
    public void spool(DatasetRef<?> ref, Node node, Content content, long most) {
        RunRecord record = setup.record().orElse(null);
        String file = record == null ? null : setup.spool().write(ref.name(), content, most);
        if (record != null && file != null) {
            record.spooled(ref, node, dataset(ref).describe(), content, file);
        }
    }

    /**
     * Saves a value as one step. {@link Rows} are read meanwhile, as in {@link #encode}; what does not persist keeps them in a list.
     *
     * @param ref the dataset
     * @param node who writes it
     * @param value the value
     * @throws DatasetException if it cannot be saved, or an input that rows are made of cannot be read
     * @throws NodeException if the node's functions failed that make the rows
     * @throws InterruptedException if the thread was interrupted
     */
    public void save(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        if (!ref.isRows()) {
            attempt(Operation.SAVE, ref, node, () -> {
                checkLock();
                dataset(ref).save(value);
                return ref;
            });
            noteIfPersistent(ref, node);
            return;
        }
        Dataset<Object> dataset = dataset(ref);
        ReturnedRows.Reading<DatasetRef<?>> saving = rows -> {
            checkLock();
            dataset.save(dataset.isPersistent() ? rows : ReturnedRows.kept(rows));
            return ref;
        };
        readRows(ref, node, value, saving, saved -> {});
        noteIfPersistent(ref, node);
    }

    /**
     * Tells a dataset to let go of values kept in memory, after their last use. A failure of that is logged: it takes nothing from the run.
     *
     * @param ref the dataset
     */
    public void release(DatasetRef<?> ref) {
        try {
            dataset(ref).release();
        } catch (RuntimeException e) {
            LOG.warn("Dataset {} could not let go of its value", ref, e);
        }
    }

    private void noteIfPersistent(DatasetRef<?> ref, Node node) throws InterruptedException {
        if (dataset(ref).isPersistent()) {
            note(ref, node, null, markOf(ref));
        }
    }

    /** By it a run that is resumed sees whether somebody has changed since what was saved as a whole. */
    private @Nullable String markOf(DatasetRef<?> ref) {
        try {
            return dataset(ref).mark().orElse(null);
        } catch (IOException | RuntimeException e) {
            LOG.debug("it is not known what {} is like after its save", ref, e);
            return null;
        }
    }

    /** From now on the save counts: a run that is resumed relies on it. */
    private void note(DatasetRef<?> ref, Node node, @Nullable Stored stored, @Nullable String mark)
            throws InterruptedException {
        try {
            RunRecord record = setup.record().orElse(null);
            if (record != null) {
                record.durable(ref, node, stored, mark);
                setup.spool().durable(ref.name());
            }
        } catch (IOException e) {
            throw failure(Operation.SAVE, ref, node, e);
        }
    }

    private EncodedDataset<Object> needEncoded(DatasetRef<?> ref) {
        EncodedDataset<Object> encoded = encoded(ref);
        if (encoded == null) {
            throw new IllegalArgumentException("Dataset '" + ref + "' cannot be encoded");
        }
        return encoded;
    }

    private <T> T attempt(Operation operation, DatasetRef<?> ref, Node node, DatasetSteps.Step<T> step)
            throws InterruptedException {
        return steps.attempt(operation, ref, dataset(ref), node, step);
    }

    /**
     * The failure of a dataset, with all that a user needs.
     *
     * @param operation what was done
     * @param ref the dataset
     * @param node who reads or writes it
     * @param cause what went wrong
     * @return the failure, for the caller to throw or report
     */
    public DatasetException failure(Operation operation, DatasetRef<?> ref, Node node, Throwable cause) {
        return steps.failure(operation, ref, dataset(ref), node, cause, 1);
    }
}
