package dev.contraflow.internal.run;

import dev.contraflow.io.Content;
import dev.contraflow.io.ForwardingContent;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes in a file of a {@link Spool}, which learns when nobody reads it any more. Thread-safe. */
final class RestoredContent extends ForwardingContent {
    private final Runnable atClose;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    RestoredContent(Content bytes, Runnable atClose) {
        super(bytes);
        this.atClose = atClose;
    }

    @Override
    public long memoryBytes() {
        return 0;
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            super.close();
            atClose.run();
        }
    }
}
