package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.io.Content;
import dev.contraflow.io.Stored;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.RunThreads;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/** The life of an output in the background: it is encoded, transferred, and becomes visible, or is given up. Thread-safe. */
final class Uploads {
    private final DatasetAccess access;
    private final RunThreads threads;
    private final TeeOptions options;
    private final Bookkeeping books;
    private final Bytes bytes;
    private final Background background;
    private final TeeSpool spool;
    private final Semaphore unencoded; // for values frozen and not yet encoded

    Uploads(
            IoContext context,
            TeeOptions options,
            Bookkeeping books,
            Bytes bytes,
            Background background,
            TeeSpool spool) {
        this.access = context.datasets();
        this.threads = context.threads();
        this.options = options;
        this.books = books;
        this.bytes = bytes;
        this.background = background;
        this.spool = spool;
        // such values have no known size, so there are few of them, and in a small heap only one
        int cores = Runtime.getRuntime().availableProcessors();
        long thatFit = Runtime.getRuntime().maxMemory() / (96L << 20);
        this.unencoded = new Semaphore((int) Math.max(1, Math.min(cores, thatFit)));
    }

    /** Encodes a frozen value in the background, and saves it then; false if too many wait for that already. */
    boolean tryEncode(Held output, Object frozen) {
        if (!unencoded.tryAcquire()) {
            return false;
        }
        books.computed(output, frozen);
        try {
            background.encode(() -> encodeNow(output, frozen), defect -> books.reportDefect(output, defect));
        } catch (Throwable e) { // there is no thread for it
            unencoded.release();
            books.reportDefect(output, e);
            throw e;
        }
        return true;
    }

    private void encodeNow(Held output, Object frozen) {
        try {
            encoded(output, bytes.encode(output.ref, output.node, frozen));
        } catch (InterruptedException e) {
            books.givenUp(output);
        } catch (DatasetException e) {
            books.failed(output, e);
        } catch (Throwable e) { // an Error too: a save that dies unseen would be lost
            books.failed(output, access.failure(Operation.SAVE, output.ref, output.node, e));
        } finally {
            unencoded.release();
        }
    }

    /** The bytes of an output are there, and are taken over: closed, if this throws. */
    void encoded(Held output, Content content) {
        String digest;
        try {
            digest = options.detectMutation() ? content.sha256() : null;
            if (spool.isOn() && !output.isRestored) {
                books.spool(output, content);
            }
        } catch (Throwable e) { // from ready on the books hold them, and let go of them
            content.close();
            throw e;
        }
        books.ready(output, content, digest);
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    /** A step of a save, on a thread for transfers. Whatever goes wrong in it, the save has failed. */
    private void inSave(Held output, Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            books.givenUp(output);
        } catch (DatasetException e) {
            books.failed(output, e);
        } catch (Throwable e) { // as in encodeNow
            books.failed(output, access.failure(Operation.SAVE, output.ref, output.node, e));
        }
    }

    void transfer(Held output) {
        inSave(output, () -> {
            Bookkeeping.Load load = books.toTransfer(output);
            Content content = load.content();
            access.saveStarted(output.ref, output.node);
            long start = threads.nanoTime();
            if (content != null) {
                DatasetAccess.Transferred transferred = access.transfer(output.ref, output.node, content);
                if (books.transferred(output, transferred, start)) {
                    commit(output, transferred);
                }
            } else if (load.mayCommit()) {
                access.save(output.ref, output.node, Objects.requireNonNull(load.value()));
                books.durable(output, null, start);
            } else {
                books.discarded(output);
            }
        });
    }

    /** What was transferred, and had to wait, may become visible. */
    void commit(Held output) {
        commit(output, books.takeTransferred(output));
    }

    private void commit(Held output, DatasetAccess.Transferred sent) {
        inSave(output, () -> {
            try (DatasetAccess.Transferred transferred = sent) {
                Stored stored = access.commit(transferred, () -> books.mayCommit(output));
                if (stored != null) {
                    books.durable(output, stored, output.start);
                    return;
                }
            }
            books.discarded(output);
        });
    }

    /** What was transferred must not become visible any more. */
    void abandon(Held output) {
        inSave(output, () -> {
            books.takeTransferred(output).close();
            books.discarded(output);
        });
    }
}
