package dev.contraflow.dataset;

import dev.contraflow.Rows;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The rows of a dataset that is loaded outside of a run: each cursor fetches the bytes for itself, and owns them. */
record FetchedRows<E extends @Nullable Object>(EncodedDataset<Rows<E>> dataset) implements Rows<E> {
    private static final long IN_MEMORY = 1 << 20;

    static Grant newGrant() {
        return Grant.bounded(IN_MEMORY, Path.of(System.getProperty("java.io.tmpdir")));
    }

    @Override
    public Cursor<E> open() throws IOException {
        Content content = dataset.fetch(newGrant());
        try {
            return dataset.decode(content).open().onClose(content);
        } catch (IOException | RuntimeException | Error e) {
            content.close();
            throw e;
        }
    }
}
