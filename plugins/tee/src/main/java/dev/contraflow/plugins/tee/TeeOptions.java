package dev.contraflow.plugins.tee;

import dev.contraflow.config.ConfigSection;
import java.time.Duration;

/**
 * The options of the tee, from the section {@code tee} of {@code run.yml}. Immutable.
 *
 * @param memory {@code memory}: the most bytes of encoded values held in memory, by default a quarter of the heap and at most 512 MiB; what
 *     does not fit goes to disk. (A running node's own inputs and outputs come on top, as in a plain run.)
 * @param spillLimit {@code spill_limit}: how many bytes that are not yet durable may wait on disk before no further node is admitted, by
 *     default 10 GiB
 * @param transfers {@code transfers}: the most loads and saves under way at once, by default 64, fewer in a heap below 512 MiB. It follows from the
 *     storage, not from the number of cores: a transfer mostly waits
 * @param prefetch {@code prefetch}: how many inputs are loaded ahead of their first reader, by default 8; 0 turns it off
 * @param waitLimit {@code wait_limit}: the longest wait for memory or for a transfer, by default one hour; after it the waiting node fails
 */
public record TeeOptions(long memory, long spillLimit, int transfers, int prefetch, Duration waitLimit) {
    /**
     * Reads the options.
     *
     * @param section the section of {@code run.yml}
     * @return the options, defaults filled in
     * @throws dev.contraflow.CatalogException if a key is unknown or a value is wrong
     */
    public static TeeOptions read(ConfigSection section) {
        long quarter = Math.min(Runtime.getRuntime().maxMemory() / 4, 512L << 20);
        TeeOptions options = new TeeOptions(
                section.bytes("memory").orElse(quarter),
                section.bytes("spill_limit").orElse(10L << 30),
                section.integer("transfers", 1, 1024).orElse(transfersThatFit()),
                section.integer("prefetch", 0, 1024).orElse(8),
                section.duration("wait_limit").orElse(Duration.ofHours(1)));
        section.rejectOtherKeys();
        if (options.waitLimit().isZero()) {
            throw section.error("wait_limit", "must be longer than 0s.");
        }
        return options;
    }

    /** A transfer needs buffers of its own (of the storage's client, of the socket): a small heap has room for few. */
    private static int transfersThatFit() {
        return (int) Math.max(4, Math.min(64, Runtime.getRuntime().maxMemory() / (8L << 20)));
    }

    /** @return the most bytes that may wait to become durable, in memory and on disk together */
    long undurable() {
        long sum = memory + spillLimit;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
