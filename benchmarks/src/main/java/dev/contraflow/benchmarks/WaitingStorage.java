package dev.contraflow.benchmarks;

import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A storage that takes its time for each object and nearly no processor, as one on another machine does: what a run costs by itself is seen
 * with it. Thread-safe as the storage within.
 */
final class WaitingStorage implements Storage {
    private final Storage inner;
    private final Duration latency;

    WaitingStorage(Storage inner, Duration latency) {
        this.inner = inner;
        this.latency = latency;
    }

    private void pause() throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(latency.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        pause();
        return inner.read(at, memory);
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        PendingWrite write = inner.create(at, spec);
        return new PendingWrite() {
            @Override
            public void transfer(Content content) throws IOException {
                pause();
                write.transfer(content);
            }

            @Override
            public Stored commit() throws IOException {
                return write.commit();
            }

            @Override
            public void close() throws IOException {
                write.close();
            }
        };
    }

    @Override
    public Optional<ObjectInfo> info(Location at) throws IOException {
        return inner.info(at);
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        return inner.list(prefix);
    }

    @Override
    public void delete(Location at) throws IOException {
        inner.delete(at);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
