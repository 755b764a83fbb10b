package dev.contraflow.internal.run;

import dev.contraflow.run.RunId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one run for spill files, {@code .contraflow/runs/<run id>/spill}, or {@code spill-2} of its second attempt. It is made by who needs it first, and removed with the run.
 */
public final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    /** What the names of these folders begin with. */
    static final String NAME = "spill";

    private final Path folder;

    /**
     * @param stateFolder the {@code .contraflow} folder
     * @param runId the run
     * @param attempt which attempt of it
     */
    public Scratch(Path stateFolder, RunId runId, int attempt) {
        this.folder = folder(stateFolder, runId, attempt);
    }

    static Path folder(Path stateFolder, RunId runId, int attempt) {
        return stateFolder.resolve("runs").resolve(runId.value()).resolve(attempt == 1 ? NAME : NAME + "-" + attempt);
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

    /**
     * Removes the folders that stand empty after a run was refused. A file in them may belong to another attempt to resume the same run.
     *
     * @throws IOException if one cannot be removed
     */
    public void removeUnused() throws IOException {
        try {
            Files.deleteIfExists(folder);
            Files.deleteIfExists(Objects.requireNonNull(folder.getParent())); // of the run
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("{} is in use", folder);
        }
    }

    /** Removes a folder, and says how many files were in it. What another run removes meanwhile is gone all the same. */
    static int removeFolder(Path folder) throws IOException {
        Removal removal = new Removal();
        Files.walkFileTree(folder, removal);
        return removal.count;
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        private int count;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            count += attributes.isRegularFile() ? 1 : 0;
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            if (e != null && !(e instanceof NoSuchFileException)) {
                throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
