package dev.contraflow.spi;

import dev.contraflow.Rows;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Rows on their way into a node or out of it: it knows the cursors that are open, closes them at the end, and says whose fault a failure is.
 * Thread-safe as far as the rows are.
 */
final class WatchedRows implements Rows<@Nullable Object>, AutoCloseable {
    private final Rows<?> rows;
    private final String tooLate;
    private final Blame blame;
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param rows the rows
     * @param tooLate what to tell who opens them after the end
     * @param blame gets every failure
     */
    WatchedRows(Rows<?> rows, String tooLate, Blame blame) {
        this.rows = Objects.requireNonNull(rows, "rows is null");
        this.tooLate = tooLate;
        this.blame = blame;
    }

    /** Makes of a failure what is thrown in its place. */
    interface Blame {
        /** Returns the exception to throw, or throws it if it is unchecked. */
        IOException failed(Throwable failure);
    }

    @Override
    public Cursor<@Nullable Object> open() throws IOException {
        requireOpen();
        try {
            Watched cursor = new Watched(rows.open());
            open.add(cursor);
            if (closed) { // it may have come after close() looked
                cursor.close();
            }
            return cursor;
        } catch (IOException | RuntimeException | Error e) {
            throw blame.failed(e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(tooLate);
        }
    }

    /** Closes what was left open. What cannot be closed is logged: nobody reads it any more. */
    @Override
    public void close() {
        closed = true;
        for (Watched cursor : open) {
            try {
                cursor.close();
            } catch (IOException | RuntimeException e) {
                LoggerFactory.getLogger(WatchedRows.class).warn("Rows could not be closed", e);
            }
        }
    }

    private final class Watched implements Cursor<@Nullable Object> {
        private final Cursor<?> cursor;
        private boolean standsAtRow;

        Watched(Cursor<?> cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean advance() throws IOException {
            standsAtRow = false;
            if (!open.contains(this)) {
                requireOpen();
                return false; // at its end, or closed by who opened it
            }
            try {
                standsAtRow = cursor.advance();
                if (!standsAtRow) {
                    end();
                }
                return standsAtRow;
            } catch (IOException | RuntimeException | Error e) {
                throw blame.failed(e);
            }
        }

        @Override
        public @Nullable Object row() {
            if (!standsAtRow) {
                throw new IllegalStateException(
                        "The cursor does not stand at a row: ask only after advance() said true");
            }
            return cursor.row();
        }

        @Override
        public void close() throws IOException {
            standsAtRow = false;
            try {
                end();
            } catch (IOException | RuntimeException | Error e) {
                throw blame.failed(e);
            }
        }

        private void end() throws IOException {
            if (open.remove(this)) {
                cursor.close();
            }
        }
    }
}
