package dev.contraflow.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses nothing and counts nothing. */
enum UnboundedGrant implements Grant {
    INSTANCE;

    @Override
    public boolean tryTake(long bytes) {
        return true;
    }

    @Override
    public void giveBack(long bytes) {}

    @Override
    public Path newSpillFile() throws IOException {
        return Files.createTempFile("contraflow-", ".spill");
    }
}
