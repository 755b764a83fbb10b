package dev.contraflow.datasets.s3.testkit;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/**
 * A rate that several streams share, and that each has for itself. Every piece of a stream books its time with both, one after the other, and
 * passes when both are over; so streams that want more than there is get equal shares. Thread-safe; its streams are not.
 */
final class Bandwidth {
    /** So much of the time that was not used may be caught up, since sleeping is not exact. */
    private static final long CATCH_UP = TimeUnit.MILLISECONDS.toNanos(10);

    private static final double PIECE_SECONDS = 0.004;
    private static final int LARGEST_PIECE = 64 << 10;

    private final double connection;
    private final double total;
    private final int piece;
    private final Line shared = new Line();

    Bandwidth(double connection, double total) {
        if (!(connection > 0) || !(total > 0)) {
            throw new IllegalArgumentException("limits of " + connection + " and " + total + " bytes a second");
        }
        this.connection = connection;
        this.total = total;
        this.piece = (int) Math.max(1, Math.min(LARGEST_PIECE, connection * PIECE_SECONDS));
    }

    /** One after the other. */
    private static final class Line {
        private long free = System.nanoTime(); // guarded by this

        /** When what is booked now is over. */
        synchronized long book(int bytes, double rate) {
            free = Math.max(free, System.nanoTime() - CATCH_UP) + Math.round(bytes / rate * 1e9);
            return free;
        }
    }

    OutputStream narrow(OutputStream out) {
        return new NarrowStream(out);
    }

    private final class NarrowStream extends FilterOutputStream {
        private final Line own = new Line();

        NarrowStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = 0; at < length; at += piece) {
                int now = Math.min(piece, length - at);
                long over = Math.max(own.book(now, connection), shared.book(now, total));
                awaitUntil(over);
                out.write(bytes, offset + at, now);
            }
        }

        private void awaitUntil(long over) throws IOException {
            long left = over - System.nanoTime();
            if (left <= 0) {
                return;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (InterruptedIOException) new InterruptedIOException("the gate is closed").initCause(e);
            }
        }
    }
}
