package dev.contraflow.formats.core;

import dev.contraflow.Rows;
import dev.contraflow.Rows.Cursor;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.RowsFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How rows stand as bytes, one after the other. A list and {@link Rows} of the same rows go through the same codec, so they give the same
 * bytes. Stateless and thread-safe.
 */
abstract class RowCodec {
    private final String typeId;

    RowCodec(String typeId) {
        this.typeId = typeId;
    }

    final String typeId() {
        return typeId;
    }

    /** Writes the rows that are still to come. */
    abstract void write(Cursor<?> rows, OutputStream out) throws IOException;

    /** Reads rows one at a time. */
    abstract Cursor<@Nullable Object> read(InputStream in) throws IOException;

    /** The type of a row, if values of a type are a List or Rows of them. */
    static Optional<Type> rowType(TypeRef<?> type) {
        boolean isOfRows = type.rawType() == List.class || type.rawType() == Rows.class;
        return isOfRows && type.type() instanceof ParameterizedType generic
                ? Optional.of(generic.getActualTypeArguments()[0])
                : Optional.empty();
    }

    /** The format of a List or of Rows. */
    @SuppressWarnings("unchecked") // T is the List or the Rows of which rowType gave the row
    final <T> Format<T> format(TypeRef<T> type) {
        return (Format<T>) (type.rawType() == Rows.class ? new OfRows(this) : new OfList(this));
    }

    private record OfRows(RowCodec codec) implements RowsFormat<@Nullable Object> {
        @Override
        public String typeId() {
            return codec.typeId();
        }

        @Override
        public void encode(Rows<@Nullable Object> value, OutputStream out) throws IOException {
            try (Cursor<@Nullable Object> rows = value.open()) {
                codec.write(rows, out);
            }
        }

        @Override
        public Cursor<@Nullable Object> read(InputStream in) throws IOException {
            return codec.read(in);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    private record OfList(RowCodec codec) implements Format<List<@Nullable Object>> {
        @Override
        public String typeId() {
            return codec.typeId();
        }

        @Override
        public void encode(List<@Nullable Object> value, OutputStream out) throws IOException {
            try (Cursor<@Nullable Object> rows = new ListCursor(value)) {
                codec.write(rows, out);
            }
        }

        @Override
        public List<@Nullable Object> decode(InputStream in) throws IOException {
            List<@Nullable Object> rows = new ArrayList<>();
            try (Cursor<@Nullable Object> cursor = codec.read(in)) {
                while (cursor.advance()) {
                    rows.add(cursor.row());
                }
            }
            return Collections.unmodifiableList(rows);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }
}
