package dev.contraflow.run;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The name of one run, which is also the version of what it saves: the time of its start in UTC as Kedro writes a version, and a random
 * suffix, since two runs may start in one millisecond. Sorts by time. Immutable.
 *
 * @param value {@code 2026-11-23T10.30.00.000Z-k3x9}
 */
public record RunId(String value) {
    private static final DateTimeFormatter KEDRO_VERSION =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH.mm.ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Checks that the value is not null. */
    public RunId {
        Objects.requireNonNull(value, "value is null");
    }

    /**
     * A new run id.
     *
     * @param start when the run starts
     * @param random where the suffix comes from
     * @return the id
     */
    public static RunId at(Instant start, RandomGenerator random) {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            suffix.append(Character.forDigit(random.nextInt(36), 36));
        }
        return new RunId(KEDRO_VERSION.format(start) + "-" + suffix);
    }

    /** @return the value */
    @Override
    public String toString() {
        return value;
    }
}
