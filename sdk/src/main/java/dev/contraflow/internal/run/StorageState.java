package dev.contraflow.internal.run;

import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.WriteSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Records as objects below a location. An object cannot be appended to: each time that a log is forced, what was appended becomes an object of
 * its own, with a number that rises.
 */
final class StorageState implements StateStore {
    private final Storage storage;
    private final Location root;

    /**
     * @param storage where it is; closed by whoever opened it
     * @param root ends with a slash
     */
    StorageState(Storage storage, Location root) {
        this.storage = storage;
        this.root = root;
    }

    @Override
    public List<String> children(String folder) throws IOException {
        Location in = root.plus(folder + "/");
        return storage.list(in).stream()
                .map(listed -> listed.location().path().substring(in.path().length()))
                .map(name -> name.contains("/") ? name.substring(0, name.indexOf('/')) : name)
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        try {
            return Optional.of(bytes(root.plus(name)));
        } catch (ObjectNotFoundException e) {
            return Optional.empty();
        }
    }

    private byte[] bytes(Location at) throws IOException {
        try (Content content = storage.read(at, Grant.unbounded());
                InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        write(name, bytes, WriteSpec.Existing.OVERWRITE);
    }

    @Override
    public boolean create(String name, byte[] bytes) throws IOException {
        try {
            write(name, bytes, WriteSpec.Existing.MUST_NOT_EXIST);
            return true;
        } catch (ObjectExistsException e) {
            return false;
        }
    }

    private void write(String name, byte[] bytes, WriteSpec.Existing existing) throws IOException {
        try (PendingWrite write = storage.create(root.plus(name), new WriteSpec("state", 1, existing));
                Content content = Content.of(bytes)) {
            write.transfer(content);
            write.commit();
        }
    }

    @Override
    public void remove(String name) throws IOException {
        storage.delete(root.plus(name));
        for (Listed listed : storage.list(root.plus(name + "/"))) {
            storage.delete(listed.location());
        }
    }

    @Override
    public Log openLog(String name) {
        return new Log() {
            private final ByteArrayOutputStream appended = new ByteArrayOutputStream();
            private int parts;

            @Override
            public void append(byte[] bytes) {
                appended.writeBytes(bytes);
            }

            @Override
            public void force() throws IOException {
                parts++;
                write(name + String.format(Locale.ROOT, "/%08d", parts), appended.toByteArray());
                appended.reset();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public byte[] readLog(String name) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Listed part : storage.list(root.plus(name + "/"))) {
            all.writeBytes(bytes(part.location()));
        }
        return all.toByteArray();
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Location at(String name) {
        return root.plus(name);
    }

    @Override
    public String describe() {
        return root.toString();
    }

    @Override
    public void close() {}
}
