package dev.contraflow.testkit;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Provenance;
import dev.contraflow.io.RangedStorage;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A storage in memory, of the scheme {@code memory}, for tests: each instance has objects of its own. It can be cut off, so that every call
 * fails. Thread-safe.
 */
public final class InMemoryStorage implements RangedStorage {
    private final ConcurrentSkipListMap<String, InMemoryObject> objects;
    private final InMemoryStorage owner;
    private final AtomicInteger openWrites = new AtomicInteger();
    private volatile boolean cutOff;
    private volatile boolean closed;

    /** What stands under a key. Its bytes are not changed any more. */
    private static final class InMemoryObject {
        private final byte[] bytes;
        private final String sha256;
        private final Provenance provenance;

        InMemoryObject(byte[] bytes, String sha256, Provenance provenance) {
            this.bytes = bytes;
            this.sha256 = sha256;
            this.provenance = provenance;
        }
    }

    /** An empty storage. */
    public InMemoryStorage() {
        this.objects = new ConcurrentSkipListMap<>();
        this.owner = this;
    }

    private InMemoryStorage(InMemoryStorage owner) {
        this.objects = owner.objects;
        this.owner = owner;
    }

    /**
     * For catalogs with entries like {@code filepath: memory://any/a.csv}: every storage that it opens shows the objects of this one, and may be
     * closed without closing this one.
     *
     * @return the provider of the scheme {@code memory}
     */
    public StorageProvider provider() {
        return new StorageProvider() {
            @Override
            public Set<String> schemes() {
                return Set.of("memory");
            }

            @Override
            public Storage open(StorageConfig config) {
                return new InMemoryStorage(InMemoryStorage.this);
            }
        };
    }

    /** From now on every call fails, as if the network were down. */
    public void cutOff() {
        cutOff = true;
    }

    /** Ends {@link #cutOff}. */
    public void reconnect() {
        cutOff = false;
    }

    /** @return how many writes are begun and not closed */
    public int openWrites() {
        return openWrites.get();
    }

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        InMemoryObject object = objectAt(at);
        return copyOf(object.bytes, 0, object.bytes.length, memory).withMark(object.sha256);
    }

    @Override
    public Content readRange(Location at, long offset, long length, Grant memory) throws IOException {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        byte[] bytes = objectAt(at).bytes;
        if (offset >= bytes.length) {
            throw new StorageException("the object has only " + bytes.length + " bytes", at, 1, null);
        }
        return copyOf(bytes, (int) offset, (int) Math.min(length, bytes.length - offset), memory);
    }

    private static Content copyOf(byte[] bytes, int offset, int length, Grant memory) throws IOException {
        try (ContentOutput out = new ContentOutput(memory)) {
            out.write(bytes, offset, length);
            return out.toContent();
        }
    }

    private InMemoryObject objectAt(Location at) throws IOException {
        InMemoryObject object = objects.get(keyOf(at));
        if (object == null) {
            throw new ObjectNotFoundException(at, null);
        }
        return object;
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        PendingWrite write = new Write(at, keyOf(at), spec);
        openWrites.incrementAndGet();
        return write;
    }

    @Override
    public Optional<ObjectInfo> info(Location at) throws IOException {
        InMemoryObject object = objects.get(keyOf(at));
        return object == null
                ? Optional.empty()
                : Optional.of(new ObjectInfo(at, object.bytes.length, object.sha256, object.sha256, object.provenance));
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        String start = keyOf(prefix);
        return objects.tailMap(start).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(start))
                .map(entry -> new Listed(
                        prefix.plus(entry.getKey().substring(start.length())),
                        entry.getValue().bytes.length,
                        entry.getValue().sha256))
                .toList();
    }

    @Override
    public void delete(Location at) throws IOException {
        objects.remove(keyOf(at));
    }

    @Override
    public void close() {
        closed = true;
        if (owner == this) {
            objects.clear();
        }
    }

    /** The object's key, if this storage can be asked about it now. */
    private String keyOf(Location at) throws IOException {
        if (closed) {
            throw new IllegalStateException("The storage is closed");
        }
        if (!at.scheme().equals("memory")) {
            throw new IllegalArgumentException("not a location in memory: " + at);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted at " + at);
        }
        if (cutOff) {
            throw new StorageException("the storage is cut off", at, 1, null);
        }
        return at.toString();
    }

    private final class Write implements PendingWrite {
        private final Location at;
        private final String key;
        private final WriteSpec spec;
        private byte @Nullable [] sent;
        private @Nullable Content source;
        private boolean ended;
        private boolean writeClosed;

        Write(Location at, String key, WriteSpec spec) {
            this.at = at;
            this.key = key;
            this.spec = Objects.requireNonNull(spec, "spec is null");
        }

        @Override
        public void transfer(Content content) throws IOException {
            requireOpen();
            keyOf(at);
            try (InputStream in = content.open()) {
                sent = in.readAllBytes();
                source = content;
            }
        }

        @Override
        public Stored commit() throws IOException {
            requireOpen();
            byte[] bytes = sent;
            Content content = source;
            if (bytes == null || content == null) {
                throw new IllegalStateException("Nothing was transferred to " + at);
            }
            keyOf(at);
            ended = true;
            if (bytes.length != content.size()) {
                throw new StorageException(
                        "only " + bytes.length + " of " + content.size() + " bytes arrived", at, 1, null);
            }
            spec.fence().check();
            InMemoryObject object = new InMemoryObject(bytes, content.sha256(), Provenance.of(spec));
            if (spec.existing() == WriteSpec.Existing.OVERWRITE) {
                objects.put(key, object);
            } else if (objects.putIfAbsent(key, object) != null) {
                throw new ObjectExistsException(at, 1, null);
            }
            return new Stored(at, bytes.length, content.sha256(), content.sha256());
        }

        private void requireOpen() {
            if (ended || writeClosed) {
                throw new IllegalStateException("The write to " + at + " is committed or closed");
            }
        }

        @Override
        public void close() {
            if (!writeClosed) {
                writeClosed = true;
                sent = null;
                openWrites.decrementAndGet();
            }
        }
    }
}
