package dev.contraflow.datasets.local;

import dev.contraflow.io.Content;
import dev.contraflow.io.Location;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec.Existing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** One file on its way: a temporary file beside the target, which a commit gives the target's name. */
final class LocalWrite implements PendingWrite {
    private final Location at;
    private final Path target;
    private final Existing existing;
    private final Path temporary;
    private @Nullable Content transferred;
    private boolean ended;

    LocalWrite(Location at, Path target, Existing existing) {
        this.at = at;
        this.target = target;
        this.existing = existing;
        this.temporary = target.resolveSibling("." + UUID.randomUUID() + LocalStorage.TEMPORARY);
    }

    @Override
    public void transfer(Content content) throws IOException {
        refuseIfEnded();
        transferred = null;
        LocalStorage.asking(at, "cannot be written", () -> {
            Path folder = target.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            CRC32 written = new CRC32();
            try (FileChannel channel = FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    InputStream in = content.open()) {
                byte[] buffer = new byte[64 << 10];
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    written.update(buffer, 0, n);
                    for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n); bytes.hasRemaining(); ) {
                        channel.write(bytes);
                    }
                }
                channel.force(true);
            }
            if (Files.size(temporary) != content.size() || written.getValue() != content.crc32()) {
                throw new StorageException("what was written is not what was to be written", at, 1, null);
            }
            return true;
        });
        transferred = content;
    }

    @Override
    public Stored commit() throws IOException {
        refuseIfEnded();
        Content content = transferred;
        if (content == null) {
            throw new IllegalStateException("Nothing was transferred to " + at);
        }
        LocalStorage.asking(at, "cannot be written", () -> {
            if (existing == Existing.MUST_NOT_EXIST) {
                linkIfAbsent();
            } else {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            }
            forceFolder();
            return true;
        });
        ended = true;
        return new Stored(at, content.size(), content.sha256(), null);
    }

    /** A move would replace what is there; a hard link is refused if the name is taken, by one atomic act. */
    private void linkIfAbsent() throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            throw new StorageException("there is an object already", at, 1, e);
        }
        Files.delete(temporary);
    }

    private void forceFolder() throws IOException {
        Path folder = target.getParent();
        if (folder != null && !System.getProperty("os.name", "").startsWith("Windows")) { // Windows cannot open folders
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private void refuseIfEnded() {
        if (ended) {
            throw new IllegalStateException("The write to " + at + " has been committed or closed");
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        transferred = null;
        LocalStorage.asking(at, "cannot be cleaned up", () -> Files.deleteIfExists(temporary));
    }
}
