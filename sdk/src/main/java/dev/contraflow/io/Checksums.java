package dev.contraflow.io;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/** Both checksums of a content, counted in one pass. Not thread-safe. */
final class Checksums {
    private final CRC32 crc32 = new CRC32();
    private final MessageDigest sha256;

    Checksums() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    void update(byte[] bytes, int offset, int length) {
        crc32.update(bytes, offset, length);
        sha256.update(bytes, offset, length);
    }

    /** Counts what stands in several arrays, of which the last may not be full. */
    void updateAll(List<byte[]> segments, long size) {
        long left = size;
        for (byte[] segment : segments) {
            int length = (int) Math.min(left, segment.length);
            update(segment, 0, length);
            left -= length;
        }
    }

    long crc32() {
        return crc32.getValue();
    }

    String sha256() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
