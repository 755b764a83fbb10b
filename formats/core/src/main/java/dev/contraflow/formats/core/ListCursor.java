package dev.contraflow.formats.core;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The elements of a list, as rows. */
final class ListCursor extends RowReader {
    private final Iterator<@Nullable Object> elements;

    ListCursor(List<@Nullable Object> list) {
        this.elements = list.iterator();
    }

    @Override
    public boolean advance() {
        return elements.hasNext() ? standAt(elements.next()) : end();
    }
}
