package dev.contraflow.catalog;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Format;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A map whose values stand in files of their own, the <i>partitions</i>, below one folder: the kind {@code partitioned}, Kedro's {@code
 * PartitionedDataset}. The key of a value is the path of its file from the folder, without the suffix.
 *
 * <p>A load reads all partitions, in the order of their ids; the map is new and unmodifiable. Several are read and written at once, on threads
 * that end with the load or the save. Each partition becomes visible by one atomic act, all of them one after the other: whoever reads the
 * folder meanwhile may see some of the old and some of the new ones, and so it stays if the save fails in between. A map without partitions
 * cannot be saved if there would be none then, since it could not be loaded. The datasets are thread-safe, and do not close the storage.
 */
public final class PartitionedDatasets {
    private PartitionedDatasets() {}

    /**
     * Partitions that are a value of the run's own: what is saved replaces all that were there. First the new ones are sent, then they become
     * visible, and last those are removed that are not among them.
     *
     * @param storage where the files stand; stays the caller's
     * @param folder the folder
     * @param suffix how the names of the files end, {@code .csv}; other files in the folder are left alone. Empty for all files
     * @param format how each value stands as bytes
     * @return the dataset
     */
    public static <T> EncodedDataset<Map<String, T>> replacing(
            Storage storage, Location folder, String suffix, Format<T> format) {
        return new Replacing<>(new PartitionFolder(storage, withoutSlash(folder), suffix), format);
    }

    /**
     * Partitions to which each save adds: those of the same id are replaced, all others stay (Kedro's {@code overwrite=False}). So what a
     * load gives is more than was saved, and a node that reads it waits until it is stored.
     *
     * @param storage where the files stand; stays the caller's
     * @param folder the folder
     * @param suffix how the names of the files end, {@code .csv}; other files in the folder are left alone. Empty for all files
     * @param format how each value stands as bytes
     * @return the dataset
     */
    public static <T> Dataset<Map<String, T>> adding(
            Storage storage, Location folder, String suffix, Format<T> format) {
        return new Adding<>(new Replacing<>(new PartitionFolder(storage, withoutSlash(folder), suffix), format));
    }

    private static Location withoutSlash(Location folder) {
        String path = folder.path();
        return path.endsWith("/")
                ? new Location(folder.scheme(), folder.authority(), path.substring(0, path.length() - 1))
                : folder;
    }

    private static final class Replacing<T> implements EncodedDataset<Map<String, T>> {
        private final PartitionFolder folder;
        private final Format<T> format;

        Replacing(PartitionFolder folder, Format<T> format) {
            this.folder = folder;
            this.format = Objects.requireNonNull(format, "format is null");
        }

        @Override
        public Content encode(Map<String, T> values, Grant memory) throws IOException {
            PartitionFolder.check(values);
            SortedMap<String, Content> parts = new TreeMap<>();
            try {
                for (Map.Entry<String, T> one : new TreeMap<>(values).entrySet()) {
                    parts.put(one.getKey(), encoded(one.getKey(), one.getValue(), memory));
                }
                return joined(parts, memory);
            } catch (IOException | RuntimeException | Error e) {
                parts.values().forEach(Content::close);
                throw e;
            }
        }

        private Content encoded(String id, T value, Grant memory) throws IOException {
            try (ContentOutput out = new ContentOutput(memory)) {
                format.encode(value, out);
                return out.toContent();
            } catch (UnencodableValueException e) {
                throw new UnencodableValueException("partition '" + id + "': " + e.getMessage());
            }
        }

        private static Content joined(SortedMap<String, Content> parts, Grant memory) throws IOException {
            SortedMap<String, Long> sizes = new TreeMap<>();
            parts.forEach((id, part) -> sizes.put(id, part.size()));
            Content index = index(sizes, memory);
            try {
                List<Content> all = new ArrayList<>(List.of(index));
                all.addAll(parts.values());
                return Content.join(all);
            } catch (IOException | RuntimeException | Error e) {
                index.close();
                throw e;
            }
        }

