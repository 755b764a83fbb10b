package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.CatalogException;
import dev.contraflow.run.RunId;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of the runs of a project: what became of the last run that was going to write a dataset. The newest {@value #KEPT} runs are
 * kept, and older ones that somebody still has to know of. Used by one run, before its first node.
 */
public final class RunRecords {
    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEPT = 50;

    private final StateStore store;
    private final Path stateFolder;
    private final RunThreads threads;
    private final List<Earlier> earlier = new ArrayList<>(); // newest first

    /** An earlier run, and which of its datasets it may have left half done. */
    private record Earlier(String runId, JsonNode json, boolean isRunning, boolean isPublished, Set<String> halfDone) {
        boolean isUnfinished() {
            return json.path("state").asText().equals("RUNNING") && !isRunning && !isPublished;
        }
    }

    /**
     * @param store where they stand
     * @param stateFolder the {@code .contraflow} folder of this machine, where runs spill; it need not exist
     * @param threads knows which processes are alive
     */
    public RunRecords(StateStore store, Path stateFolder, RunThreads threads) {
        this.store = store;
        this.threads = threads;
        this.stateFolder = stateFolder;
        List<String> runs = new ArrayList<>();
        try {
            runs.addAll(store.children("runs"));
        } catch (IOException e) {
            LOG.warn("Cannot list the records of earlier runs in {}", store.describe(), e);
        }
        Collections.reverse(runs);
        Map<String, JsonNode> found = new LinkedHashMap<>();
        runs.forEach(run -> json(run).ifPresent(json -> found.put(run, json)));
        List<String> newestFirst =
                new ArrayList<>(found.keySet()); // ids that callers have chosen may say nothing of the time
        newestFirst.sort(
                Comparator.comparing((String run) -> startedAt(found.get(run))).reversed());
        Set<String> settled = new HashSet<>();
        newestFirst.forEach(run -> read(run, Objects.requireNonNull(found.get(run)), settled));
    }

    private static Instant startedAt(@Nullable JsonNode json) {
        try {
            return json == null
                    ? Instant.EPOCH
                    : Instant.parse(json.path("startedAt").asText());
        } catch (DateTimeParseException e) {
            return Instant.EPOCH; // not one of ours
        }
    }

    private Optional<JsonNode> json(String runId) {
        try {
            Optional<byte[]> bytes = store.read("runs/" + runId + "/run.json");
            if (bytes.isEmpty()) {
                LOG.debug("{} is a run without persistent outputs, or is being removed", runId);
                return Optional.empty();
            }
            return Optional.of(JSON.readTree(bytes.get()));
        } catch (IOException e) {
            LOG.warn("Cannot read the record of run {} in {}", runId, store.describe(), e);
            return Optional.empty();
        }
    }

    /**
     * Refuses an id that a run on record has.
     *
     * @param chosen the id that the caller has chosen for a run
     * @return the id
     * @throws CatalogException if it is taken
     */
    RunId unused(RunId chosen) {
        if (earlier.stream().anyMatch(run -> run.runId().equals(chosen.value()))) {
            throw new CatalogException("There is a run '" + chosen + "' already, in " + store.describe()
                    + ". Choose another id, or take that run up again: RunRequest.resume(..).");
        }
        return chosen;
    }

    private void read(String runId, JsonNode json, Set<String> settled) {
        try {
            boolean isRunning = json.path("state").asText().equals("RUNNING")
                    && threads.isAlive(json.path("process").asText());
            boolean isPublished = json.path("visibility").asText().equals(Visibility.MANIFEST.name())
                    && RunManifest.isPublished(store, runId);
            if (isPublished) {
                json.path("writes").forEach(written -> settled.add(written.asText()));
            }
            Set<String> halfDone = isRunning || isPublished ? Set.of() : halfDone(json, settled);
            earlier.add(new Earlier(runId, json, isRunning, isPublished, halfDone));
        } catch (IOException e) {
            LOG.warn("Cannot read the record of run {} in {}", runId, store.describe(), e);
        }
    }

    /** Of the datasets that a run was going to write: those that it has not made durable, and no later run has written since. */
    private Set<String> halfDone(JsonNode json, Set<String> settled) throws IOException {
        Set<String> durable = durable(json);
        Set<String> halfDone = new TreeSet<>();
        for (JsonNode written : json.path("writes")) {
            String name = written.asText();
            if (settled.add(name) && !durable.contains(name)) {
                halfDone.add(name);
            }
        }
        return halfDone;
    }

    /** What a run has made durable: its record says it at the end, its journal before. */
    private Set<String> durable(JsonNode json) throws IOException {
        if (json.path("state").asText().equals("RUNNING")) {
            try {
                return RunHistory.read(store, json).durable().keySet();
            } catch (CatalogException e) {
                LOG.warn("{}", e.getMessage());
                return Set.of();
            }
        }
        Map<String, String> states = new TreeMap<>();
        json.path("datasets")
                .forEach(dataset -> states.put(
                        dataset.path("name").asText(), dataset.path("state").asText()));
        return states.keySet().stream()
                .filter(name -> "DURABLE".equals(states.get(name)))
                .collect(Collectors.toSet());
    }

    /**
     * The datasets that the last run which was going to write them has not made durable: they are missing, or older than what they are made
     * from.
     *
     * @return their names, without view
     */
    public Set<String> halfDone() {
        return earlier.stream()
                .flatMap(run -> run.halfDone().stream())
                .map(name -> Objects.requireNonNull(name.split("@", 2)[0]))
                .collect(Collectors.toSet());
    }

    /**
     * What a run that did not end well has done.
     *
     * @param wanted the id of the run, or empty for the newest one that did not end well
     * @return its history
     * @throws CatalogException if there is none, it succeeded, or it is still running
     */
    RunHistory toResume(Optional<String> wanted) {
        Earlier run = earlier.stream()
                .filter(known -> wanted.map(known.runId()::equals).orElseGet(() -> !isSuccess(known)))
                .findFirst()
                .orElseThrow(() -> new CatalogException(nothingToResume(wanted)));
        if (isSuccess(run)) {
            throw new CatalogException("Run " + run.runId() + " has succeeded: there is nothing to resume.");
        }
        if (run.isRunning()) {
            throw new CatalogException("Run " + run.runId() + " is still running, as process "
                    + run.json().path("process").asText() + ". Wait for its end, or end it first.");
        }
        try {
            return RunHistory.read(store, run.json());
        } catch (IOException e) {
            throw new CatalogException(
                    "Cannot read the journal of run " + run.runId() + " in " + store.describe() + ": " + e
                            + ". Run the pipeline anew, or only what is missing.",
                    e);
        }
    }

    /**
     * To be called with the run's lock: what was read before may have been changed by another process since.
     *
     * @param history of the run that is resumed
     * @throws CatalogException if it has been
     * @throws IOException if the record cannot be read
     */
    void checkUnchanged(RunHistory history) throws IOException {
        Optional<byte[]> now = store.read("runs/" + history.runId() + "/run.json");
        if (now.isEmpty() || !JSON.readTree(now.get()).equals(history.json())) {
            throw new CatalogException("Run " + history.runId()
                    + " has been resumed by another process meanwhile. Look at what became of it, and try again.");
        }
    }

    private static boolean isSuccess(Earlier run) {
        return run.isPublished() || run.json().path("state").asText().equals("SUCCEEDED");
    }

    private String nothingToResume(Optional<String> wanted) {
        if (earlier.isEmpty()) {
            return "There is no run to resume: " + store.describe() + " has no record of one.";
        }
        String known = earlier.stream()
                .limit(5)
                .map(run -> run.runId() + " (" + run.json().path("state").asText() + ")")
                .collect(Collectors.joining(", "));
        return wanted.map(id -> "There is no run '" + id + "' to resume.")
                        .orElse("There is no run to resume: all have succeeded.")
                + " The newest in " + store.describe() + ": " + known + ".";
    }

    /**
     * Begins the record of a run, warns of unfinished ones, and removes what nobody has to know of any more.
     *
     * @param setup the run
     * @param runner the id of its runner
     * @return its record
     * @throws IOException if it cannot be made durable: then nothing may be saved
     */
    public RunRecord begin(RunSetup setup, String runner) throws IOException {
        Set<String> writes = new HashSet<>(setup.persistentOutputsOfAll());
        for (Earlier run : earlier) {
            if (run.isUnfinished()) {
                removeSpilled(run.runId(), setup);
            }
            if (run.isUnfinished() && !writes.containsAll(run.halfDone())) {
                LOG.warn(
                        "run {} did not finish: {} may be missing, or older than what they are made from. This message"
                                + " comes until they are written again, or {} is removed.",
                        run.runId(),
                        shown(run.halfDone()),
                        store.describe() + "/runs/" + run.runId());
            }
        }
        removeOld();
        return RunRecord.begin(setup, runner);
    }

    /** Nobody reads any more what a run has spilled that is over, or an earlier attempt of this one. */
    private void removeSpilled(String runId, RunSetup setup) {
        Path own = Scratch.folder(stateFolder, setup.runId(), setup.attempt());
        Path run = stateFolder.resolve("runs").resolve(runId);
        try (DirectoryStream<Path> spilled = Files.newDirectoryStream(run, Scratch.NAME + "*")) {
            for (Path folder : spilled) {
                if (!folder.equals(own)) {
                    Scratch.removeFolder(folder);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.debug("run {} has spilled nothing here", runId, e);
        } catch (IOException e) {
            LOG.warn("Cannot remove what run {} has spilled in {}", runId, stateFolder, e);
        }
    }

    private static String shown(Set<String> names) {
        String some = names.stream().limit(5).collect(Collectors.joining(", "));
        return names.size() <= 5 ? some : some + " and " + (names.size() - 5) + " more datasets";
    }

    private void removeOld() {
        for (int i = KEPT; i < earlier.size(); i++) {
            Earlier run = earlier.get(i);
            boolean isNeeded =
                    run.isPublished() || !run.halfDone().isEmpty(); // without its manifest its versions are hidden
            if (!run.isRunning() && !isNeeded) {
                try {
                    store.remove("runs/" + run.runId());
                } catch (IOException e) { // another run may be removing it
                    LOG.debug("cannot remove the record of run {}", run.runId(), e);
                }
            }
        }
    }

    /** @return where the records stand */
    public StateStore store() {
        return store;
    }
}
