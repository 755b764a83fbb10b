package dev.contraflow.datasets.local;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
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
import java.util.Optional;

/**
 * Files of the local file system; an object is a regular file. A write goes to a hidden file beside its target, is forced to the disk, and is
 * renamed onto the target; missing folders are made. A target that is a symbolic link is replaced, not followed. Thread-safe.
 */
final class LocalStorage implements RangedStorage {
    private static final int BUFFER = 256 << 10;

    private volatile boolean closed;

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        Path file = fileAt(at);
        Optional<String> before = mark(file);
        Content content = read(at, 0, Long.MAX_VALUE, memory);
        boolean wasReplaced = !before.equals(mark(file)); // while it was read: nobody knows which of the two it is
        return wasReplaced ? content : before.map(content::withMark).orElse(content);
    }

    @Override
    public Content readRange(Location at, long offset, long length, Grant memory) throws IOException {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        return read(at, offset, length, memory);
    }

    private Content read(Location at, long offset, long length, Grant memory) throws IOException {
        Path file = fileAt(at);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                ContentOutput out = new ContentOutput(memory)) {
            if (Files.isDirectory(file)) {
                throw new StorageException("it is not a file but a folder", at, 1, null);
            }
            if (offset > 0 && offset >= channel.size()) {
                throw new StorageException("the file has only " + channel.size() + " bytes", at, 1, null);
            }
            channel.position(offset);
            copy(channel, out, length);
            return out.toContent();
        } catch (IOException e) {
            if (e instanceof NoSuchFileException || isNotADirectory(e)) {
                throw new ObjectNotFoundException(at, e);
            }
            throw translated("the file cannot be read", at, e);
        }
    }

    private static void copy(FileChannel channel, ContentOutput out, long length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, Math.min(length, channel.size()))));
        for (long left = length; left > 0; ) {
            buffer.clear().limit((int) Math.min(left, buffer.capacity()));
            int n = channel.read(buffer);
            if (n < 0) {
                return;
            }
            out.write(buffer.array(), 0, n);
            left -= n;
        }
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        Path file = fileAt(at);
        if (at.path().endsWith("/")) {
            throw new StorageException("a file's path cannot end with a slash", at, 1, null);
        }
        if (Files.isSymbolicLink(file) && Files.exists(file)) { // the file is written, not the link to it
            file = file.toRealPath();
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new StorageException("it is not a file but a folder or a device", at, 1, null);
        }
        return new LocalWrite(at, file, spec);
    }

    @Override
    public Optional<ObjectInfo> info(Location at) throws IOException {
        try {
            BasicFileAttributes file = Files.readAttributes(fileAt(at), BasicFileAttributes.class);
            return file.isRegularFile()
                    ? Optional.of(new ObjectInfo(at, file.size(), mark(file), null, null))
                    : Optional.empty();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (isNotADirectory(e)) {
                return Optional.empty();
            }
            throw translated("the file system cannot tell whether the file exists", at, e);
        }
    }

    private static Optional<String> mark(Path file) {
        try {
            return Optional.of(mark(Files.readAttributes(file, BasicFileAttributes.class)));
        } catch (IOException e) {
            return Optional.empty(); // whoever reads it meets the same
        }
    }

    /** Who writes a file as this storage does makes a new one: number, time and size differ. Who changes it in place changes the time. */
    static String mark(BasicFileAttributes file) {
        return file.size() + " bytes of " + file.lastModifiedTime().toInstant() + ", file " + file.fileKey();
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        String start = prefix.path();
        Path folder = fileAt(new Location("file", "", start.substring(0, start.lastIndexOf('/') + 1)));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Listed> found = new ArrayList<>();
        try {
            Path walked = Files.isSymbolicLink(folder) ? folder.toRealPath() : folder; // which is no folder to the walk
            Files.walkFileTree(walked, new Collector(start, folder, walked, found));
        } catch (IOException e) {
            throw translated("the folder cannot be listed", prefix, e);
        }
        found.sort(Comparator.comparing(listed -> listed.location().path()));
        return List.copyOf(found);
    }

    /** Collects regular files; what disappears while the folders are read is not there, nor are folders behind links in the folder. */
    private static final class Collector extends SimpleFileVisitor<Path> {
        private final String start;
        private final Path folder;
        private final Path walked;
        private final List<Listed> found;

        Collector(String start, Path folder, Path walked, List<Listed> found) {
            this.start = start;
            this.folder = folder;
            this.walked = walked;
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path physical, BasicFileAttributes attributes) throws IOException {
            Path file = folder.resolve(walked.relativize(physical));
            if (file.toString().startsWith(start) && !LocalWrite.isTemporary(file)) {
                if (attributes.isRegularFile()) {
                    found.add(listed(file, attributes));
                } else if (Files.isRegularFile(file)) { // through a symbolic link
                    found.add(listed(file, Files.readAttributes(file, BasicFileAttributes.class)));
                }
            }
            return FileVisitResult.CONTINUE;
        }

        private static Listed listed(Path file, BasicFileAttributes attributes) {
            return new Listed(new Location("file", "", file.toString()), attributes.size(), mark(attributes));
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }

    @Override
    public void delete(Location at) throws IOException {
        try {
            Files.deleteIfExists(fileAt(at));
        } catch (IOException e) {
            if (!isNotADirectory(e)) {
                throw translated("the file cannot be deleted", at, e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** The path of a location, if this storage can be asked about it now. */
    private Path fileAt(Location at) throws IOException {
        if (closed) {
            throw new IllegalStateException("The storage is closed");
        }
        if (!at.scheme().equals("file")) {
            throw new IllegalArgumentException("not a local file: " + at);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted at " + at);
        }
        Path file;
        try {
            file = Path.of(at.path());
        } catch (InvalidPathException e) {
            throw new StorageException("not a path of this file system: " + e.getReason(), at, 1, e);
        }
        // Location.parse gives absolute and normalised paths; anything else could lead out of the folder that was meant
        if (!file.isAbsolute() || !file.normalize().equals(file) || at.path().contains("//")) {
            throw new StorageException("the path must be absolute, without '.', '..' or '//' in it", at, 1, null);
        }
        return file;
    }

    static IOException translated(String what, Location at, IOException e) {
        if (e instanceof StorageException || e instanceof InterruptedIOException) {
            return e;
        }
        if (e instanceof ClosedByInterruptException) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted at " + at);
            interrupted.initCause(e);
            return interrupted;
        }
        if (e instanceof AccessDeniedException) {
            return new StorageException(
                    what + ": access denied. Check the permissions of the file and its folders.", at, 1, e);
        }
        return new StorageException(what + ": " + reasonOf(e), at, 1, e);
    }

    private static String reasonOf(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    /** Java has no exception of its own for a file where a folder should be (ENOTDIR), except in few places. */
    private static boolean isNotADirectory(IOException e) {
        return e instanceof FileSystemException failure && "Not a directory".equals(failure.getReason());
    }
}
