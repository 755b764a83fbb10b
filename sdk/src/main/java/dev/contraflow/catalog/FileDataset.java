package dev.contraflow.catalog;

import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Format;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A value in a file: a format, at a location, in a storage. This is where a storage and a format meet. Thread-safe; does not close the
 * storage.
 *
 * @param <T> the type of the value
 */
public final class FileDataset<T> implements EncodedDataset<T> {
    private final Storage storage;
    private final Location location;
    private final Format<T> format;

    /**
     * @param storage where the bytes stand; stays the caller's
     * @param location where in it
     * @param format how the value stands as bytes
     */
    public FileDataset(Storage storage, Location location, Format<T> format) {
        this.storage = Objects.requireNonNull(storage, "storage is null");
        this.location = Objects.requireNonNull(location, "location is null");
        this.format = Objects.requireNonNull(format, "format is null");
    }

    @Override
    public Content encode(T value, Grant memory) throws IOException {
        try (ContentOutput out = new ContentOutput(memory)) {
            format.encode(value, out);
            return out.toContent();
        }
    }

    @Override
    public T decode(Content content) throws IOException {
        return format.decode(content);
    }

    @Override
    public boolean isStreamed() {
        return format.isStreamed();
    }

    @Override
    public Content fetch(Grant memory) throws IOException {
        return storage.read(location, memory);
    }

    @Override
    public PendingWrite beginWrite(WriteSpec spec) throws IOException {
        return storage.create(location, spec);
    }

    /** A local folder in the file's place counts too, as in Kedro: something is there, and loading it says what. */
    @Override
    public boolean exists() throws IOException {
        return storage.exists(location) || (isLocal() && Files.isDirectory(Path.of(location.path())));
    }

    @Override
    public Optional<String> mark() throws IOException {
        return saved().map(ObjectInfo::mark);
    }

    @Override
    public Optional<ObjectInfo> saved() throws IOException {
        return storage.info(location);
    }

    private boolean isLocal() {
        return location.scheme().equals("file");
    }

    @Override
    public Optional<Location> target() {
        return Optional.of(physical(location));
    }

    /** Two paths may lead to one file through links: of a local path the part that exists is followed. */
    static Location physical(Location file) {
        if (!file.scheme().equals("file")) {
            return file;
        }
        Path path = Path.of(file.path());
        Path there = path;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return there == null ? file : Location.file(there.toRealPath().resolve(there.relativize(path)));
        } catch (IOException e) {
            return file; // it cannot be looked at: then the path has to do
        }
    }

    @Override
    public boolean isExact() {
        return format.isExact();
    }

    @Override
    public String describe() {
        return format.typeId() + " at " + location;
    }
}
