package dev.contraflow.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Gives so many bytes at once and no more. */
final class BoundedGrant implements Grant {
    private final AtomicLong left;
    private final Path spillFolder;

    BoundedGrant(long most, Path spillFolder) {
        if (most < 0) {
            throw new IllegalArgumentException("negative: " + most);
        }
        this.left = new AtomicLong(most);
        this.spillFolder = Objects.requireNonNull(spillFolder, "spillFolder is null");
    }

    @Override
    public boolean tryTake(long bytes) {
        for (long now = left.get(); now >= bytes; now = left.get()) {
            if (left.compareAndSet(now, now - bytes)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    @Override
    public Path newSpillFile() throws IOException {
        Files.createDirectories(spillFolder);
        return Files.createTempFile(spillFolder, "content-", ".spill");
    }
}
