package dev.contraflow.formats.core;

import dev.contraflow.Rows.Cursor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A cursor over bytes that somebody else closes: it holds the row that it stands at, and a subclass reads the next one. */
abstract class RowReader implements Cursor<@Nullable Object> {
    private @Nullable Object row;

    @Override
    public final @Nullable Object row() {
        return row;
    }

    /** Sets the row that it stands at. */
    final boolean standAt(@Nullable Object next) {
        row = next;
        return true;
    }

    /** There is no further row. */
    final boolean end() {
        row = null;
        return false;
    }

    @Override
    public void close() throws IOException {
        row = null;
    }
}