        private static Content index(SortedMap<String, Long> sizes, Grant memory) throws IOException {
            try (ContentOutput out = new ContentOutput(memory)) {
                out.write(PartitionIndex.write(sizes));
                return out.toContent();
            }
        }

        @Override
        public Map<String, T> decode(Content whole) throws IOException {
            Map<String, T> values = new LinkedHashMap<>();
            for (Map.Entry<String, PartitionIndex.Range> one :
                    PartitionIndex.read(whole).entrySet()) {
                PartitionIndex.Range range = one.getValue();
                try (InputStream in = whole.open(range.offset(), range.size())) {
                    values.put(one.getKey(), format.decode(in));
                } catch (IOException e) {
                    throw new IOException("partition '" + one.getKey() + "': " + e.getMessage(), e);
                }
            }
            return Collections.unmodifiableMap(values);
        }

        /** The marks of what was read, not of what was listed: a partition may be replaced in between. */
        @Override
        public Content fetch(Grant memory) throws IOException {
            List<String> ids = List.copyOf(folder.listSome().keySet());
            SortedMap<String, Content> parts = new TreeMap<>();
            try {
                AtOnce.each(ids, id -> {
                    Content part = folder.storage().read(folder.file(id), memory);
                    synchronized (parts) {
                        parts.put(id, part);
                    }
                    return id;
                });
                SortedMap<String, PartitionFolder.Seen> seen = new TreeMap<>();
                parts.forEach((id, part) -> seen.put(
                        id, new PartitionFolder.Seen(part.size(), part.mark().orElse(null))));
                Content whole = joined(parts, memory);
                return PartitionFolder.mark(seen).map(whole::withMark).orElse(whole);
            } catch (IOException | RuntimeException | Error e) {
                parts.values().forEach(Content::close);
                throw e;
            }
        }

        @Override
        public PendingWrite beginWrite(WriteSpec spec) {
            return new PartitionsWrite(folder, spec, true);
        }

        @Override
        public boolean exists() throws IOException {
            return !folder.list().isEmpty();
        }

        @Override
        public Optional<String> mark() throws IOException {
            return PartitionFolder.mark(folder.list());
        }

        @Override
        public Optional<ObjectInfo> saved() throws IOException {
            SortedMap<String, PartitionFolder.Seen> seen = folder.list();
            SortedMap<String, Long> sizes = new TreeMap<>();
            seen.forEach((id, one) -> sizes.put(id, one.size()));
            long size = PartitionIndex.write(sizes).length
                    + sizes.values().stream().mapToLong(Long::longValue).sum();
            return PartitionFolder.mark(seen).map(mark -> new ObjectInfo(folder.at(), size, mark, null, null));
        }

        @Override
        public Optional<Location> target() {
            return Optional.of(folder.target());
        }

        @Override
        public Optional<String> suffixOfFiles() {
            return Optional.of(folder.suffix());
        }

        @Override
        public String describe() {
            return format.typeId() + " partitions at " + folder.at() + "/*" + folder.suffix();
        }
    }

    /** Hides the bytes of what is saved, since they are not what is loaded. */
    private static final class Adding<T> implements Dataset<Map<String, T>> {
        private final Replacing<T> files;

        Adding(Replacing<T> files) {
            this.files = files;
        }

        @Override
        public Map<String, T> load() throws IOException {
            return files.load();
        }

        @Override
        public void save(Map<String, T> values) throws IOException {
            if (values.isEmpty() && exists()) {
                return; // there is nothing to add
            }
            WriteSpec spec = new WriteSpec("none", 1, WriteSpec.Existing.OVERWRITE);
            try (Content content = files.encode(values, Grant.unbounded());
                    PendingWrite write = new PartitionsWrite(files.folder, spec, false)) {
                write.transfer(content);
                write.commit();
            }
        }

        @Override
        public boolean exists() throws IOException {
            return files.exists();
        }

        @Override
        public Optional<String> mark() throws IOException {
            return files.mark();
        }

        @Override
        public Optional<Location> target() {
            return files.target();
        }

        @Override
        public Optional<String> suffixOfFiles() {
            return files.suffixOfFiles();
        }

        @Override
        public String describe() {
            return files.describe();
        }
    }
}
