package dev.contraflow;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows in memory. */
record ListRows<T extends @Nullable Object>(List<T> rows) implements Rows<T> {
    @Override
    public Cursor<T> open() {
        return new IteratorCursor<>(rows.iterator());
    }

    @Override
    public long count() {
        return rows.size();
    }

    @Override
    public List<T> toList() {
        return rows;
    }

    @Override
    public String toString() {
        return rows.toString();
    }

    private static final class IteratorCursor<T extends @Nullable Object> implements Cursor<T> {
        private final Iterator<T> rows;
        private @Nullable T row;

        IteratorCursor(Iterator<T> rows) {
            this.rows = rows;
        }

        @Override
        public boolean advance() {
            boolean more = rows.hasNext();
            row = more ? rows.next() : null;
            return more;
        }

        @Override
        @SuppressWarnings("NullAway") // null only where T may be
        public T row() {
            return row;
        }

        @Override
        public void close() {}
    }
}
