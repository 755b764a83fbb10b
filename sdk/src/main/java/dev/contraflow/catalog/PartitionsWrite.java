package dev.contraflow.catalog;

import dev.contraflow.io.Content;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Partitions on their way: all are sent before the first becomes visible. A commit that fails may leave some of them visible, each of them
 * whole.
 */
final class PartitionsWrite implements PendingWrite {
    private final PartitionFolder folder;
    private final WriteSpec spec;
    private final boolean replacesAll;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Content sent;
    private boolean ended;

    private record Part(String id, PendingWrite write) {}

    private record Piece(String id, Content bytes) {}

    /** @param replacesAll whether the partitions that are not written are removed */
    PartitionsWrite(PartitionFolder folder, WriteSpec spec, boolean replacesAll) {
        this.folder = folder;
        this.spec = spec;
        this.replacesAll = replacesAll;
    }

    @Override
    public void transfer(Content content) throws IOException {
        if (ended) {
            throw new IllegalStateException("The write to " + folder.at() + " has ended");
        }
        sent = null;
        closeParts();
        List<Piece> pieces = new ArrayList<>();
        for (Map.Entry<String, PartitionIndex.Range> one :
                PartitionIndex.read(content).entrySet()) {
            pieces.add(new Piece(
                    one.getKey(),
                    content.range(one.getValue().offset(), one.getValue().size())));
        }
        AtOnce.each(pieces, piece -> {
            PendingWrite write = folder.storage().create(folder.file(piece.id), spec);
            synchronized (parts) {
                parts.add(new Part(piece.id, write));
            }
            write.transfer(piece.bytes);
            return piece.id;
        });
        sent = content;
    }

    @Override
    public Stored commit() throws IOException {
        Content content = sent;
        if (content == null || ended) {
            throw new IllegalStateException("Nothing was transferred to " + folder.at());
        }
        ended = true;
        SortedMap<String, PartitionFolder.Seen> stored = new TreeMap<>();
        AtOnce.each(parts, part -> {
            Stored one = part.write.commit();
            synchronized (stored) {
                stored.put(part.id, new PartitionFolder.Seen(one.size(), one.etag()));
            }
            return part.id;
        });
        if (replacesAll) {
            removeOthers(stored.keySet());
        }
        return new Stored(
                folder.at(),
                content.size(),
                content.sha256(),
                PartitionFolder.mark(stored).orElse(null));
    }

    private void removeOthers(Set<String> stored) throws IOException {
        Set<String> seen = folder.list().keySet();
        checkSeen(stored, seen);
        List<String> others = seen.stream().filter(id -> !stored.contains(id)).toList();
        AtOnce.each(others, id -> {
            spec.fence().check();
            folder.storage().delete(folder.file(id));
            return id;
        });
    }

    /** What a storage lists by another name than it was stored by would be taken for another partition, and be removed. */
    private void checkSeen(Set<String> stored, Set<String> seen) throws IOException {
        String lost =
                stored.stream().filter(id -> !seen.contains(id)).findFirst().orElse(null);
        if (lost != null) {
            throw new StorageException(
                    "the partition '" + lost
                            + "' was stored, but its folder does not show it by this name, so none was removed."
                            + " Perhaps another program has removed it, or the storage takes two ids for one, as some file"
                            + " systems do with large and small letters or with accents, or a link leads to another folder",
                    folder.file(lost),
                    1,
                    null);
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        sent = null;
        closeParts();
    }

    private void closeParts() throws IOException {
        IOException failure = null;
        for (Part part : parts) {
            try {
                part.write.close();
            } catch (IOException | RuntimeException e) { // the others have to be closed all the same
                if (failure == null) {
                    failure = e instanceof IOException io ? io : new IOException(e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        parts.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
