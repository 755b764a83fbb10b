package dev.contraflow.formats.core;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.RowsFormat;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The format {@code bytes}: a {@code byte[]} as it is. Exact. That bytes are missing at the end cannot be seen when they are read. As
 * {@code Rows<byte[]>} it is the same bytes in pieces: those that are written may be of any length, also empty; those that are read are of
 * exactly 65,536 bytes, the last one of 1 to 65,536, each in an array of its own. So the bytes come back equal, but not the cuts between them,
 * and it is not exact. It has no options. Stateless and thread-safe, and so are its formats.
 */
public final class BytesFormatProvider implements FormatProvider {
    /** Makes the provider; it holds nothing. */
    public BytesFormatProvider() {}

    /** @return {@code bytes} */
    @Override
    public String typeId() {
        return "bytes";
    }

    @Override
    @SuppressWarnings("unchecked") // T is byte[] or Rows of it: checked before
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        boolean isChunks = type.rawType() == Rows.class
                && RowCodec.rowType(type)
                        .filter(row -> TypeRef.rawClass(row) == byte[].class)
                        .isPresent();
        if (type.rawType() != byte[].class && !isChunks) {
            throw new UnsupportedTypeException(
                    "bytes holds a byte[], or the pieces of one as Rows<byte[]>, not " + type);
        }
        return (Format<T>) (isChunks ? new ChunksFormat() : new BytesFormat());
    }

    private static final class BytesFormat implements Format<byte[]> {
        @Override
        public String typeId() {
            return "bytes";
        }

        @Override
        public void encode(byte[] value, OutputStream out) throws IOException {
            out.write(value);
        }

        @Override
        public byte[] decode(InputStream in) throws IOException {
            return in.readAllBytes();
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    /** Bytes in pieces of one size. */
    private static final class ChunksFormat implements RowsFormat<byte[]> {
        private static final int CHUNK = 64 << 10;

        @Override
        public String typeId() {
            return "bytes";
        }

        @Override
        public void encode(Rows<byte[]> value, OutputStream out) throws IOException {
            try (Rows.Cursor<byte[]> chunks = value.open()) {
                for (long number = 1; chunks.advance(); number++) {
                    byte[] chunk = chunks.row();
                    if (chunk == null) {
                        throw Problems.unencodable(typeId(), "in row " + number, new Refusal("the row is null"));
                    }
                    out.write(chunk);
                }
            }
        }

        @Override
        public Rows.Cursor<byte[]> read(InputStream in) {
            return new Rows.Cursor<>() {
                private byte[] chunk = {};

                @Override
                public boolean advance() throws IOException {
                    chunk = in.readNBytes(CHUNK);
                    return chunk.length > 0;
                }

                @Override
                public byte[] row() {
                    return chunk;
                }

                @Override
                public void close() {
                    chunk = new byte[0];
                }
            };
        }

        /** The bytes come back equal, but cut otherwise. */
        @Override
        public boolean isExact() {
            return false;
        }
    }
}
