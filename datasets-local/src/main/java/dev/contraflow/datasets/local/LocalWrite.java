package dev.contraflow.datasets.local;

import dev.contraflow.io.Content;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way. {@link #transfer} writes a hidden file beside the target and forces it to the disk; {@link #commit} renames it, or, if
 * the target must not exist, gives it the target's name as a hard link, which fails if the name is taken. Then the folder is forced too, so
 * that the new name survives a loss of power.
 */
final class LocalWrite implements PendingWrite {
    private static final int BUFFER = 256 << 10;
    private static final Pattern TEMPORARY = Pattern.compile("\\.contraflow-[0-9a-f-]{36}\\.tmp");

    private final Location at;
    private final Path target;
    private final Path temporary;
    private final WriteSpec spec;
    private @Nullable Content source;
    private long written;
    private long crc32;
    private boolean ended;

    LocalWrite(Location at, Path target, WriteSpec spec) throws IOException {
        this.at = at;
        this.target = target;
        this.spec = Objects.requireNonNull(spec, "spec is null");
        Path folder = target.getParent();
        if (folder == null) {
            throw new StorageException("the root folder cannot be written", at, 1, null);
        }
        this.temporary = folder.resolve(".contraflow-" + UUID.randomUUID() + ".tmp");
    }

    /** Whether a file is one of an unfinished write, of this or of a killed process. */
    static boolean isTemporary(Path file) {
        Path name = file.getFileName();
        return name != null && TEMPORARY.matcher(name.toString()).matches();
    }

    @Override
    public void transfer(Content content) throws IOException {
        requireOpen();
        source = null;
        try {
            createFolders();
            writeTemporary(content);
        } catch (IOException e) {
            throw LocalStorage.translated("the file cannot be written", at, e);
        }
        source = content;
    }

    private void createFolders() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted at " + at);
        }
        Deque<Path> missing = new ArrayDeque<>();
        for (Path folder = target.getParent(); folder != null && !Files.exists(folder); folder = folder.getParent()) {
            missing.push(folder);
        }
        for (Path folder : missing) {
            Files.createDirectories(folder);
            force(folder.getParent());
        }
    }

    private void writeTemporary(Content content) throws IOException {
        CRC32 sum = new CRC32();
        written = 0;
        try (InputStream in = content.open();
                FileChannel out = FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            byte[] bytes = new byte[(int) Math.min(BUFFER, Math.max(1, content.size()))];
            for (int n; (n = in.read(bytes)) > 0; ) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, n);
                while (buffer.hasRemaining()) {
                    written += out.write(buffer);
                }
                sum.update(bytes, 0, n);
            }
            out.force(true);
        }
        crc32 = sum.getValue();
    }

    @Override
    public Stored commit() throws IOException {
        requireOpen();
        Content content = source;
        if (content == null) {
            throw new IllegalStateException("Nothing was transferred to " + at);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted at " + at);
        }
        ended = true;
        verify(content);
        spec.fence().check();
        String mark;
        try {
            mark = LocalStorage.mark(
                    Files.readAttributes(temporary, BasicFileAttributes.class)); // it moves with the file
            if (spec.existing() == WriteSpec.Existing.OVERWRITE) {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.createLink(target, temporary);
            }
            force(target.getParent());
        } catch (FileAlreadyExistsException e) {
            throw new ObjectExistsException("there is a file already, and this write must not replace it", at, 1, e);
        } catch (UnsupportedOperationException | AtomicMoveNotSupportedException e) {
            throw new StorageException(
                    "this file system cannot make a file visible by one act: " + e.getMessage(), at, 1, e);
        } catch (IOException e) {
            throw LocalStorage.translated("the file cannot be made visible", at, e);
        }
        return new Stored(at, written, content.sha256(), mark);
    }

    private void verify(Content content) throws IOException {
        long onDisk = Files.size(temporary);
        if (onDisk != content.size() || written != content.size() || crc32 != content.crc32()) {
            throw new StorageException(
                    "what was written is not the content: " + onDisk + " of " + content.size()
                            + " bytes on the disk, CRC-32 " + Long.toHexString(crc32) + " instead of "
                            + Long.toHexString(content.crc32()),
                    at,
                    1,
                    null);
        }
    }

    /** Forces a folder's entries to the disk, where the platform can open a folder at all. */
    private static void force(@Nullable Path folder) throws IOException {
        if (folder == null || java.io.File.separatorChar == '\\') {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("The write to " + at + " is committed or closed");
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        source = null;
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            if (Files.exists(temporary)) { // not so where a part of the path is a file
                throw LocalStorage.translated("the temporary file " + temporary.getFileName() + " stays behind", at, e);
            }
        }
    }
}
