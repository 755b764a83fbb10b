package dev.contraflow.formats.core;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The smallest storage: a map. For one thread. */
final class MapStorage implements Storage {
    private final Map<String, byte[]> objects = new TreeMap<>();

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        byte[] bytes = objects.get(at.path());
        if (bytes == null) {
            throw new ObjectNotFoundException(at, null);
        }
        try (ContentOutput out = new ContentOutput(memory)) {
            out.write(bytes, 0, bytes.length);
            return out.toContent();
        }
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) {
        return new MapWrite(at);
    }

    @Override
    public Optional<ObjectInfo> info(Location at) {
        byte[] bytes = objects.get(at.path());
        return bytes == null
                ? Optional.empty()
                : Optional.of(new ObjectInfo(at, bytes.length, String.valueOf(Arrays.hashCode(bytes)), null, null));
    }

    @Override
    public List<Listed> list(Location prefix) {
        return objects.entrySet().stream()
                .filter(each -> each.getKey().startsWith(prefix.path()))
                .map(each -> new Listed(new Location("map", "", each.getKey()), each.getValue().length, null))
                .toList();
    }

    @Override
    public void delete(Location at) {
        objects.remove(at.path());
    }

    @Override
    public void close() {}

    private final class MapWrite implements PendingWrite {
        private final Location at;
        private byte @Nullable [] bytes;
        private @Nullable String sha256;
        private boolean ended;

        MapWrite(Location at) {
            this.at = at;
        }

        @Override
        public void transfer(Content content) throws IOException {
            if (ended) {
                throw new IllegalStateException("The write has ended");
            }
            try (InputStream in = content.open()) {
                bytes = in.readAllBytes();
            }
            sha256 = content.sha256();
        }

        @Override
        public Stored commit() {
            if (ended || bytes == null || sha256 == null) {
                throw new IllegalStateException("Nothing was transferred, or the write has ended");
            }
            ended = true;
            objects.put(at.path(), bytes);
            return new Stored(at, bytes.length, sha256, null);
        }

        @Override
        public void close() {
            ended = true;
        }
    }
}
