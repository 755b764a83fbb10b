package dev.contraflow.testkit;

import dev.contraflow.io.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A grant with a limit, which counts what is taken and remembers its spill files, so that a test can see leaks. Thread-safe. */
public final class MeteredGrant implements Grant {
    private final long limit;
    private final List<Path> spillFiles = new CopyOnWriteArrayList<>();
    private long taken;

    /** @param limit the bytes that may be taken at the same time; 0 refuses all memory */
    public MeteredGrant(long limit) {
        this.limit = limit;
    }

    @Override
    public synchronized boolean tryTake(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot take " + bytes + " bytes");
        }
        if (taken + bytes > limit) {
            return false;
        }
        taken += bytes;
        return true;
    }

    @Override
    public synchronized void giveBack(long bytes) {
        if (bytes < 0 || bytes > taken) {
            throw new IllegalStateException(bytes + " bytes given back, but only " + taken + " are taken");
        }
        taken -= bytes;
    }

    @Override
    public Path newSpillFile() throws IOException {
        Path file = Files.createTempFile("contraflow-test-", ".spill");
        spillFiles.add(file);
        return file;
    }

    /** @return the bytes taken and not given back */
    public synchronized long taken() {
        return taken;
    }

    /** @return the spill files that were asked for, deleted or not */
    public List<Path> spillFiles() {
        return List.copyOf(spillFiles);
    }
}
