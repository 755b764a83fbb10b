package dev.contraflow.internal.run;

import dev.contraflow.io.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Records in a local folder, which is made when the first one is written. */
final class LocalState implements StateStore {
    private static final boolean IS_WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private final Path root;

    LocalState(Path root) {
        this.root = root;
    }

    @Override
    public List<String> children(String folder) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            return files.map(file -> Objects.requireNonNull(file.getFileName()).toString())
                    .filter(name -> !name.endsWith(".next"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(root.resolve(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        Path target = root.resolve(name);
        Path next = written(target, bytes);
        try {
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(
                    "The folder " + target.getParent() + " cannot replace a file atomically; choose another one", e);
        } finally {
            Files.deleteIfExists(next);
        }
        forceFolder(target);
    }

    /** A second name for a file is given atomically, and refused if the name is taken. */
    @Override
    public boolean create(String name, byte[] bytes) throws IOException {
        Path target = root.resolve(name);
        Path next = written(target, bytes);
        try {
            Files.createLink(target, next);
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(next);
        }
        forceFolder(target);
        return true;
    }

    private static Path written(Path target, byte[] bytes) throws IOException {
        Path folder = Objects.requireNonNull(target.getParent());
        Files.createDirectories(folder);
        Path next = folder.resolve(target.getFileName() + "." + UUID.randomUUID() + ".next");
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write(bytes);
            channel.force(true);
        }
        return next;
    }

    /** Makes the name of a file survive a loss of power. */
    static void forceFolder(Path file) throws IOException {
        if (!IS_WINDOWS) { // there a folder cannot be opened
            try (FileChannel directory =
                    FileChannel.open(Objects.requireNonNull(file.getParent()), StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    @Override
    public void remove(String name) throws IOException {
        Scratch.removeFolder(root.resolve(name));
    }

    @Override
    public Log openLog(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            forceFolder(file);
            return new LocalLog(file, channel, keyOf(file));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** What tells a file from another of that name; null where the file system has no such thing. */
    private static @Nullable Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** A file that was removed can still be written and forced: that promises nothing. */
    private record LocalLog(
            Path file, FileChannel channel, @Nullable Object key) implements Log {
        @Override
        public void append(byte[] bytes) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
            checkThere();
        }

        @Override
        public void checkThere() throws IOException {
            try {
                if (Objects.equals(keyOf(file), key)) {
                    return;
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                throw new IOException(removed(), e);
            }
            throw new IOException(removed());
        }

        private String removed() {
            return file
                    + " was removed or replaced while the run was going on, perhaps with its folder, and the run's lock too."
                    + " Leave that folder alone until a run has ended, see that no other run writes the same places, and run"
                    + " this one anew.";
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A folder in its place shows that it is gone. */
    @Override
    public byte[] readLog(String name) throws IOException {
        return Files.isDirectory(root.resolve(name)) ? new byte[0] : read(name).orElseGet(() -> new byte[0]);
    }

    @Override
    public boolean isGone(String name) {
        return Files.notExists(root.resolve(name));
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Location at(String name) {
        return Location.file(root.resolve(name).toAbsolutePath());
    }

    @Override
    public String describe() {
        return root.toString();
    }

    @Override
    public void close() {}
}
