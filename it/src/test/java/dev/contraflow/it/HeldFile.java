package dev.contraflow.it;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A file of a process of its own, where no test can reach a storage to hold its calls: nothing of it is written before a latch is down.
 * Thread-safe.
 */
final class HeldFile<T> extends ForwardingEncodedDataset<T> {
    private final CountDownLatch released;

    HeldFile(EncodedDataset<T> inner, CountDownLatch released) {
        super(inner);
        this.released = released;
    }

    /** The local files below a folder; closed by the caller. */
    static Storage localFiles(Providers providers, Path folder) {
        return providers
                .storage("file")
                .orElseThrow()
                .open(new StorageConfig("file", ConfigSection.empty("file"), ConfigSection.empty("none"), folder));
    }

    @Override
    public PendingWrite beginWrite(WriteSpec spec) throws IOException {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
        return super.beginWrite(spec);
    }
}
