package dev.contraflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a stream, which it owns. */
final class StreamCursor<T extends @Nullable Object> implements Rows.Cursor<T> {
    private final Stream<? extends T> stream;
    private final Iterator<? extends T> rows;
    private @Nullable T row;

    private StreamCursor(Stream<? extends T> stream) {
        this.stream = stream;
        this.rows = stream.iterator();
    }

    static <T extends @Nullable Object> StreamCursor<T> open(Rows.Source<? extends T> source) throws IOException {
        try {
            return new StreamCursor<>(Objects.requireNonNull(source.open(), "the source of rows gave null"));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (Exception e) {
            throw Cursors.thrown(e);
        }
    }

    @Override
    public boolean advance() throws IOException {
        try {
            boolean more = rows.hasNext();
            row = more ? rows.next() : null;
            return more;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    @SuppressWarnings("NullAway") // null only where T may be
    public T row() {
        return row;
    }

    @Override
    public void close() throws IOException {
        row = null;
        try {
            stream.close();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
