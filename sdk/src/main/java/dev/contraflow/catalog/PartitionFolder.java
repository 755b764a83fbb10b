package dev.contraflow.catalog;

import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.Storage;
import dev.contraflow.io.UnencodableValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of partitions: all below a folder whose names end with a suffix. The id of a partition is the path of its file from the folder,
 * without the suffix, as in Kedro. Immutable.
 *
 * @param storage where they stand
 * @param at the folder, without a slash at its end
 * @param suffix how their names end; empty for all files
 */
record PartitionFolder(Storage storage, Location at, String suffix) {
    /** Checks that nothing is null. */
    PartitionFolder {
        Objects.requireNonNull(storage, "storage is null");
        Objects.requireNonNull(at, "folder is null");
        Objects.requireNonNull(suffix, "suffix is null");
    }

    /** What the storage knows of one partition. */
    record Seen(long size, @Nullable String mark) {}

    /** @return what is stored, by id, in the order of the ids */
    SortedMap<String, Seen> list() throws IOException {
        Location below = at.plus("/");
        SortedMap<String, Seen> seen = new TreeMap<>();
        for (Listed file : storage.list(below)) {
            String path = file.location().path().substring(below.path().length());
            boolean isFolder = path.endsWith("/"); // an empty object that some tools for S3 leave
            if (!isFolder && path.endsWith(suffix) && path.length() > suffix.length()) {
                seen.put(path.substring(0, path.length() - suffix.length()), new Seen(file.size(), file.mark()));
            }
        }
        return seen;
    }

    /** As {@link #list}, but that there is none is a failure. */
    SortedMap<String, Seen> listSome() throws IOException {
        SortedMap<String, Seen> seen = list();
        if (seen.isEmpty()) {
            throw new ObjectNotFoundException("no such objects: no partition " + at + "/*" + suffix, at, null);
        }
        return seen;
    }

    Location file(String id) {
        return at.plus("/" + id + suffix);
    }

    Location target() {
        return at.path().isEmpty() ? at : FileDataset.physical(at);
    }

    /**
     * Checks values before any of them is stored.
     *
     * @throws UnencodableValueException if they could not be read back: an id that leads elsewhere, a null, no partition at all
     */
    static void check(Map<String, ?> values) throws UnencodableValueException {
        if (values.isEmpty()) {
            throw new UnencodableValueException("there is no partition in the map, and a dataset without partitions"
                    + " could not be loaded. Return at least one.");
        }
        for (Map.Entry<String, ?> entry : values.entrySet()) {
            String id = entry.getKey();
            if (id == null) {
                throw new UnencodableValueException("a partition has no id: its key is null");
            }
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
                throw new UnencodableValueException("the id of a partition, '" + id
                        + "', has half of a surrogate pair, which no name of a file can hold");
            }
            if (!isPath(id)) {
                throw new UnencodableValueException(
                        "the id of a partition is '" + id
                                + "', which is no path below the folder: names between single slashes, none of them '.' or '..'");
            }
            if (entry.getValue() == null) {
                throw new UnencodableValueException("the partition '" + id + "' is null");
            }
        }
    }

    private static boolean isPath(String id) {
        for (String name : id.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return false;
            }
        }
        return id.indexOf('\0') < 0;
    }

    /**
     * A mark of them all.
     *
     * @param seen the partitions
     * @return the mark; empty if the storage does not tell the mark of each
     */
    static Optional<String> mark(SortedMap<String, Seen> seen) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Seen> one : seen.entrySet()) {
            if (one.getValue().mark() == null) {
                return Optional.empty();
            }
            lines.add(one.getKey() + "\0" + one.getValue().size() + "\0"
                    + one.getValue().mark());
        }
        return seen.isEmpty()
                ? Optional.empty()
                : Optional.of("partitions " + seen.size() + " " + digest(String.join("\n", lines)));
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
