package dev.contraflow.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The checksums of a content made of others: counted when somebody first asks if its bytes stand in memory, else at once, while a file that
 * cannot be read can still be told. Thread-safe.
 */
final class LazySums {
    private static final int PIECE = 64 << 10;

    private final Content content;
    private @Nullable Sums known; // guarded by this

    /** Both checksums, as {@link Content} has them. */
    record Sums(long crc32, String sha256) {}

    private LazySums(Content content) {
        this.content = content;
    }

    static LazySums of(Content content, boolean isInMemory) throws IOException {
        LazySums sums = new LazySums(content);
        if (!isInMemory) {
            sums.known = count(content);
        }
        return sums;
    }

    synchronized Sums get() {
        Sums sums = known;
        if (sums == null) {
            try {
                sums = count(content);
            } catch (IOException e) {
                throw new UncheckedIOException("bytes in memory cannot be read", e);
            }
            known = sums;
        }
        return sums;
    }

    private static Sums count(Content content) throws IOException {
        Checksums counting = new Checksums();
        byte[] piece = new byte[PIECE];
        try (InputStream in = content.open()) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                counting.update(piece, 0, n);
            }
        }
        return new Sums(counting.crc32(), counting.sha256());
    }
}
