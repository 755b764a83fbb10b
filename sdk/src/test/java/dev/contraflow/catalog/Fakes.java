package dev.contraflow.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.io.Stored;
import dev.contraflow.io.UnsupportedTypeException;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What catalogs are tested with: they count what is asked of them. */
final class Fakes {
    private Fakes() {}

    /** A format for one class, its values written as text. */
    static final class TextFormats implements FormatProvider {
        private final String id;
        private final Class<?> held;
        int created;

        TextFormats(String id, Class<?> held) {
            this.id = id;
            this.held = held;
        }

        @Override
        public String typeId() {
            return id;
        }

        @Override
        @SuppressWarnings("unchecked") // the type was compared
        public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
            created++;
            if (type.rawType() != held) {
                throw new UnsupportedTypeException(id + " holds " + held.getSimpleName() + " only");
            }
            options.load().text("encoding");
            options.save().text("encoding");
            return (Format<T>) new TextFormat(id);
        }
    }

    private record TextFormat(String typeId) implements Format<String> {
        @Override
        public void encode(String value, OutputStream out) throws IOException {
            out.write(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String decode(InputStream in) throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    /** Storages in memory, one map for each that is opened. */
    static final class MapStorages implements StorageProvider {
        private final Set<String> schemes;
        final List<StorageConfig> opened = new ArrayList<>();
        final List<String> closed = new ArrayList<>();
        boolean failOnClose;
        int listings;
        int reads;
        int questions;

        MapStorages(String... schemes) {
            this.schemes = Set.of(schemes);
        }

        @Override
        public Set<String> schemes() {
            return schemes;
        }

        @Override
        public Storage open(StorageConfig config) {
            config.options().text("region");
            config.options().rejectOtherKeys();
            opened.add(config);
            return new MapStorage(this, config.scheme() + opened.size());
        }
    }

    private static final class MapStorage implements Storage {
        private final MapStorages provider;
        private final String name;
        private final Map<Location, byte[]> objects = new ConcurrentHashMap<>();

        MapStorage(MapStorages provider, String name) {
            this.provider = provider;
            this.name = name;
        }

        @Override
        public Content read(Location at, Grant memory) throws IOException {
            provider.reads++;
            byte[] bytes = objects.get(at);
            if (bytes == null) {
                throw new ObjectNotFoundException(at, null);
            }
            return Content.of(bytes);
        }

        @Override
        public PendingWrite create(Location at, WriteSpec spec) {
            return new MapWrite(objects, at, spec);
        }

        @Override
        public Optional<ObjectInfo> info(Location at) {
            provider.questions++;
            byte[] bytes = objects.get(at);
            return bytes == null
                    ? Optional.empty()
                    : Optional.of(new ObjectInfo(at, bytes.length, "mark of " + bytes.length, null, null));
        }

        @Override
        public List<Listed> list(Location prefix) {
            provider.listings++;
            return objects.entrySet().stream()
                    .filter(entry -> entry.getKey().path().startsWith(prefix.path()))
                    .map(entry -> new Listed(entry.getKey(), entry.getValue().length, null))
                    .sorted(Comparator.comparing(listed -> listed.location().path()))
                    .toList();
        }

        @Override
        public void delete(Location at) {
            objects.remove(at);
        }

        @Override
        public void close() throws IOException {
            provider.closed.add(name);
            if (provider.failOnClose) {
                throw new IOException("the line is dead");
            }
        }
    }

    private static final class MapWrite implements PendingWrite {
        private final Map<Location, byte[]> objects;
        private final Location at;
        private final WriteSpec spec;
        private byte @Nullable [] bytes;
        private @Nullable Content sent;

        MapWrite(Map<Location, byte[]> objects, Location at, WriteSpec spec) {
            this.objects = objects;
            this.at = at;
            this.spec = spec;
        }

        @Override
        public void transfer(Content content) throws IOException {
            try (InputStream in = content.open()) {
                bytes = in.readAllBytes();
                sent = content;
            }
        }

        @Override
        public Stored commit() throws IOException {
            if (bytes == null || sent == null) {
                throw new IllegalStateException("nothing was transferred");
            }
            if (spec.existing() == WriteSpec.Existing.MUST_NOT_EXIST && objects.containsKey(at)) {
                throw new ObjectExistsException(at, 1, null);
            }
            objects.put(at, bytes);
            return new Stored(at, sent.size(), sent.sha256(), null);
        }

        @Override
        public void close() {}
    }

    /** A kind of datasets that wraps another one. */
    static final class Wrappers implements DatasetProvider {
        @Override
        public String typeId() {
            return "wrapper";
        }

        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            config.options().text("label");
            Dataset<T> inner = config.nested(ref, "dataset");
            return inner instanceof MemoryDataset<T> memory ? new Wrapper<>(memory) : inner;
        }
    }

    private static final class Wrapper<T> extends ForwardingDataset<T> {
        Wrapper(MemoryDataset<T> inner) {
            super(inner);
        }

        @Override
        public String describe() {
            return "wrapped " + super.describe();
        }
    }

    /** A kind of datasets that takes every option and tells what it saw. */
    record Seeing(List<Map<String, ?>> seen) implements DatasetProvider {
        @Override
        public String typeId() {
            return "seeing";
        }

        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            seen.add(config.options().plain());
            return new MemoryDataset<>(ref.name());
        }
    }

    /** A kind of datasets with a mistake in it. */
    static final class Broken implements DatasetProvider {
        @Override
        public String typeId() {
            return "broken";
        }

        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            throw new UnsupportedOperationException("not\nyet");
        }
    }
}
