package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.Count;
import dev.contraflow.internal.run.MadeFrom.Made;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.Provenance;
import dev.contraflow.run.Visibility;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run has done, by what it has stored, where its record or its journal is lost or broken. A node counts as done by an attempt if all that
 * it stores says so, and says that it was made from just what it would be made from now. Of what lives in memory nothing is left; but a node that
 * writes there has run in each attempt in which something was made from it. What has no such proof runs again. Used by the thread that prepares
 * the run.
 */
final class RebuiltHistory {
    private static final Logger LOG = LoggerFactory.getLogger(RebuiltHistory.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int MOST_ATTEMPTS = 10_000;

    private final String runId;
    private final Pipeline pipeline;
    private final BoundDatasets datasets;
    private final RunFacts now;
    private final MadeFrom madeFrom;
    private final Map<String, ObjectInfo> own; // what is stored and carries the run's id, by full name
    private final Map<Node, Made> done = new HashMap<>(); // of the nodes that store something
    private final Map<Node, Map<Integer, Made>> inMemory = new HashMap<>(); // of the others, for each attempt

    /**
     * Looks at what is stored: one question for each output.
     *
     * @param runId the run
     * @param pipeline all nodes that were asked for
     * @param datasets its datasets
     * @param now what the results depend on now
     * @throws CatalogException if a storage cannot be asked
     */
    RebuiltHistory(String runId, Pipeline pipeline, BoundDatasets datasets, RunFacts now) {
        this.runId = runId;
        this.pipeline = pipeline;
        this.datasets = datasets;
        this.now = now;
        this.madeFrom = new MadeFrom(pipeline, now);
        this.own = look();
    }

    private record Seen(DatasetRef<?> output, Optional<ObjectInfo> info) {}

    private Map<String, ObjectInfo> look() {
        List<DatasetRef<?>> outputs = pipeline.nodes().stream()
                .flatMap(node -> persistent(node).stream())
                .toList();
        Map<String, ObjectInfo> found = new HashMap<>();
        for (Seen seen : SideBySide.all(outputs, this::look)) {
            seen.info()
                    .filter(info -> info.provenance() != null
                            && info.provenance().runId().equals(runId))
                    .ifPresent(info -> found.put(seen.output().name(), info));
        }
        return found;
    }

    private Seen look(DatasetRef<?> output) {
        Dataset<?> dataset = datasets.dataset(output);
        return new Seen(
                output,
                StorageQuestion.needed(
                        dataset::saved,
                        "what is stored as " + dataset.describe(),
                        "what run " + runId + " has done, whose record is lost"));
    }

    private List<DatasetRef<?>> persistent(Node node) {
        return node.outputs().stream()
                .filter(output -> datasets.dataset(output).isPersistent())
                .toList();
    }

    private static Provenance provenance(ObjectInfo own) {
        return Objects.requireNonNull(own.provenance());
    }

    /** Whether nothing that is stored carries the run's id. */
    boolean isEmpty() {
        return own.isEmpty();
    }

    /**
     * To be called with the run's lock.
     *
     * @throws CatalogException if what is stored is not any more what was looked at
     */
    void checkUnchanged() {
        if (!look().equals(own)) {
            throw new CatalogException("What run " + runId
                    + " has stored was written again while its lost record was being rebuilt. Resume it again.");
        }
    }

    /**
     * @param known what is known of the run otherwise
     * @param lastAttempt the last attempt of which the state store has a trace
     * @param visibility when what the run stores becomes visible
     * @return that and what the storages have proved
     * @throws CatalogException if what the run has stored counts by a manifest only, or names an attempt that cannot have been
     */
    RunHistory with(RunHistory known, int lastAttempt, Visibility visibility) {
        if (known.isLost()) {
            refuseManifest(visibility);
        }
        int last = Math.max(lastAttempt, known.attempts());
        for (ObjectInfo info : own.values()) {
            last = Math.max(last, attempt(info));
        }
        for (Node node : pipeline.nodes()) { // parents first
            List<DatasetRef<?>> stored = persistent(node);
            if (stored.isEmpty()) {
                ranInMemory(node, last);
            } else {
                proof(node, stored).ifPresent(made -> done.put(node, made));
            }
        }
        List<ObjectNode> entries = entries();
        if (!known.isLost() && entries.stream().allMatch(entry -> isNoted(entry, known))) {
            return known;
        }
        long found = count(done.keySet());
        LOG.warn(
                "the record of run {} is {}; {} of {} {} taken for done",
                runId,
                known.isLost() ? "lost" : "broken",
                found,
                Count.of(count(pipeline.nodes()), "output"),
                found == 1 ? "carries its id and is" : "carry its id and are");
        return known.with(entries, last, now, visibility);
    }

    /** Whoever may write to the storage may write any number there, and each attempt up to it is gone through. */
    private int attempt(ObjectInfo own) {
        int attempt = provenance(own).attempt();
        if (attempt > MOST_ATTEMPTS) {
            throw new CatalogException("Run " + runId + " cannot be resumed: its record is lost or broken, and "
                    + own.location() + " says that attempt " + attempt + " of it has written it. At most "
                    + MOST_ATTEMPTS + " attempts are looked through. Remove that object, or run the pipeline anew.");
        }
        return attempt;
    }

    private static boolean isNoted(ObjectNode entry, RunHistory known) {
        RunHistory.Entry noted = known.nodes().get(entry.path("node").asText());
        return noted != null
                && noted.attempt() >= entry.path("attempt").asInt()
                && (!entry.has("dataset")
                        || known.durable().containsKey(entry.path("dataset").asText()));
    }

    private int count(Collection<Node> nodes) {
        return nodes.stream().mapToInt(node -> persistent(node).size()).sum();
    }

    private void refuseManifest(Visibility visibility) {
        boolean isOfManifest = visibility == Visibility.MANIFEST
                || own.values().stream()
                        .anyMatch(info ->
                                MadeFrom.MANIFEST.equals(provenance(info).madeFrom()));
        if (isOfManifest) {
            throw new CatalogException("Run " + runId + " cannot be resumed: its outputs become visible together"
                    + " (visibility: manifest), and the record that says which belong to it is lost."
                    + " Run the pipeline anew.");
        }
    }

    private void ranInMemory(Node node, int last) {
        Map<Integer, Made> made = new HashMap<>();
        for (int attempt = 1; attempt <= last; attempt++) {
            int in = attempt;
            madeFrom.of(node, parent -> made(parent, in)).ifPresent(mark -> made.put(in, new Made(in, mark)));
        }
        inMemory.put(node, made);
    }

    /** What a node had made of which another one was made in an attempt. */
    private Optional<Made> made(Node parent, int attempt) {
        Map<Integer, Made> passing = inMemory.get(parent);
        return Optional.ofNullable(passing == null ? done.get(parent) : passing.get(attempt));
    }

    private Optional<Made> proof(Node node, Collection<DatasetRef<?>> stored) {
        Set<Made> said = new HashSet<>();
        for (DatasetRef<?> output : stored) {
            ObjectInfo info = own.get(output.name());
            if (info == null || provenance(info).madeFrom() == null) {
                return Optional.empty();
            }
            said.add(new Made(
                    provenance(info).attempt(),
                    Objects.requireNonNull(provenance(info).madeFrom())));
        }
        Made made = said.iterator().next();
        boolean isProved = said.size() == 1
                && madeFrom.of(node, parent -> made(parent, made.attempt())).equals(Optional.of(made.from()));
        return isProved ? Optional.of(made) : Optional.empty();
    }

    /** The entries that a journal would have. */
    private List<ObjectNode> entries() {
        List<ObjectNode> entries = new ArrayList<>();
        done.forEach((node, made) -> {
            for (DatasetRef<?> output : persistent(node)) {
                ObjectInfo info = Objects.requireNonNull(own.get(output.name()));
                entries.add(entry("durable", node, made.attempt())
                        .put("dataset", output.name())
                        .put("location", info.location().toString())
                        .put("size", info.size())
                        .put("sha256", info.sha256())
                        .put("mark", info.mark()));
            }
        });
        passedOn().forEach((node, attempt) -> entries.add(entry("completed", node, attempt)));
        return entries;
    }

    /** The nodes in memory that what is done was made from, and the last attempt in which they were. */
    private Map<Node, Integer> passedOn() {
        Map<Node, Integer> found = new HashMap<>();
        Deque<Made> attempts = new ArrayDeque<>();
        Deque<Node> open = new ArrayDeque<>();
        done.forEach((node, made) -> {
            open.push(node);
            attempts.push(made);
        });
        while (!open.isEmpty()) {
            Made made = attempts.pop();
            for (Node parent : pipeline.parents(open.pop())) {
                if (inMemory.containsKey(parent) && found.getOrDefault(parent, 0) < made.attempt()) {
                    found.put(parent, made.attempt());
                    open.push(parent);
                    attempts.push(made);
                }
            }
        }
        return found;
    }

    private ObjectNode entry(String kind, Node node, int attempt) {
        ObjectNode entry =
                JSON.createObjectNode().put("t", kind).put("node", node.name()).put("attempt", attempt);
        ObjectNode parents = entry.putObject("parents");
        pipeline.parents(node)
                .forEach(parent -> made(parent, attempt).ifPresent(made -> parents.put(parent.name(), made.attempt())));
        return entry;
    }
}
