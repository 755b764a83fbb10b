package dev.contraflow.datasets.s3;

/** How bytes are cut into parts of equal size, of which the last may be shorter. Immutable. */
record PartPlan(long size, long partSize) {
    /** The most parts that one upload may have: Amazon S3 user guide, "multipart upload limits". */
    static final int MOST_PARTS = 10_000;

    private static final long MIB = 1L << 20;

    /** Parts for an upload: of the wanted size, or larger, in whole MiB, if that many parts would be too many. */
    static PartPlan forUpload(long size, long wantedPartSize) {
        long needed = (size + MOST_PARTS - 1) / MOST_PARTS;
        long part = needed <= wantedPartSize ? wantedPartSize : (needed + MIB - 1) / MIB * MIB;
        return new PartPlan(size, part);
    }

    /**
     * Ranges for a download: of the wanted size, or smaller, at least one MiB, if then more connections have something to do: one connection
     * has a fraction of a machine's bandwidth.
     */
    static PartPlan forDownload(long size, long wantedRangeSize, int connections) {
        long share = (size + connections - 1) / connections;
        return new PartPlan(size, Math.min(wantedRangeSize, Math.max(MIB, share)));
    }

    int count() {
        return Math.toIntExact((size + partSize - 1) / partSize);
    }

    long offset(int part) {
        return part * partSize;
    }

    long length(int part) {
        return Math.min(partSize, size - offset(part));
    }
}
