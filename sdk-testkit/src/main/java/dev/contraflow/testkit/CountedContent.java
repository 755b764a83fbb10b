package dev.contraflow.testkit;

import dev.contraflow.io.Content;
import dev.contraflow.io.ForwardingContent;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A content that counts itself, and each of its streams, from its making to its close. */
final class CountedContent extends ForwardingContent {
    private final AtomicInteger open;
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    CountedContent(Content inner, AtomicInteger open) {
        super(inner);
        this.open = open;
        open.incrementAndGet();
    }

    /** How many bytes have been read by all its streams. */
    long bytesRead() {
        return bytesRead.get();
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
        InputStream in = super.open(offset, length);
        open.incrementAndGet();
        AtomicBoolean streamClosed = new AtomicBoolean();
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int b = super.read();
                bytesRead.addAndGet(b < 0 ? 0 : 1);
                return b;
            }

            @Override
            public int read(byte[] into, int at, int most) throws IOException {
                int n = super.read(into, at, most);
                bytesRead.addAndGet(Math.max(0, n));
                return n;
            }

            @Override
            public void close() throws IOException {
                if (!streamClosed.getAndSet(true)) {
                    open.decrementAndGet();
                }
                super.close();
            }
        };
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            open.decrementAndGet();
        }
        super.close();
    }
}
