package dev.contraflow.internal.run;

import dev.contraflow.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one run for spill files, {@code .contraflow/runs/<run id>/spill}. It is made by who needs it first, and removed with the run.
 */
public final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private final Path folder;

    /**
     * @param stateFolder the {@code .contraflow} folder
     * @param runId the run
     */
    public Scratch(Path stateFolder, RunId runId) {
        this.folder = stateFolder.resolve("runs").resolve(runId.value()).resolve("spill");
    }

    /** @return the folder, which need not exist */
    public Path folder() {
        return folder;
    }

    /**
     * Removes it. Files in it are what somebody has left behind.
     *
     * @param io the I/O manager of the run, for the log
     * @throws IOException if it cannot be removed
     */
    public void remove(String io) throws IOException {
        int left = removeFolder(folder);
        if (left > 0) {
            LOG.warn("The I/O manager '{}' left {} spill files, which were removed", io, left);
        }
    }

    /** Removes a folder, and says how many files were in it. */
    static int removeFolder(Path folder) throws IOException {
        int count = 0;
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    count += Files.isRegularFile(file) ? 1 : 0;
                    Files.delete(file);
                }
            }
        }
        return count;
    }
}
