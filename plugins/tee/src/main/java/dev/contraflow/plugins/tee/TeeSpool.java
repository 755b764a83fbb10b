package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of outputs on the local disk until they are durable, one after the other, on a thread of its own. No save waits for it, and
 * what is durable before its turn comes is not written. Thread-safe.
 */
final class TeeSpool {
    private final DatasetAccess access;
    private final long most;
    private final ExecutorService writer;
    private final Map<String, Runnable> waiting = new HashMap<>(); // what is to be done once; guarded by this
    private boolean isWriting;

    /** @param most the most bytes that are kept at once; 0 turns it off */
    TeeSpool(IoContext context, long most) {
        this.access = context.datasets();
        this.most = most;
        this.writer = context.threads().pool("contraflow-spool-" + context.runId(), 1, new LinkedBlockingQueue<>());
    }

    boolean isOn() {
        return most > 0;
    }

    /**
     * Keeps the bytes of an output, if there is room.
     *
     * @param content the bytes
     * @param done told once that they are not needed any more here, with no lock of this held
     */
    void keep(DatasetRef<?> ref, Node node, Content content, Runnable done) {
        synchronized (this) {
            waiting.put(ref.name(), done);
        }
        try {
            writer.execute(() -> write(ref, node, content, done));
        } catch (Throwable e) { // there is no thread for it: it is not kept, and nobody may wait for that
            durable(ref);
            throw e;
        }
    }

    private void write(DatasetRef<?> ref, Node node, Content content, Runnable done) {
        if (begin(ref)) {
            try {
                access.spool(ref, node, content, most);
            } finally {
                end();
                done.run();
            }
        }
    }

    /** Whether it is its turn; else it is durable meanwhile. */
    private synchronized boolean begin(DatasetRef<?> ref) {
        isWriting = waiting.remove(ref.name()) != null;
        return isWriting;
    }

    private synchronized void end() {
        isWriting = false;
    }

    private synchronized @Nullable Runnable take(DatasetRef<?> ref) {
        return waiting.remove(ref.name());
    }

    /** An output is durable: if its turn has not come it is not written. */
    void durable(DatasetRef<?> ref) {
        Runnable done = take(ref);
        if (done != null) {
            done.run();
        }
    }

    /** Whether something waits for its turn or is being written. Who waits for that to change is told by what is done. */
    synchronized boolean isBusy() {
        return isWriting || !waiting.isEmpty();
    }

    /** Interrupts what is being written, and begins nothing any more. */
    void stop() {
        writer.shutdownNow();
    }

    boolean awaitEnd(Duration atMost) throws InterruptedException {
        return writer.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
