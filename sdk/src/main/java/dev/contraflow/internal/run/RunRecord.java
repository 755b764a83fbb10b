package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The record of one run: {@code runs/<run id>/run.json} in the state store, written before the run's first save and replaced at its end, and
 * beside it a {@link Journal} for each attempt, {@code journal-1}, in which every save is noted before it counts as durable. A record that
 * says RUNNING while its process is gone is that of an unfinished run. Of a run that succeeded the journals are removed: the record says it
 * all. Thread-safe.
 */
public final class RunRecord implements AutoCloseable {
    /** The format that this version writes, and the newest that it can read. */
    static final int FORMAT = 2;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunThreads threads;
    private final StateStore store;
    private final String folder;
    private final ObjectNode json; // used by the thread that begins and finishes the run
    private final Journal journal;
    private final Map<String, JsonNode> durable = new ConcurrentHashMap<>(); // what is stored, by full name
    private final Map<String, Integer> attempts; // in which each node has run last, by name
    private final int attempt;
    private final RunSetup setup;
    private final Map<String, String> madeFrom; // by the names of the nodes

    private RunRecord(RunSetup setup, String folder, ObjectNode json, Journal journal) {
        this.setup = setup;
        this.threads = setup.threads();
        this.store = setup.records().store();
        this.folder = folder;
        this.json = json;
        this.journal = journal;
        this.attempt = setup.attempt();
        this.attempts = attempts(setup);
        this.madeFrom = setup.choices().visibility() == Visibility.MANIFEST
                ? Map.of()
                : new MadeFrom(setup.pipeline(), setup.facts()).all(setup::attemptOf);
        setup.history()
                .ifPresent(history -> history.durable().forEach((name, entry) -> {
                    if (setup.choice().isThere(RunDatasets.baseName(name))) {
                        durable.put(name, entry);
                    }
                }));
    }

    private static Map<String, Integer> attempts(RunSetup setup) {
        Map<String, Integer> attempts = new LinkedHashMap<>();
        setup.pipeline().nodes().forEach(node -> attempts.put(node.name(), setup.attemptOf(node)));
        return attempts;
    }

    /**
     * Begins the record of a run, or of another attempt of it.
     *
     * @param setup the run
     * @param runner the id of its runner
     * @return the record
     * @throws IOException if it cannot be made durable: then nothing may be saved
     */
    static RunRecord begin(RunSetup setup, String runner) throws IOException {
        StateStore store = setup.records().store();
        String folder = "runs/" + setup.runId().value();
        ObjectNode json = description(setup, runner);
        store.write(
                RecordFile.name(setup.runId().value()),
                bytes(json)); // first, so that no attempt after this one takes its journal's name
        StateStore.Log log = store.openLog(folder + "/journal-" + setup.attempt());
        Journal journal = new Journal(
                setup.threads(), log, store.describe(), setup.runId().value());
        beginJournal(setup, journal);
        return new RunRecord(setup, folder, json, journal);
    }

    /** What is known of the run at its begin. */
    private static ObjectNode description(RunSetup setup, String runner) throws IOException {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("runId", setup.runId().value())
                .put("state", "RUNNING")
                .put("startedAt", setup.startedAt().toString())
                .put("runner", runner)
                .put("io", setup.choices().io().id())
                .put("process", setup.threads().process())
                .put("lock", setup.lockNumber());
        setup.origin().ifPresent(origin -> {
            json.put("project", origin.project()).put("environment", origin.environment());
            origin.pipelines().forEach(json.putArray("pipelines")::add);
        });
        GitHead.of(setup.stateFolder()).ifPresent(commit -> json.put("gitCommit", commit));
        setup.persistentOutputsOfAll().forEach(json.putArray("writes")::add);
        ArrayNode attempts = json.putArray("attempts");
        setup.history().ifPresent(history -> {
            history.json().path("attempts").forEach(attempts::add);
            if (history.json().has(RunHistory.REBUILT)) {
                json.set(RunHistory.REBUILT, history.json().get(RunHistory.REBUILT));
            }
        });
        attempts.add(setup.facts().toJson().put("attempt", setup.attempt()));
        return json.put("visibility", setup.choices().visibility().name());
    }

    /** Notes the begin of the attempt, or closes the journal. */
    private static void beginJournal(RunSetup setup, Journal journal) throws IOException {
        try {
            journal.append(JSON.createObjectNode()
                    .put("t", "begin")
                    .put("v", FORMAT)
                    .put("run", setup.runId().value())
                    .put("attempt", setup.attempt()));
        } catch (InterruptedException e) {
            journal.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before the first node", e);
        } catch (IOException | RuntimeException | Error e) {
            try {
                journal.close();
            } catch (IOException alsoNot) {
                e.addSuppressed(alsoNot);
            }
            throw e;
        }
    }

    /**
     * @param node a node
     * @return the mark of all that its outputs are made from, to be kept with them; null if nobody can tell
     */
    public @Nullable String madeFrom(Node node) {
        return setup.choices().visibility() == Visibility.MANIFEST ? MadeFrom.MANIFEST : madeFrom.get(node.name());
    }

