package dev.contraflow.spi;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeException;
import dev.contraflow.Rows;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a node returned, while they are read for one of its outputs. They are made by the user's functions, so whatever the reader makes
 * of a failure of the rows, it is the node's. Used by one thread.
 */
final class ReturnedRows implements AutoCloseable {
    private final DatasetRef<?> ref;
    private final Node node;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final WatchedRows rows;

    ReturnedRows(DatasetRef<?> ref, Node node, Object value) {
        this.ref = ref;
        this.node = node;
        this.rows = new WatchedRows(
                (Rows<?>) value,
                "The rows that node '" + node.name() + "' returned for dataset '" + ref
                        + "' were opened after they had been read.",
                this::failed);
    }

    private IOException failed(Throwable e) {
        failure.compareAndSet(null, e);
        if (e instanceof IOException io) {
            return io;
        }
        if (e instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) e;
    }

    /** The rows, to be read now. */
    Rows<?> rows() {
        return rows;
    }

    /** The rows in memory, each as immutable as it can be made. */
    Rows<?> kept() throws IOException {
        List<@Nullable Object> kept = new ArrayList<>();
        try (Rows.Cursor<@Nullable Object> cursor = rows.open()) {
            while (cursor.advance()) {
                Object row = cursor.row();
                Object frozen = row == null ? null : Freezer.freeze(row);
                kept.add(frozen == null ? row : frozen);
            }
        }
        return Rows.of(kept);
    }

    /** One step of I/O in which the rows are read. */
    interface Reading<T> {
        T run() throws InterruptedException;
    }

    /**
     * Reads the rows.
     *
     * @param reading the step that reads them
     * @param discard gets its result if the rows failed and the step did not notice
     * @throws DatasetException if the step failed, or an input that the rows are made of could not be read
     * @throws NodeException if a function of the user's failed
     */
    <T> T during(Reading<T> reading, Consumer<? super T> discard) throws InterruptedException {
        T result;
        try {
            result = reading.run();
        } catch (DatasetException e) {
            throwIfFailed();
            throw e;
        }
        if (failure.get() != null) {
            discard.accept(result);
            throwIfFailed();
        }
        return result;
    }

    private void throwIfFailed() throws InterruptedException {
        Throwable thrown = failure.get();
        if (thrown == null) {
            return;
        }
        Throwable cause = thrown instanceof UndeclaredThrowableException && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (cause instanceof DatasetException input && input.node().equals(node.name())) {
            throw input;
        }
        String first = cause.toString().lines().findFirst().orElse(""); // the cause has the rest
        throw new NodeException(
                "Node '" + node.name() + "' failed in the rows that it returned for dataset '" + ref + "': " + first,
                node.name(),
                cause);
    }

    @Override
    public void close() {
        rows.close();
    }
}
