package dev.contraflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Feeds a stream from a cursor, which it closes at its end. */
final class RowSpliterator<T extends @Nullable Object> extends Spliterators.AbstractSpliterator<T> {
    private final Rows.Cursor<T> cursor;
    private boolean ended;

    private RowSpliterator(Rows.Cursor<T> cursor) {
        super(Long.MAX_VALUE, Spliterator.ORDERED);
        this.cursor = cursor;
    }

    static <T extends @Nullable Object> Stream<T> stream(Rows.Cursor<T> cursor) {
        RowSpliterator<T> rows = new RowSpliterator<>(cursor);
        return StreamSupport.stream(rows, false).onClose(rows::close);
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        try {
            if (!ended && cursor.advance()) {
                action.accept(cursor.row());
                return true;
            }
            ended = true;
            cursor.close();
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void close() {
        ended = true;
        try {
            cursor.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
