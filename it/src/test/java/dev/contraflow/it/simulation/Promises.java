package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.it.simulation.Lineage.Entry;
import dev.contraflow.it.simulation.Lineage.Shape;
import dev.contraflow.it.simulation.Lineage.Text;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What those who listened to the runs of one {@link Lineage} were promised, and whether it was kept. */
public final class Promises {
    private static final Pattern SPOOLED =
            Pattern.compile("\"t\":\"spooled\",\"dataset\":\"(\\w+)\".*\"sha256\":\"(\\w+)\".*}\n");

    private final Lineage lineage;
    private final Map<String, String> promised =
            new TreeMap<>(); // digests of what was announced as durable, by dataset
    private final Map<String, String> spooled =
            new TreeMap<>(); // digests of what stands on the disk until it is durable
    private final Set<String> kept = new TreeSet<>(); // nodes that must not run again
    private Set<String> keptBefore = Set.of(); // as they were when the last process began
    private final Set<String> ran = new TreeSet<>(); // in the last process

    /** @param lineage what is run */
    public Promises(Lineage lineage) {
        this.lineage = lineage;
    }

    /** What is stored of a dataset. */
    @FunctionalInterface
    public interface Stored {
        /**
         * @param dataset a name
         * @return its text, if there is one
         * @throws IOException if that is not known
         */
        Optional<String> of(String dataset) throws IOException;
    }

    /** A process begins. */
    public void begin() {
        ran.clear();
        keptBefore = Set.copyOf(kept);
    }

    /**
     * A node begins to make something.
     *
     * @param node its name
     */
    public void called(String node) {
        ran.add(node);
        outdated(node);
    }

    /**
     * A dataset was announced as durable.
     *
     * @param dataset its name
     * @param sha256 its digest
     */
    public void durable(String dataset, String sha256) {
        assertThat(spooled.getOrDefault(dataset, sha256))
                .as("%s, which was computed before, %s", dataset, this)
                .isEqualTo(sha256);
        promised.put(dataset, sha256);
        keep(lineage.writerOf(dataset));
    }

    /**
     * A process has ended.
     *
     * @param journal what it has noted: what it keeps on the disk is not to be made again
     */
    public void ended(String journal) {
        Matcher noted = SPOOLED.matcher(journal);
        while (noted.find()) {
            spooled.put(noted.group(1), noted.group(2));
            keep(lineage.writerOf(noted.group(1)));
        }
    }

    private void outdated(String node) {
        kept.remove(node);
        for (Shape shape : lineage.nodes()) {
            if (shape.name().equals(node)) {
                shape.writes().forEach(promised::remove);
                shape.writes().forEach(spooled::remove);
            }
        }
        for (Shape shape : lineage.nodes()) { // what descends from it is made anew too
            boolean descends = shape.reads().stream()
                    .anyMatch(read -> lineage.writerOf(read).name().equals(node));
            if (descends) {
                outdated(shape.name());
            }
        }
    }

    /** All that it writes was promised, and nothing that it was made of has to be made again. */
    private void keep(Shape node) {
        boolean isPromised = !node.writes().isEmpty()
                && node.writes().stream().allMatch(name -> promised.containsKey(name) || spooled.containsKey(name));
        boolean areParentsKept = node.reads().stream()
                .allMatch(read -> kept.contains(lineage.writerOf(read).name()));
        if (isPromised && areParentsKept && kept.add(node.name())) {
            lineage.nodes().stream()
                    .filter(child -> child.reads().stream().anyMatch(node.writes()::contains))
                    .forEach(this::keep);
        }
    }

    /**
     * Fails unless all that was promised is there, byte for byte, and nothing was made twice or is torn.
     *
     * @param stored what is stored
     * @param where for messages
     * @throws IOException if that is not known
     */
    public void assertKept(Stored stored, String where) throws IOException {
        assertThat(ran.stream().filter(keptBefore::contains))
                .as("nodes that have run again, %s", where)
                .isEmpty();
        for (Map.Entry<String, String> promise : promised.entrySet()) {
            assertThat(stored.of(promise.getKey()).map(Lineage::sha256))
                    .as("%s, which was announced as durable, %s", promise.getKey(), where)
                    .contains(promise.getValue());
        }
        for (String dataset : lineage.entries().keySet()) {
            stored.of(dataset)
                    .map(Lineage::parse)
                    .ifPresent(text -> assertThat(text.dataset()).isEqualTo(dataset));
        }
    }

    /**
     * Fails unless everything is stored, and was made by one chain of values.
     *
     * @param stored what is stored
     * @param where for messages
     * @throws IOException if that is not known
     */
    public void assertComplete(Stored stored, String where) throws IOException {
        Map<String, String> read = new TreeMap<>(); // the digests that consumers have seen, by dataset
        for (Entry entry : lineage.entries().values()) {
            if (entry.isPersistent()) {
                Optional<String> text = stored.of(entry.name());
                assertThat(text).as("%s, %s", entry.name(), where).isPresent();
                read.put(entry.name(), Lineage.sha256(text.orElseThrow()));
            }
        }
        for (Entry entry : lineage.entries().values()) {
            Optional<Text> text = stored.of(entry.name()).map(Lineage::parse);
            text.map(Text::made)
                    .orElse(Map.of())
                    .forEach((input, digest) -> assertThat(read.computeIfAbsent(input, first -> digest))
                            .as("%s, of which %s was made, %s", input, entry.name(), where)
                            .isEqualTo(digest));
        }
    }

    @Override
    public String toString() {
        return "promised " + promised.keySet() + ", spooled " + spooled.keySet() + ", kept " + kept + ", ran " + ran;
    }
}
