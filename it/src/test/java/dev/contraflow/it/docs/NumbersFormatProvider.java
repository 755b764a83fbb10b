package dev.contraflow.it.docs;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.RowsFormat;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The format of {@code docs/writing-a-format.md}. */
public final class NumbersFormatProvider implements FormatProvider {
    @Override
    public String typeId() {
        return "numbers"; // type: numbers
    }

    @Override
    @SuppressWarnings("unchecked") // T is what was asked for
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        if (!type.equals(new TypeRef<Rows<Long>>() {})) {
            throw new UnsupportedTypeException("numbers holds Rows<Long>, not " + type);
        }
        return (Format<T>) new NumbersFormat();
    }

    static final class NumbersFormat implements RowsFormat<Long> {
        @Override
        public String typeId() {
            return "numbers";
        }

        @Override
        public void encode(Rows<Long> value, OutputStream out) throws IOException {
            DataOutputStream data = new DataOutputStream(out);
            try (Rows.Cursor<Long> rows = value.open()) {
                for (long number = 1; rows.advance(); number++) {
                    if (rows.row() == null) {
                        throw new UnencodableValueException("numbers cannot hold null, which row " + number + " is");
                    }
                    data.writeLong(rows.row());
                }
            }
            data.flush(); // and no close: the stream is the caller's
        }

        @Override
        public Rows.Cursor<Long> read(InputStream in) {
            DataInputStream data = new DataInputStream(in);
            return new Rows.Cursor<>() {
                private long read;
                private long row;

                @Override
                public boolean advance() throws IOException {
                    byte[] bytes = data.readNBytes(Long.BYTES);
                    if (bytes.length == 0) {
                        return false;
                    }
                    if (bytes.length < Long.BYTES) {
                        throw new EOFException("Cannot read numbers: number " + (read + 1) + " is cut off");
                    }
                    row = java.nio.ByteBuffer.wrap(bytes).getLong();
                    read++;
                    return true;
                }

                @Override
                public Long row() {
                    return row;
                }

                @Override
                public void close() {} // the stream is the caller's
            };
        }

        @Override
        public boolean isExact() {
            return true; // what is encoded comes back equal, every time
        }
    }
}
