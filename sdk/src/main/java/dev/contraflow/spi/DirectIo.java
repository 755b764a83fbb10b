package dev.contraflow.spi;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.RunEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Saves a node's outputs before the node is done, and loads its inputs when it begins: the plain run, against which every other manager is
 * measured. In its parallel form the loads of one node go side by side, and so do its saves (Kedro's {@code is_async}). Subclasses change
 * where a value is loaded from and what is kept of a saved one. Thread-safe.
 */
public class DirectIo implements IoManager {
    private static final int PARALLEL = 16;
    private static final String INTERRUPTED = "the run was interrupted";
    private static final long MOST_ROWS_IN_MEMORY = 8L << 20;

    private final IoContext context;
    private final Grant memoryForRows; // the rest of their bytes stands in spill files
    private final @Nullable ExecutorService pool; // null: one after the other, on the node's thread
    private final Map<String, AtomicInteger> readsLeft = new HashMap<>(); // by base name
    private final Map<String, AtomicInteger> viewReadsLeft = new HashMap<>(); // by full name
    private final Map<String, DatasetResult> results = new ConcurrentHashMap<>();

    /**
     * @param context what it works with
     * @param form how the loads and saves of one node follow each other
     */
    protected DirectIo(IoContext context, Form form) {
        this.context = context;
        this.memoryForRows =
                Grant.bounded(Math.min(MOST_ROWS_IN_MEMORY, Runtime.getRuntime().maxMemory() / 16), context.scratch());
        this.pool = form == Form.ONE_BY_ONE
                ? null
                : context.threads().pool("contraflow-io-" + context.runId(), PARALLEL, new LinkedBlockingQueue<>());
        context.plan()
                .datasets()
                .values()
                .forEach(
                        d -> readsLeft.put(d.name(), new AtomicInteger(d.reads().size())));
        context.plan()
                .nodes()
                .forEach(node -> node.inputs()
                        .forEach(ref -> viewReadsLeft
                                .computeIfAbsent(ref.name(), name -> new AtomicInteger())
                                .incrementAndGet()));
    }

    /** How the loads and saves of one node follow each other. */
    public enum Form {
        /** One after the other. */
        ONE_BY_ONE,
        /** Side by side, at most 16 in one run. */
        SIDE_BY_SIDE
    }

    /** @return what makes the plain manager, {@code plain} */
    public static IoManager.Factory plain() {
        return factory("plain", Form.ONE_BY_ONE);
    }

    /** @return what makes the manager that is parallel within a node, {@code async} */
    public static IoManager.Factory async() {
        return factory("async", Form.SIDE_BY_SIDE);
    }

    private static IoManager.Factory factory(String id, Form form) {
        return new IoManager.Factory() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public void check(ConfigSection options) {
                options.rejectOtherKeys();
            }

            @Override
            public IoManager open(IoContext context) {
                check(context.options());
                return new DirectIo(context, form);
            }
        };
    }

    /** @return what it works with */
    protected final IoContext context() {
        return context;
    }

    @Override
    public NodeIo open(Node node) {
        return new DirectNodeIo(node);
    }

    /**
     * Loads one input.
     *
     * @param ref the input
     * @param node who reads it
     * @return the value
     * @throws DatasetException if it cannot be loaded
     * @throws InterruptedException if the thread was interrupted
     */
    protected Object load(DatasetRef<?> ref, Node node) throws InterruptedException {
        long start = context.threads().nanoTime();
        DatasetAccess datasets = context.datasets();
        if (datasets.encoded(ref) == null) {
            Object value = datasets.load(ref, node);
            boolean isPersistent = datasets.dataset(ref).isPersistent();
            datasets.loaded(ref, node, isPersistent ? RunEvent.Source.STORAGE : RunEvent.Source.MEMORY, null, start);
            return value;
        }
        Content content = datasets.fetch(ref, node, ref.isRows() ? memoryForRows : Grant.unbounded());
        long size = content.size();
        Object value =
                datasets.decode(ref, node, content, content::close); // the bytes of rows stay until the node ends
        datasets.loaded(ref, node, RunEvent.Source.STORAGE, size, start);
        return value;
    }

    /**
     * Called with an output before it is encoded.
     *
     * @param ref the output
     * @param value the value that the node returned
     * @return what is encoded, and given to {@link #keep}: the value, or a frozen copy of it
     */
    protected Object beforeEncoding(DatasetRef<?> ref, Object value) {
        return value;
    }

    /**
     * Called with the bytes of an output, after they are durable.
     *
     * @param ref the output
     * @param value the value that was encoded
     * @param content its bytes; the callee owns them
     */
    protected void keep(DatasetRef<?> ref, Object value, Content content) {
        content.close();
    }

    /**
     * Called after the last reader of a dataset is done.
     *
     * @param dataset the dataset's name, without view
     */
    protected void release(String dataset) {}

    /** One output on its way: its value, and, of rows, the bytes, which whoever takes them owns. */
    private record Output(DatasetRef<?> ref, Object value, AtomicReference<@Nullable Content> rows) {
        Output(DatasetRef<?> ref, Object value) {
            this(ref, value, new AtomicReference<>());
        }
    }

    /** Rows are read on the node's thread, before anything is saved: if the functions that make them fail, the node has failed. */
    private Output encodedRows(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        Output output = new Output(ref, context.datasets().beforeSave(ref, node, value));
        if (context.datasets().encoded(ref) == null) {
            return output; // its save reads them
        }
        try {
            output.rows.set(context.datasets().encode(ref, node, output.value, memoryForRows));
            return output;
        } catch (DatasetException e) {
            if (isSaveFailure(e)) {
                saveFailed(ref, node, e);
            }
            throw e;
        }
    }

    /** What is not encoded reads the rows while it saves them, or keeps them in memory. */
    private void saveReadingRows(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        boolean isPersistent = context.datasets().dataset(ref).isPersistent();
        long start = context.threads().nanoTime();
        if (isPersistent) {
            result(ref, DatasetResult.State.UNFINISHED, null, INTERRUPTED);
            context.datasets().saveStarted(ref, node);
        }
        try {
            context.datasets().save(ref, node, value);
        } catch (DatasetException | NodeException e) {
            if (isPersistent || isSaveFailure(e)) { // whoever has failed, a part of the rows may be there
                saveFailed(ref, node, e);
            }
            throw e;
        }
        context.datasets().computed(ref, node);
        if (isPersistent) {
            durable(ref, node, null, start);
        } else {
            result(ref, DatasetResult.State.IN_MEMORY, null, null);
        }
    }

    /** Else it is a failure of the node, or of an input that its rows are made of. */
    private static boolean isSaveFailure(ContraflowException e) {
        return e instanceof DatasetException dataset && dataset.operation() == DatasetException.Operation.SAVE;
    }

    private void saveFailed(DatasetRef<?> ref, Node node, ContraflowException failure) {
        result(ref, DatasetResult.State.FAILED, null, failure.getMessage());
        context.datasets().saveFailed(ref, node, failure);
    }

    private void save(Output output, Node node) throws InterruptedException {
        DatasetRef<?> ref = output.ref;
        boolean isPersistent = context.datasets().dataset(ref).isPersistent();
        long start = context.threads().nanoTime();
        result(ref, DatasetResult.State.UNFINISHED, null, INTERRUPTED); // what stands if the save does not end
        context.datasets().computed(ref, node);
        if (isPersistent) {
            context.datasets().saveStarted(ref, node);
        }
        try {
            if (isPersistent) {
                durable(ref, node, saveDurably(output, node), start);
            } else {
                Object frozen = Freezer.freeze(output.value, ref.type());
                context.datasets().save(ref, node, frozen == null ? output.value : frozen);
                result(ref, DatasetResult.State.IN_MEMORY, null, null);
            }
        } catch (DatasetException e) {
            saveFailed(ref, node, e);
            throw e;
        }
    }

    private void restore(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        long start = context.threads().nanoTime();
        result(ref, DatasetResult.State.UNFINISHED, null, INTERRUPTED);
        context.datasets().saveStarted(ref, node);
        try (content) {
            durable(ref, node, context.datasets().store(ref, node, content), start);
        } catch (DatasetException e) {
            saveFailed(ref, node, e);
            throw e;
        }
    }

    private void durable(DatasetRef<?> ref, Node node, @Nullable Stored stored, long start) {
        result(ref, DatasetResult.State.DURABLE, stored, null);
        context.datasets().durable(ref, node, stored, start);
    }

    private void result(DatasetRef<?> ref, DatasetResult.State state, @Nullable Stored stored, @Nullable String why) {
        results.put(ref.name(), new DatasetResult(ref.name(), state, stored, why));
    }

    private @Nullable Stored saveDurably(Output output, Node node) throws InterruptedException {
        DatasetRef<?> ref = output.ref;
        if (context.datasets().encoded(ref) == null) {
            context.datasets().save(ref, node, output.value);
            return null;
        }
        Object settled = ref.isRows() ? output.value : beforeEncoding(ref, output.value);
        Content content = ref.isRows()
                ? output.rows.getAndSet(null)
                : context.datasets().encode(ref, node, settled, Grant.unbounded());
        if (content == null) {
            throw new InterruptedException("the node was given up meanwhile");
        }
        boolean handedOver = false;
        try {
            Stored stored = context.datasets().store(ref, node, content);
            handedOver = true;
            keep(ref, settled, content);
            return stored;
        } finally {
            if (!handedOver) {
                content.close();
            }
        }
    }

    private void readOnce(DatasetRef<?> ref) {
        if (isLast(readsLeft, ref.baseName())) {
            release(ref.baseName());
        }
        boolean isTheCallers = context.plan().dataset(ref).isInput(); // that stays, as in Kedro
        if (isLast(viewReadsLeft, ref.name()) && !isTheCallers) {
            context.datasets().release(ref);
        }
    }

    private static boolean isLast(Map<String, AtomicInteger> left, String name) {
        AtomicInteger count = left.get(name);
        return count != null && count.decrementAndGet() == 0;
    }

    /** A view that is only written has no last reader; others read the dataset through views of their own. */
    private void releaseUnlessRead(DatasetRef<?> written) {
        boolean isRead = viewReadsLeft.containsKey(written.name());
        if (!isRead && !context.plan().dataset(written).isFinalOutput()) {
            context.datasets().release(written);
        }
    }

    @Override
    public Settlement settle(Duration atMost) throws InterruptedException {
        ExecutorService executor = pool;
        if (executor != null) { // saves of an interrupted node end after it
            executor.shutdown();
            executor.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
        }
        return new Settlement(results, List.of()); // every failure has been thrown by a save
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.shutdownNow();
            try {
                if (!pool.awaitTermination(30, TimeUnit.SECONDS)) {
                    org.slf4j.LoggerFactory.getLogger(DirectIo.class)
                            .warn("An I/O thread of run {} does not end", context.runId());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        context.plan().nodes().forEach(context.datasets()::ended); // a load may have ended after its interrupted node
    }

    /** Does all tasks, side by side if there is a pool, and throws the first failure with the others suppressed, after all have ended. */
    private <T> List<T> all(List<DatasetRef<?>> refs, List<Callable<T>> tasks) throws InterruptedException {
        ExecutorService executor = pool;
        List<T> done = new ArrayList<>(tasks.size());
        boolean anySerial =
                refs.stream().anyMatch(ref -> context.datasets().dataset(ref).isSerial());
        if (executor == null || tasks.size() < 2 || anySerial) {
            for (Callable<T> task : tasks) {
                done.add(call(task));
            }
            return done;
        }
        List<Future<T>> futures = executor.invokeAll(tasks);
        Throwable first = null;
        for (Future<T> future : futures) {
            try {
                done.add(future.get());
            } catch (ExecutionException e) {
                if (first == null) {
                    first = e.getCause();
                } else {
                    first.addSuppressed(e.getCause());
                }
            }
        }
        if (first == null) {
            return done;
        }
        return call(rethrowing(first));
    }

    private static <T> Callable<T> rethrowing(Throwable failure) {
        return () -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        };
    }

    private static <T> T call(Callable<T> task) throws InterruptedException {
        try {
            return task.call();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("tasks throw nothing else", e);
        }
    }

    private final class DirectNodeIo implements NodeIo {
        private final Node node;
        private boolean closed;

        DirectNodeIo(Node node) {
            this.node = node;
        }

        @Override
        public Object[] load() throws InterruptedException {
            DatasetAccess access = context.datasets();
            List<DatasetRef<?>> refs = node.inputs().stream().distinct().toList(); // each once, though it stand twice
            List<Callable<Object>> loads = new ArrayList<>(refs.size());
            refs.forEach(ref -> loads.add(() -> access.loading(ref, node, () -> DirectIo.this.load(ref, node))));
            List<Object> loaded = all(refs, loads);
            return node.inputs().stream()
                    .map(ref -> loaded.get(refs.indexOf(ref)))
                    .toArray();
        }

        @Override
        public void save(Object[] values) throws InterruptedException {
            DatasetAccess access = context.datasets();
            List<Output> outputs = new ArrayList<>(values.length);
            try {
                for (int i = 0; i < values.length; i++) {
                    DatasetRef<?> ref = node.outputs().get(i);
                    outputs.add(ref.isRows() ? encodedRows(ref, node, values[i]) : new Output(ref, values[i]));
                }
                for (Output output : outputs) {
                    if (isReadBySave(output)) {
                        saveReadingRows(output.ref, node, output.value);
                        access.afterSave(output.ref, node, output.value);
                    }
                }
                saveAll(outputs.stream().filter(output -> !isReadBySave(output)).toList());
            } finally {
                outputs.forEach(output -> closeIfAny(output.rows.getAndSet(null)));
            }
            if (values.length == node.outputs().size()) {
                access.confirm(node);
            }
        }

        @Override
        public void restore(List<Content> contents) throws InterruptedException {
            List<Callable<Boolean>> saves = new ArrayList<>(contents.size());
            for (int i = 0; i < contents.size(); i++) {
                DatasetRef<?> ref = node.outputs().get(i);
                Content content = contents.get(i);
                saves.add(() -> {
                    DirectIo.this.restore(ref, node, content);
                    return true;
                });
            }
            all(node.outputs(), saves);
            context.datasets().confirm(node);
        }

        private boolean isReadBySave(Output output) {
            return output.ref.isRows() && context.datasets().encoded(output.ref) == null;
        }

        private void saveAll(List<Output> outputs) throws InterruptedException {
            List<Callable<Boolean>> saves = new ArrayList<>(outputs.size());
            for (Output output : outputs) {
                saves.add(() -> {
                    save(output);
                    return true;
                });
            }
            all(outputs.stream().<DatasetRef<?>>map(Output::ref).toList(), saves);
        }

        private void save(Output output) throws InterruptedException {
            DatasetAccess access = context.datasets();
            if (output.ref.isRows()) { // interceptors have seen them
                DirectIo.this.save(output, node);
                access.afterSave(output.ref, node, output.value);
            } else {
                access.saving(
                        output.ref,
                        node,
                        output.value,
                        saved -> DirectIo.this.save(new Output(output.ref, saved), node));
            }
        }

        private void closeIfAny(@Nullable Content abandoned) {
            if (abandoned != null) {
                abandoned.close();
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                context.datasets().ended(node);
                node.inputs().forEach(DirectIo.this::readOnce);
                node.outputs().forEach(DirectIo.this::releaseUnlessRead);
            }
        }
    }
}
