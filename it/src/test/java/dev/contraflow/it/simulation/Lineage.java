package dev.contraflow.it.simulation;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.spi.RunThreads;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A random pipeline of texts that say of what they were made: who wrote them, in which attempt of the run, and the digests of all that the
 * writer has read. So it can be told from what is stored alone whether it was made by one chain of values. Nodes take some time.
 * Immutable.
 */
public final class Lineage {
    private static final String END = "end\n";

    private final List<Shape> nodes = new ArrayList<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Shape> writers = new HashMap<>();

    /** A node. */
    public record Shape(String name, List<String> reads, List<String> writes, Duration takes) {}

    /** How a dataset is kept. */
    public enum Kind {
        FILE,
        VERSIONED,
        MEMORY
    }

    /** A dataset. */
    public record Entry(String name, Kind kind, int padding) {
        /** Whether it is stored. */
        public boolean isPersistent() {
            return kind != Kind.MEMORY;
        }
    }

    /** Who wrote a text, when, and what it has read: the digests by name. */
    public record Text(String dataset, String node, int attempt, Map<String, String> made) {}

    /**
     * @param seed which pipeline
     * @param onlyVersioned whether every dataset that is stored has versions
     */
    public Lineage(long seed, boolean onlyVersioned) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = 2 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            List<String> known = List.copyOf(entries.keySet());
            List<String> reads = random.ints(Math.min(known.size(), random.nextInt(4)), 0, Math.max(1, known.size()))
                    .distinct()
                    .mapToObj(known::get)
                    .toList();
            List<String> writes = new ArrayList<>();
            int outputs = !reads.isEmpty() && random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2);
            for (int w = 0; w < outputs; w++) {
                String name = "d" + i + "_" + w;
                int kind = random.nextInt(10);
                int padding = random.nextInt(5) == 0 ? 3000 : random.nextInt(200);
                Kind stored = onlyVersioned || kind < 3 ? Kind.VERSIONED : Kind.FILE;
                entries.put(name, new Entry(name, kind > 7 ? Kind.MEMORY : stored, padding));
                writes.add(name);
            }
            Shape shape = new Shape("n" + i, reads, List.copyOf(writes), Duration.ofMillis(random.nextInt(40)));
            nodes.add(shape);
            writes.forEach(name -> writers.put(name, shape));
        }
    }

    /** The nodes, in order. */
    public List<Shape> nodes() {
        return nodes;
    }

    /** The datasets by name. */
    public Map<String, Entry> entries() {
        return entries;
    }

    /** The node that writes a dataset. */
    public Shape writerOf(String dataset) {
        return Objects.requireNonNull(writers.get(dataset));
    }

    /** The ref of a dataset. */
    public static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    /** The pipeline as one process runs it, which is the given attempt. */
    public Pipeline pipeline(RunThreads threads, int attempt) {
        return Pipeline.of(
                nodes.stream().map(shape -> node(shape, threads, attempt)).toList());
    }

    private Node node(Shape shape, RunThreads threads, int attempt) {
        List<DatasetRef<String>> outputs =
                shape.writes().stream().map(Lineage::ref).toList();
        if (shape.reads().isEmpty()) {
            return Node.named(shape.name()).readsNothing().writesList(outputs).by(() -> {
                threads.sleep(shape.takes());
                return made(shape, List.of(), attempt);
            });
        }
        return Node.named(shape.name())
                .readsList(shape.reads().stream().map(Lineage::ref).toList())
                .writesList(outputs)
                .by(inputs -> {
                    threads.sleep(shape.takes());
                    return made(shape, inputs, attempt);
                });
    }

    private List<String> made(Shape shape, List<String> inputs, int attempt) {
        StringBuilder from = new StringBuilder();
        for (int i = 0; i < inputs.size(); i++) {
            from.append("<- ")
                    .append(shape.reads().get(i))
                    .append(' ')
                    .append(sha256(inputs.get(i)))
                    .append('\n');
        }
        return shape.writes().stream()
                .map(name -> name + " by " + shape.name() + " attempt " + attempt + "\n" + from
                        + ".".repeat(Objects.requireNonNull(entries.get(name)).padding()) + "\n" + END)
                .toList();
    }

    /** Reads a text; fails if it is not whole. */
    public static Text parse(String text) {
        if (!text.endsWith(END)) {
            throw new AssertionError("a torn text: " + text);
        }
        String[] lines = text.split("\n");
        String[] first = lines[0].split(" ");
        Map<String, String> made = new LinkedHashMap<>();
        for (String line : lines) {
            if (line.startsWith("<- ")) {
                String[] words = line.split(" ");
                made.put(words[1], words[2]);
            }
        }
        return new Text(first[0], first[2], Integer.parseInt(first[4]), made);
    }

    /** The digest of a text, in hexadecimal digits. */
    public static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
