package dev.contraflow.spi;

import dev.contraflow.DatasetRef;
import dev.contraflow.io.Content;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands in memory of one dataset between its writer and its readers: the frozen value, or its bytes, or both. The rules of who may
 * have which stand here, once: the value itself goes only to a reader through the writer's own view, and only if the dataset is exact;
 * every other reader decodes the bytes. Immutable; closing the content is its owner's business.
 *
 * @param written the view through which it was written
 * @param isExact whether a value decoded from the bytes equals the frozen one
 * @param value the frozen value, or null if it cannot be shared or was let go
 * @param content the bytes, or null if there are none or they were let go
 */
public record Handover(
        DatasetRef<?> written,
        boolean isExact,
        @Nullable Object value,
        @Nullable Content content) {
    /** Checks that the view is not null. */
    public Handover {
        Objects.requireNonNull(written, "written is null");
    }

    /**
     * The value itself, if a reader may have it.
     *
     * @param reader the view of a reader
     * @return the frozen value; null if the reader has to decode the bytes
     */
    public @Nullable Object sharedWith(DatasetRef<?> reader) {
        return isExact && reader.name().equals(written.name()) ? value : null;
    }
}
