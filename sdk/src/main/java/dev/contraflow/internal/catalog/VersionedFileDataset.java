package dev.contraflow.internal.catalog;

import dev.contraflow.catalog.FileDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value in a file that keeps its versions: a wrapper around the file without a version, which says how values stand as bytes and, as its
 * target, that a dataset without versions at the same path is in the way. A save never replaces a version; the same save repeated by the run whose id is the version finds
 * its own bytes and succeeds. Thread-safe; does not close the storage.
 *
 * @param <T> the type of the value
 */
final class VersionedFileDataset<T> extends ForwardingEncodedDataset<T> {
    private static final Logger LOG = LoggerFactory.getLogger(VersionedFileDataset.class);

    private final String name;
    private final Storage storage;
    private final Location file;
    private final FileVersions versions;

    VersionedFileDataset(String name, Storage storage, Location file, Format<T> format, FileVersions versions) {
        super(new FileDataset<>(storage, file, format));
        this.name = name;
        this.storage = storage;
        this.file = file;
        this.versions = versions;
    }

    @Override
    public Content fetch(Grant memory) throws IOException {
        String version = versions.toLoad();
        Location at = versions.at(version);
        try {
            return storage.read(at, memory);
        } catch (ObjectNotFoundException e) {
            throw versions.missing(version, at, e);
        }
    }

    /** A version is never replaced, but by a later attempt of the run whose own it is: what that does again counts. */
    @Override
    public PendingWrite beginWrite(WriteSpec spec) throws IOException {
        Location at = versions.at(versions.toSave());
        boolean isOwn = spec.attempt() > 1 && versions.toSave().equals(spec.runId());
        WriteSpec once = new WriteSpec(
                spec.runId(),
                spec.attempt(),
                spec.madeFrom(),
                isOwn ? WriteSpec.Existing.OVERWRITE : WriteSpec.Existing.MUST_NOT_EXIST);
        return new VersionWrite(at, once, storage.create(at, once));
    }

    /** One listing, unless the version is known; that version may be gone. */
    @Override
    public boolean exists() throws IOException {
        Optional<String> known = versions.known();
        if (known.isEmpty()) {
            return versions.newest().isPresent();
        }
        return VersionNames.isValid(known.get()) && storage.exists(versions.at(known.get()));
    }

    /** A version is never replaced, so its name is mark enough of the newest one; of one that is known, the storage tells whether it is there. */
    @Override
    public Optional<String> mark() throws IOException {
        Optional<String> known = versions.known();
        if (known.isEmpty()) {
            return versions.newest().map(version -> "version " + version);
        }
        return VersionNames.isValid(known.get())
                ? storage.info(versions.at(known.get())).map(ObjectInfo::mark)
                : Optional.empty();
    }

    @Override
    public Optional<ObjectInfo> saved() throws IOException {
        return storage.info(versions.at(versions.toSave()));
    }

    /** Forgets which version is the newest: the next load looks again. */
    @Override
    public void release() {
        versions.release();
    }

    @Override
    public Optional<Versions> versions() {
        return Optional.of(versions);
    }

    @Override
    public String describe() {
        return super.describe() + ", versioned";
    }

    /** The write of a version. */
    private final class VersionWrite implements PendingWrite {
        private final Location at;
        private final WriteSpec spec;
        private final PendingWrite inner;
        private @Nullable Content sent;

        VersionWrite(Location at, WriteSpec spec, PendingWrite inner) {
            this.at = at;
            this.spec = spec;
            this.inner = inner;
        }

        @Override
        public void transfer(Content content) throws IOException {
            try {
                versions.hide();
                inner.transfer(content);
                sent = content;
            } catch (IOException e) {
                throw explained(e);
            }
        }

        @Override
        public Stored commit() throws IOException {
            Stored stored;
            try {
                stored = inner.commit();
            } catch (ObjectExistsException e) {
                stored = settled(e);
            } catch (IOException e) {
                throw explained(e);
            }
            versions.saved();
            Optional<String> pinned = versions.pinned();
            if (pinned.isPresent() && !pinned.get().equals(versions.toSave())) {
                LOG.warn(
                        "Dataset '{}' was saved as version '{}', but version '{}' is pinned for loading: whoever loads it"
                                + " does not get what was saved.",
                        name,
                        versions.toSave(),
                        pinned.get());
            }
            return stored;
        }

        /** In a file system a folder cannot be where a file is; elsewhere both can be, and asking could take long. */
        private IOException explained(IOException e) {
            boolean isInTheWay =
                    file.scheme().equals("file") && !(e instanceof InterruptedIOException) && versions.isPlainFile();
            if (!isInTheWay) {
                return e;
            }
            return new StorageException(
                    "a file without versions is in the way: " + file
                            + " must be a folder to hold versions. Move the file" + " to " + file
                            + "/<version>/, or remove 'versioned: true'",
                    file,
                    1,
                    e);
        }

        /**
         * The version is there. If it is this run's and has the same bytes, that was this very save, whose answer was lost.
         */
        private Stored settled(ObjectExistsException e) throws IOException {
            Content content = sent;
            if (content != null && versions.toSave().equals(spec.runId())) {
                try (Content there = storage.read(at, new SpillingGrant())) {
                    if (there.size() == content.size() && there.sha256().equals(content.sha256())) {
                        return new Stored(at, there.size(), there.sha256(), null);
                    }
                }
            }
            throw new ObjectExistsException(
                    "version '" + versions.toSave() + "' exists already, and a version is never replaced",
                    at,
                    e.attempts(),
                    e);
        }

        @Override
        public void close() throws IOException {
            sent = null;
            inner.close();
        }
    }

    /** Gives no memory: what is read to be compared only goes to disk. */
    private static final class SpillingGrant implements Grant {
        @Override
        public boolean tryTake(long bytes) {
            return false;
        }

        @Override
        public void giveBack(long bytes) {}

        @Override
        public Path newSpillFile() throws IOException {
            return Grant.unbounded().newSpillFile();
        }
    }
}