    /**
     * Notes that an output is stored. When it returns, the note is durable: from now on the save counts.
     *
     * @param ref the output
     * @param node who wrote it
     * @param stored the receipt, or null if the dataset is not made of bytes
     * @param mark the mark of what is stored, see {@link dev.contraflow.dataset.Dataset#mark}; null if it is not known
     * @throws IOException if it cannot be noted
     * @throws InterruptedException if the thread was interrupted
     */
    public void durable(DatasetRef<?> ref, Node node, @Nullable Stored stored, @Nullable String mark)
            throws IOException, InterruptedException {
        ObjectNode entry = JSON.createObjectNode()
                .put("t", "durable")
                .put("dataset", ref.name())
                .put("node", node.name());
        if (stored != null) {
            entry.put("location", stored.location().toString())
                    .put("size", stored.size())
                    .put("sha256", stored.sha256());
        }
        if (mark != null) {
            entry.put("mark", mark);
        }
        journal.append(withParents(entry, node));
        durable.put(ref.name(), entry);
    }

    /**
     * Notes that the bytes of an output stand on the local disk until it is durable. Does not wait: if the note is lost the node runs again.
     *
     * @param ref the output
     * @param node who wrote it
     * @param place what the dataset says of itself
     * @param content its bytes
     * @param file the name of the file in the run's {@link Spool}
     */
    public void spooled(DatasetRef<?> ref, Node node, String place, Content content, String file) {
        ObjectNode entry = JSON.createObjectNode()
                .put("t", "spooled")
                .put("dataset", ref.name())
                .put("node", node.name())
                .put("place", place)
                .put("size", content.size())
                .put("sha256", content.sha256())
                .put("file", file);
        journal.appendLater(withParents(entry, node));
    }

    /**
     * Looks whether the journal is still there: a run without one has not noted what it stored, and perhaps another one has begun beside it.
     * To be called before the run says that it has succeeded.
     *
     * @throws IOException if it is not
     */
    public void checkThere() throws IOException {
        journal.checkThere();
    }

    /**
     * Makes all outputs visible, if the run does so at once. To be called when all are durable.
     *
     * @throws dev.contraflow.PublishException if a later attempt has taken over
     * @throws IOException if it is not known whether they are visible
     */
    public void publish() throws IOException {
        if (setup.choices().visibility() == Visibility.MANIFEST) {
            new RunManifest(setup).publish(durable);
        }
    }

    /**
     * Notes that a node has run, if it has outputs that are not stored, or none. Does not wait: if the note is lost the node runs again.
     *
     * @param node the node
     */
    public void completed(Node node) {
        boolean saysItByItsOutputs =
                !node.outputs().isEmpty() && node.outputs().stream().allMatch(setup::isPersistent);
        if (!saysItByItsOutputs) {
            journal.appendLater(
                    withParents(JSON.createObjectNode().put("t", "completed").put("node", node.name()), node));
        }
    }

    /**
     * @param node a node that writes
     * @return the attempt that has made what it writes: an earlier one if it is only stored in this one
     */
    public int attemptOf(Node node) {
        return attempts.getOrDefault(node.name(), attempt);
    }

    private ObjectNode withParents(ObjectNode entry, Node node) {
        int ran = attemptOf(node);
        if (ran != attempt) { // it is only stored in this one
            entry.put("ran", ran);
        }
        ObjectNode parents = entry.putObject("parents");
        setup.pipeline()
                .parents(setup.pipeline().node(node.name()))
                .forEach(parent -> parents.put(parent.name(), attempts.getOrDefault(parent.name(), attempt)));
        return entry;
    }

    /**
     * Ends the record.
     *
     * @param result what happened
     * @throws IOException if it cannot be made durable
     */
    public void finish(PipelineResult result) throws IOException {
        journal.close();
        setup.checkLock(RunLock.SILENCE);
        json.put("state", result.state().name()).put("finishedAt", threads.now().toString());
        ArrayNode datasets = json.putArray("datasets");
        Set<String> known = new HashSet<>();
        setup.history()
                .ifPresent(history -> history.durable().forEach((name, entry) -> {
                    if (isOnlyRead(result.datasets().get(name))
                            && setup.choice().isThere(RunDatasets.baseName(name))) {
                        known.add(name);
                        datasets.add(ofEarlierAttempt(entry));
                    }
                }));
        for (DatasetResult dataset : result.datasets().values()) {
            if (known.contains(dataset.name())) {
                continue;
            }
            ObjectNode entry = datasets.addObject()
                    .put("name", dataset.name())
                    .put("state", dataset.state().name());
            Stored stored = dataset.stored();
            if (stored != null) {
                entry.put("location", stored.location().toString())
                        .put("size", stored.size())
                        .put("sha256", stored.sha256())
                        .put("mark", stored.etag());
            } else {
                Optional.ofNullable(durable.get(dataset.name()))
                        .map(noted -> noted.get("mark"))
                        .ifPresent(mark -> entry.set("mark", mark));
            }
        }
        boolean hasSucceeded = result.state() == PipelineResult.State.SUCCEEDED;
        if (hasSucceeded) {
            json.remove(RunHistory.REBUILT);
        }
        store.write(RecordFile.name(setup.runId().value()), bytes(json));
        if (hasSucceeded) {
            for (int i = 1; i <= attempt; i++) {
                store.remove(folder + "/journal-" + i);
            }
        }
    }

    /** What an earlier attempt has stored is an input of this one, or none of its datasets. */
    private static boolean isOnlyRead(@Nullable DatasetResult result) {
        return result == null || result.state() == DatasetResult.State.INPUT;
    }

    private static ObjectNode ofEarlierAttempt(JsonNode known) {
        ObjectNode entry = JSON.createObjectNode()
                .put("name", known.path("dataset").asText())
                .put("state", "DURABLE");
        for (String key : new String[] {"location", "size", "sha256", "mark"}) {
            if (known.has(key)) {
                entry.set(key, known.get(key));
            }
        }
        return entry;
    }

    private static byte[] bytes(ObjectNode json) throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
