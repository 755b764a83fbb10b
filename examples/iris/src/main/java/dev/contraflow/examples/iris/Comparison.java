package dev.contraflow.examples.iris;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What the strategies took, as a table and as JSON. Immutable.
 *
 * @param delay the delay D of each load and each save of the intermediates
 * @param strategies the strategies in the order in which they ran; the first is the plain one
 */
record Comparison(Duration delay, List<Strategy> strategies) {
    /**
     * One strategy.
     *
     * @param id the id of its I/O manager
     * @param seconds what the run took
     * @param lowerBoundSeconds what no schedule of this run could undercut
     * @param storedBytesSha256 the digest of all that it stored, read back from the bucket
     * @param succeeded whether the run succeeded
     */
    record Strategy(String id, double seconds, double lowerBoundSeconds, String storedBytesSha256, boolean succeeded) {}

    boolean allSucceeded() {
        return strategies.stream().allMatch(Strategy::succeeded);
    }

    boolean bytesAgree() {
        return strategies.stream().map(Strategy::storedBytesSha256).distinct().count() == 1;
    }

    private double delaySeconds() {
        return delay.toNanos() / 1e9;
    }

    void print(PrintStream out) {
        double plain = strategies.get(0).seconds();
        out.println();
        if (delay.isZero()) {
            out.println("No delay is added: the bucket is as far away as it is");
        } else {
            out.printf(Locale.ROOT, "D = %.2f s on each load and each save of the six intermediates%n", delaySeconds());
        }
        out.println();
        out.printf(
                "%-12s %9s %8s %10s %13s %10s   %s%n",
                "strategy", "seconds", "in D", "of plain", "lower bound", "of bound", "stored bytes (sha256)");
        for (Strategy s : strategies) {
            out.printf(
                    Locale.ROOT,
                    "%-12s %9.2f %8s %9.0f%% %13s %10s   %s%s%n",
                    s.id(),
                    s.seconds(),
                    unlessNoDelay("%.2f", s.seconds() / delaySeconds()),
                    100 * s.seconds() / plain,
                    unlessNoDelay("%.2f s", s.lowerBoundSeconds()),
                    unlessNoDelay("%.2fx", s.seconds() / s.lowerBoundSeconds()),
                    s.storedBytesSha256().substring(0, 16),
                    s.succeeded() ? "" : "  FAILED");
        }
        out.println();
        out.println(
                !allSucceeded()
                        ? "Not all runs succeeded."
                        : bytesAgree() ? "All strategies stored the same bytes." : "THE STORED BYTES DIFFER.");
    }

    /** Without an added delay the bound of the real one is not known. */
    private String unlessNoDelay(String format, double value) {
        return delay.isZero() ? "-" : String.format(Locale.ROOT, format, value);
    }

    void write(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = mapper.createObjectNode().put("delaySeconds", delaySeconds());
        ArrayNode array = json.putArray("strategies");
        for (Strategy s : strategies) {
            array.addObject()
                    .put("id", s.id())
                    .put("seconds", s.seconds())
                    .put("delays", delay.isZero() ? 0 : s.seconds() / delaySeconds())
                    .put("lowerBoundSeconds", s.lowerBoundSeconds())
                    .put("storedBytesSha256", s.storedBytesSha256())
                    .put("succeeded", s.succeeded());
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    }
}
