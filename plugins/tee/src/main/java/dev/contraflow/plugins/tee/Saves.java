package dev.contraflow.plugins.tee;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.io.Stored;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.Freezer;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.RunStoppedException;
import dev.contraflow.spi.RunThreads;
import dev.contraflow.spi.UpstreamFailedException;
import org.jspecify.annotations.Nullable;

/** What becomes of an output on its node's thread: it is frozen or encoded and left to the background, or saved at once. Thread-safe. */
final class Saves {
    private final DatasetAccess access;
    private final RunThreads threads;
    private final TeeOptions options;
    private final Bookkeeping books;
    private final Bytes bytes;
    private final Waits waits;
    private final Uploads uploads;

    Saves(IoContext context, TeeOptions options, Bookkeeping books, Bytes bytes, Waits waits, Uploads uploads) {
        this.access = context.datasets();
        this.threads = context.threads();
        this.options = options;
        this.books = books;
        this.bytes = bytes;
        this.waits = waits;
        this.uploads = uploads;
    }

    void save(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        Object frozen = Freezer.freeze(value, ref.type());
        Object saved = frozen == null ? value : frozen;
        if (!access.dataset(ref).isPersistent()) {
            saveInMemory(new Held(ref, node, true), saved);
            return;
        }
        Held output = new Held(ref, node, access.dataset(ref).isExact());
        boolean isOpaque = access.encoded(ref) == null;
        if (access.dataset(ref).isSerial() || (isOpaque && frozen == null)) {
            saveNow(output, value);
        } else if (isOpaque) {
            books.computed(output, frozen);
            books.readyAsAWhole(output);
        } else if (frozen == null || options.detectMutation() || !uploads.tryEncode(output, frozen)) {
            Content content = onNodeThread(output, () -> bytes.encode(ref, node, saved));
            books.computed(output, frozen); // from here on nobody can change what is stored
            encoded(output, content);
        }
    }

    private void encoded(Held output, Content content) {
        try {
            uploads.encoded(output, content);
        } catch (Throwable e) { // the node fails of it, but nobody would end the save
            books.reportDefect(output, e);
            throw e;
        }
    }

    private void saveInMemory(Held output, Object value) throws InterruptedException {
        onNodeThread(output, () -> {
            access.save(output.ref, output.node, value);
            return true;
        });
        books.keptInMemory(output);
    }

    /** What must not run beside the nodes, or cannot be frozen: saved now, as in a plain run. */
    private void saveNow(Held output, Object value) throws InterruptedException {
        access.computed(output.ref, output.node);
        awaitAncestors(output);
        long start = saveStarted(output);
        if (access.encoded(output.ref) == null) {
            onNodeThread(output, () -> {
                access.save(output.ref, output.node, value);
                return true;
            });
            books.durable(output, null, start);
            return;
        }
        storeNow(output, onNodeThread(output, () -> bytes.encode(output.ref, output.node, value)), start);
    }

    private void storeNow(Held output, Content encoded, long start) throws InterruptedException {
        try (encoded) {
            Stored stored = onNodeThread(output, () -> access.store(output.ref, output.node, encoded));
            books.durable(output, stored, start);
        }
    }

    private long saveStarted(Held output) {
        access.saveStarted(output.ref, output.node);
        return threads.nanoTime();
    }

    /** What is stored at once waits on its node's thread until it may become visible, and is not stored if it never may. */
    private void awaitAncestors(Held output) throws InterruptedException {
        for (Held next = books.ancestorUnderWay(output); next != null; next = books.ancestorUnderWay(output)) {
            Held ancestor = next;
            String late = "it must not become visible before '" + ancestor.dataset() + "', which was not durable";
            try {
                onNodeThread(output, () -> {
                    waits.await(ancestor.ended, Operation.SAVE, output.ref, output.node, late);
                    return true;
                });
            } catch (RunStoppedException | UpstreamFailedException e) {
                books.neverStored(output);
                throw e;
            }
        }
    }

    // ---- rows, and what an earlier attempt has made

    /**
     * Rows are read on the node's thread, before anything is saved: if the functions that make them fail, the node has failed.
     *
     * @return their bytes, or null for what is not rows or is saved as a whole
     */
    @Nullable
    Content encodeRows(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        return ref.isRows() && access.encoded(ref) != null
                ? onNodeThread(new Held(ref, node, false), () -> bytes.encode(ref, node, value))
                : null;
    }

    void saveRows(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        saveBytes(new Held(ref, node, access.dataset(ref).isExact()), content);
    }

    /** Stores what an earlier attempt of the run has computed. */
    void restore(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        saveBytes(new Held(ref, node, access.dataset(ref).isExact(), true), content);
    }

    private void saveBytes(Held output, Content content) throws InterruptedException {
        if (!access.dataset(output.ref).isSerial()) {
            books.computed(output, null);
            encoded(output, content);
            return;
        }
        try {
            if (!output.isRestored) {
                access.computed(output.ref, output.node);
            }
            awaitAncestors(output);
        } catch (InterruptedException | RuntimeException | Error e) {
            content.close();
            throw e;
        }
        storeNow(output, content, saveStarted(output));
    }

    /** What is not encoded reads the rows while it saves them, or keeps them in memory. */
    void saveReadingRows(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        Held output = new Held(ref, node, true);
        if (!access.dataset(ref).isPersistent()) {
            saveInMemory(output, value);
            return;
        }
        awaitAncestors(output);
        long start = saveStarted(output);
        try {
            onNodeThread(output, () -> {
                access.save(ref, node, value);
                return true;
            });
        } catch (ContraflowException e) {
            if (!isSaveFailure(e)) { // whoever has failed, a part of the rows may be there
                books.failedOnNodeThread(output, e);
            }
            throw e;
        }
        access.computed(ref, node);
        books.durable(output, null, start);
    }

    // ---- failures

    private interface Step<T> {
        T run() throws InterruptedException;
    }

    /** A failure on the node's thread is the node's to throw; here the result and the listeners learn of it. */
    private <T> T onNodeThread(Held output, Step<T> step) throws InterruptedException {
        try {
            return step.run();
        } catch (DatasetException e) {
            if (isSaveFailure(e)) {
                books.failedOnNodeThread(output, e);
            }
            throw e;
        } catch (InterruptedException e) {
            books.unfinished(output);
            throw e;
        }
    }

    /** Else it is a failure of the node, or of an input that its rows are made of. */
    private static boolean isSaveFailure(ContraflowException e) {
        return e instanceof DatasetException dataset && dataset.operation() == Operation.SAVE;
    }
}
