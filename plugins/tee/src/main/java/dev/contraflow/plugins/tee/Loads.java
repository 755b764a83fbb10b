package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.run.RunEvent;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.RunThreads;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a node's inputs come from: the memory, or the storage, from which they are loaded ahead where that can be. Thread-safe. */
final class Loads {
    private static final Logger LOG = LoggerFactory.getLogger(Loads.class);

    private final IoContext context;
    private final DatasetAccess access;
    private final RunThreads threads;
    private final TeeOptions options;
    private final Bookkeeping books;
    private final Bytes bytes;
    private final Waits waits;

    Loads(IoContext context, TeeOptions options, Bookkeeping books, Bytes bytes, Waits waits) {
        this.context = context;
        this.access = context.datasets();
        this.threads = context.threads();
        this.options = options;
        this.books = books;
        this.bytes = bytes;
        this.waits = waits;
    }

    /** @param sharing gets what the node shares with others, if changes of values are looked for */
    Object load(DatasetRef<?> ref, Node node, Map<Held, Object> sharing) throws InterruptedException {
        long start = threads.nanoTime();
        Bookkeeping.Found found = books.find(ref);
        Held held = found.held();
        if (found.isFetchedAhead() && held != null) {
            waits.await(held.ready, ref, node);
            Object value = decodeHeld(ref, node, held);
            return value == null
                    ? loadFromStorage(ref, node, start)
                    : told(value, ref, node, RunEvent.Source.PREFETCHED, null, start);
        }
        if (held == null || context.plan().dataset(ref).isInput()) {
            return loadFromStorage(ref, node, start);
        }
        Object value = found.shared();
        if (value != null && options.detectMutation()) {
            if (hasChanged(held, value)) {
                throw MutationCheck.changedBefore(ref, held.node, node);
            }
            sharing.put(held, value);
        }
        if (value == null && access.encoded(ref) != null) {
            waits.await(held.ready, ref, node);
            value = decodeHeld(ref, node, held);
        }
        if (value == null) { // no bytes, or let go: it is in the storage, or will be
            waits.await(held.ended, ref, node);
            return loadFromStorage(ref, node, start);
        }
        return told(value, ref, node, RunEvent.Source.MEMORY, null, start);
    }

    /** Whether a value that is shared would be stored otherwise now. */
    boolean hasChanged(Held held, Object value) throws InterruptedException {
        String digest = books.digest(held);
        if (digest == null) {
            return false; // it is not made of bytes
        }
        try (Content now = bytes.encode(held.ref, held.node, value)) {
            return !now.sha256().equals(digest);
        }
    }

    private @Nullable Object decodeHeld(DatasetRef<?> ref, Node node, Held held) throws InterruptedException {
        Content content = books.pin(held);
        return content == null
                ? null
                : access.decode(
                        ref, node, content, () -> books.unpin(ref.baseName())); // rows read it until their node ends
    }

    private Object loadFromStorage(DatasetRef<?> ref, Node node, long start) throws InterruptedException {
        EncodedDataset<Object> encoded = access.encoded(ref);
        if (encoded == null) {
            boolean isPersistent = access.dataset(ref).isPersistent();
            Object value = access.load(ref, node);
            RunEvent.Source source = isPersistent ? RunEvent.Source.STORAGE : RunEvent.Source.MEMORY;
            return told(value, ref, node, source, null, start);
        }
        Content content = bytes.fetch(ref, node);
        long size = content.size();
        Object value = access.decode(ref, node, content, content::close);
        return told(value, ref, node, RunEvent.Source.STORAGE, size, start);
    }

    private Object told(
            Object value, DatasetRef<?> ref, Node node, RunEvent.Source source, @Nullable Long size, long start) {
        access.loaded(ref, node, source, size, start);
        return value;
    }

    /** Loads an input ahead of its first reader, on a thread for transfers. */
    void fetch(Held ahead) {
        try {
            books.fetched(ahead, bytes.fetch(ahead.ref, ahead.node));
        } catch (Throwable e) { // whatever it is: the reader loads for itself, and meets it there
            LOG.debug("dataset {} could not be loaded ahead", ahead.dataset(), e);
            books.notFetched(ahead);
        } finally {
            ahead.ready.complete(null);
        }
    }
}
