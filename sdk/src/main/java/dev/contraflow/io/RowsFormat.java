package dev.contraflow.io;

import dev.contraflow.Rows;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A format that writes and reads row by row, so that it holds values larger than memory. Its author writes {@link #encode}, which takes row
 * after row from the value, and {@link #read}. Where the format also holds lists, the same rows give the same bytes. Stateless and
 * thread-safe, as every format.
 *
 * @param <E> the type of a row
 */
public interface RowsFormat<E extends @Nullable Object> extends Format<Rows<E>> {
    /**
     * Reads rows from their bytes, one at a time.
     *
     * @param in the bytes; stays the caller's, who closes it after the cursor
     * @return a new cursor, which has read no more than it must
     * @throws IOException if the bytes do not begin as rows do
     */
    Rows.Cursor<E> read(InputStream in) throws IOException;

    /** Reads all rows into memory; a dataset never calls it. */
    @Override
    default Rows<E> decode(InputStream in) throws IOException {
        Rows<E> once = () -> read(in);
        return Rows.of(once.toList());
    }

    @Override
    default Rows<E> decode(Content content) {
        return () -> {
            InputStream in = content.open();
            try {
                return read(in).onClose(in);
            } catch (IOException | RuntimeException | Error e) {
                in.close();
                throw e;
            }
        };
    }

    @Override
    default boolean isStreamed() {
        return true;
    }
}
