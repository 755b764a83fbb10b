package dev.contraflow.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * How values of one type stand as bytes. Made for one type by a {@link FormatProvider}. Stateless and thread-safe. It knows nothing of
 * storages.
 *
 * <p>The same value gives the same bytes, on every JVM. Decoded collections are unmodifiable, keep the order of the bytes, and are of the
 * classes that {@link dev.contraflow.spi.Freezer} makes, so that a decoded value and a frozen one cannot be told apart.
 *
 * @param <T> the type of the values
 */
public interface Format<T> {
    /** @return the format's name in a catalog: {@code csv} */
    String typeId();

    /**
     * Writes a value.
     *
     * @param value the value
     * @param out where to; not closed
     * @throws IOException if {@code out} fails
     * @throws UnencodableValueException if the value cannot be written so that it reads back equal; what was written is thrown away then
     */
    void encode(T value, OutputStream out) throws IOException;

    /**
     * Reads a value.
     *
     * @param in its bytes, read to the end; not closed
     * @return the value
     * @throws IOException if the bytes are not such a value; the message says where they go wrong (line, column)
     */
    T decode(InputStream in) throws IOException;

    /**
     * Reads a value from a content that stands open.
     *
     * @param content its bytes; still the caller's, who keeps it open while the value is used if the format {@linkplain #isStreamed streams}
     * @return the value
     * @throws IOException if the bytes are not such a value
     */
    default T decode(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return decode(in);
        }
    }

    /**
     * Whether the value is {@link dev.contraflow.Rows} and what {@link #decode(Content)} gives reads the content while it is used. A format
     * that wraps another passes this on.
     *
     * @return true for a {@link RowsFormat}
     */
    default boolean isStreamed() {
        return false;
    }

    /**
     * Whether, for every value that {@link #encode} does not refuse, decoding gives an equal value of the same kind. Only then may a node
     * get the value itself instead of a decoded copy.
     *
     * @return true if it is so
     */
    boolean isExact();
}
