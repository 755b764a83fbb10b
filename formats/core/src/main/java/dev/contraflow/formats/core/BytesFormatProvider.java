package dev.contraflow.formats.core;

import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The format {@code bytes}: a {@code byte[]} as it is. Exact. That bytes are missing at the end cannot be seen when they are read. It has no
 * options. Stateless and thread-safe, and so are its formats.
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
    @SuppressWarnings("unchecked") // T is byte[]: checked on the line before
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        if (type.rawType() != byte[].class) {
            throw new UnsupportedTypeException("bytes holds a byte[], not " + type);
        }
        return (Format<T>) new BytesFormat();
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
}
