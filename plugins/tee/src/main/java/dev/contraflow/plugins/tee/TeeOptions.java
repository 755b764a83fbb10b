package dev.contraflow.plugins.tee;

import dev.contraflow.config.ConfigSection;
import java.time.Duration;

/**
 * The options of the tee, from the section {@code tee} of {@code run.yml}. Immutable.
 *
 * @param memory {@code memory}: the most bytes of encoded values held in memory, by default a quarter of what the heap has beyond 48 MiB, at
 *     least 1 MiB and at most 512 MiB; what does not fit goes to disk. (A running node's own inputs and outputs come on top, as in a plain run.)
 * @param spillLimit {@code spill_limit}: how many bytes that are not yet durable may wait on disk before no further node is admitted, by
 *     default 10 GiB
 * @param transfers {@code transfers}: the most loads and saves under way at once, by default 64, fewer in a heap below 512 MiB. It follows from the
 *     storage, not from the number of cores: a transfer mostly waits
 * @param prefetch {@code prefetch}: how many inputs are loaded ahead of their first reader, by default 8; 0 turns it off
 * @param waitLimit {@code wait_limit}: the longest wait for memory or for a transfer, by default one hour; after it the waiting node fails
 * @param spool {@code spool}: the most bytes of outputs that are computed and not yet durable which are kept on the local disk, so that a run that
 *     is resumed stores them without computing them again; by default 0, which turns it off
 * @param detectMutation {@code detect_mutation}: whether each value that nodes share is encoded again before and after each of them, to name
 *     the node that has changed it; then nodes run one at a time, with any runner. By default false, since it costs as much as it reads: it is
 *     for looking for a mistake, not for every day
 */
public record TeeOptions(
        long memory,
        long spillLimit,
        int transfers,
        int prefetch,
        Duration waitLimit,
        long spool,
        boolean detectMutation) {
    private static final long NEEDED_ANYWAY = 48L << 20;
    private static final long LEAST_MEMORY = 1L << 20;
    private static final long MOST_MEMORY = 512L << 20;

    /** Without a spool, and without looking for changes. */
    TeeOptions(long memory, long spillLimit, int transfers, int prefetch, Duration waitLimit) {
        this(memory, spillLimit, transfers, prefetch, waitLimit, 0, false);
    }

    /**
     * Reads the options.
     *
     * @param section the section of {@code run.yml}
     * @return the options, defaults filled in
     * @throws dev.contraflow.CatalogException if keys are unknown or values are wrong: all of them
     */
    public static TeeOptions read(ConfigSection section) {
        return section.readWhole(options -> new TeeOptions(
                options.bytes("memory")
                        .orElse(memoryThatFits(Runtime.getRuntime().maxMemory())),
                options.bytes("spill_limit").orElse(10L << 30),
                options.integer("transfers", 1, 1024).orElse(transfersThatFit()),
                options.integer("prefetch", 0, 1024).orElse(8),
                waitLimit(options),
                options.bytes("spool").orElse(0L),
                options.flag("detect_mutation").orElse(false)));
    }

    private static Duration waitLimit(ConfigSection options) {
        Duration limit = options.duration("wait_limit").orElse(Duration.ofHours(1));
        if (limit.isZero()) {
            options.refuse("wait_limit", "must be longer than 0s.");
        }
        return limit;
    }

    /**
     * What a JVM and a node's own values need in any case is taken off first: in a small heap a share of the whole would be missing where a
     * plain run has just enough. What is not held in memory goes to disk, and costs little there.
     */
    static long memoryThatFits(long heap) {
        return Math.max(LEAST_MEMORY, Math.min((heap - NEEDED_ANYWAY) / 4, MOST_MEMORY));
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
