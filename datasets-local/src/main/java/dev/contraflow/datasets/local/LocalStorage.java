package dev.contraflow.datasets.local;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.RangedStorage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Local files. A write goes into a temporary file beside its target, is forced to disk, and takes the target's name by one atomic move;
 * then the folder is forced to disk too (a rename alone does not survive a power cut). Temporary files have names that end in {@code
 * .contraflow-tmp} and are never listed. Thread-safe; holds nothing open between calls.
 */
public final class LocalStorage implements RangedStorage {
    static final String TEMPORARY = ".contraflow-tmp";

    /** A storage for all local files. */
    public LocalStorage() {}

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        return readRange(at, 0, Long.MAX_VALUE, memory);
    }

    @Override
    public Content readRange(Location at, long offset, long length, Grant memory) throws IOException {
        return asking(at, "cannot be read", () -> {
            try (FileChannel channel = FileChannel.open(path(at), StandardOpenOption.READ);
                    ContentOutput out = new ContentOutput(memory)) {
                if (offset > 0 && offset >= channel.size()) {
                    throw new StorageException("it ends before byte " + offset, at, 1, null);
                }
                copy(channel.position(offset), length, out);
                return out.toContent();
            }
        });
    }

    private static void copy(FileChannel from, long length, ContentOutput to) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long left = length;
        while (left > 0) {
            int read = from.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, left)));
            if (read < 0) {
                return;
            }
            to.write(buffer, 0, read);
            left -= read;
        }
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        Path target = path(at);
        if (Files.isDirectory(target)) {
            throw new StorageException("there is a folder of that name", at, 1, null);
        }
        return new LocalWrite(at, target, spec.existing());
    }

    @Override
    public boolean exists(Location at) throws IOException {
        return asking(at, "cannot be looked for", () -> {
            try {
                return Files.readAttributes(path(at), BasicFileAttributes.class).isRegularFile();
            } catch (NoSuchFileException | NotDirectoryException e) {
                return false;
            }
        });
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        return asking(prefix, "cannot be listed", () -> {
            String wanted = prefix.path();
            int slash = wanted.lastIndexOf('/');
            Path folder = path(new Location("file", "", slash <= 0 ? "/" : wanted.substring(0, slash)));
            List<Listed> found = new ArrayList<>();
            if (Files.isDirectory(folder)) {
                Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        String path = file.toString();
                        if (attributes.isRegularFile() && path.startsWith(wanted) && !path.endsWith(TEMPORARY)) {
                            found.add(new Listed(Location.file(file), attributes.size()));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE; // removed while we were listing
                        }
                        throw e;
                    }
                });
            }
            found.sort(Comparator.comparing(listed -> listed.location().path()));
            return List.copyOf(found);
        });
    }

    @Override
    public void delete(Location at) throws IOException {
        asking(at, "cannot be removed", () -> Files.deleteIfExists(path(at)));
    }

    /** Nothing to close: files are opened for each call. */
    @Override
    public void close() {}

    private static Path path(Location at) throws IOException {
        try {
            return Path.of(at.path());
        } catch (InvalidPathException e) {
            throw new StorageException("it is not a valid path: " + e.getReason(), at, 1, e);
        }
    }

    /** Gives a failure the location, and an interrupt the form that storages give it. */
    static <T> T asking(Location at, String problem, Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new ObjectNotFoundException(at, e);
        } catch (ClosedByInterruptException e) {
            throw (InterruptedIOException) new InterruptedIOException("interrupted at " + at).initCause(e);
        } catch (StorageException e) {
            throw e;
        } catch (java.nio.file.FileSystemException e) {
            String reason = e instanceof java.nio.file.AccessDeniedException ? "permission denied" : e.getReason();
            throw new StorageException("it " + problem + ": " + (reason == null ? e : reason), at, 1, e);
        } catch (IOException e) {
            throw new StorageException("it " + problem + ": " + e.getMessage(), at, 1, e);
        }
    }

    /** One use of the file system. */
    interface Step<T> {
        T run() throws IOException;
    }
}
