package dev.contraflow.catalog;

import dev.contraflow.io.Content;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stands at the beginning of the bytes of all partitions together: their ids and sizes, in the order of the ids; the bytes of the
 * partitions follow in that order. Only this program reads it: such bytes are on their way, in memory or on the local disk; what is stored
 * are the partitions.
 */
final class PartitionIndex {
    private static final int MAGIC = 0x43465031; // CFP1

    private PartitionIndex() {}

    /** A range of the whole bytes. */
    record Range(long offset, long size) {}

    /**
     * @param sizes the bytes of each partition
     * @return the index
     */
    static byte[] write(SortedMap<String, Long> sizes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(sizes.size());
            for (Map.Entry<String, Long> one : sizes.entrySet()) {
                byte[] id = one.getKey().getBytes(StandardCharsets.UTF_8);
                out.writeInt(id.length);
                out.write(id);
                out.writeLong(one.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * @param whole the bytes of all partitions, with the index
     * @return where each stands in it
     * @throws IOException if they do not begin with an index that fits
     */
    static SortedMap<String, Range> read(Content whole) throws IOException {
        SortedMap<String, Long> sizes = new TreeMap<>();
        try (InputStream bytes = whole.open();
                DataInputStream in = new DataInputStream(bytes)) {
            if (in.readInt() != MAGIC) {
                throw damaged();
            }
            for (int left = in.readInt(); left > 0; left--) {
                int length = in.readInt();
                if (length < 0 || length > whole.size()) {
                    throw damaged();
                }
                byte[] id = in.readNBytes(length);
                sizes.put(new String(id, StandardCharsets.UTF_8), in.readLong());
            }
        } catch (EOFException e) {
            throw damaged();
        }
        return ranges(sizes, whole.size());
    }

    private static SortedMap<String, Range> ranges(SortedMap<String, Long> sizes, long whole) throws IOException {
        SortedMap<String, Range> ranges = new TreeMap<>();
        long at = write(sizes).length;
        for (Map.Entry<String, Long> one : sizes.entrySet()) {
            if (one.getValue() < 0) {
                throw damaged();
            }
            ranges.put(one.getKey(), new Range(at, one.getValue()));
            at += one.getValue();
        }
        if (at != whole) {
            throw damaged();
        }
        return ranges;
    }

    private static IOException damaged() {
        return new IOException("these are not the bytes of partitions");
    }
}
