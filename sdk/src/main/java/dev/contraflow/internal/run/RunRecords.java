package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.CatalogException;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.catalog.VersionNames;
import dev.contraflow.run.RunId;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
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
    private static final int KEPT = 50;

    private final StateStore store;
    private final Path stateFolder;
    private final RunThreads threads;
    private final List<Earlier> earlier = new ArrayList<>(); // newest first
    private final Map<String, String> damaged = new ConcurrentHashMap<>(); // how, by the ids of the runs

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
        List<Optional<JsonNode>> records = store.isShared() // there each question takes long
                ? SideBySide.all(runs, this::json)
                : runs.stream().map(this::json).toList();
        for (int i = 0; i < runs.size(); i++) {
            String run = runs.get(i);
            records.get(i).ifPresent(json -> found.put(run, json));
        }
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
            Optional<RecordFile> file = file(runId);
            if (file.isEmpty()) {
                LOG.debug("{} is a run without persistent outputs, or is being removed", runId);
                return Optional.empty();
            }
            String damage = file.get().damage();
            if (!damage.isEmpty()) {
                damaged.put(runId, damage);
                LOG.warn(
                        "{} is damaged: {}. What that run has left unfinished is not known, and it can be resumed only by its"
                                + " id, as far as what is stored tells (local files do not). Remove the file to be rid of this message.",
                        at(runId),
                        damage);
            }
            return file.get().json();
        } catch (IOException e) {
            LOG.warn("Cannot read {}: {}. That run is left out.", at(runId), Reason.of(e));
            return Optional.empty();
        }
    }

    private Optional<RecordFile> file(String runId) throws IOException {
        return store.read(RecordFile.name(runId)).map(bytes -> RecordFile.of(runId, bytes));
    }

    private String at(String runId) {
        return store.describe() + "/" + RecordFile.name(runId);
    }

    /**
     * When a run starts that begins now: after all on record, even if the clock has been put back since. So the order of runs, and of the
     * versions that they save, is that in which they began.
     *
     * @param now what the clock says, to the millisecond
     * @return the start
     */
    Instant startAt(Instant now) {
        Instant last = earlier.isEmpty()
                ? Instant.EPOCH
                : startedAt(earlier.get(0).json()).truncatedTo(ChronoUnit.MILLIS);
        if (last.isBefore(now)) {
            return now;
        }
        if (last.isAfter(now.plusSeconds(1))) {
            LOG.warn(
                    "The clock says {}, but run {} started at {}: this run counts as one that started just after it.",
                    now,
                    earlier.get(0).runId(),
                    last);
        }
        return last.plusMillis(1);
    }

    /**
     * Refuses an id that a run on record has, or one whose record is lost or damaged: what its journals promise would be taken for that of the
     * new run.
     *
     * @param chosen the id that the caller has chosen for a run
     * @return the id
     * @throws CatalogException if it is taken
     */
    RunId unused(RunId chosen) {
        String id = chosen.value();
        boolean isOnRecord = earlier.stream().anyMatch(run -> run.runId().equals(id));
        if (isOnRecord || damaged.containsKey(id) || (VersionNames.isValid(id) && lastTrace(id) > 0)) {
            throw new CatalogException("There is a run '" + chosen + "' already, in " + store.describe()
                    + ". Choose another id, or take that run up again: RunRequest.resume(..).");
        }
        return chosen;
    }

    /** @return how many bytes each dataset had in the last run that stored it, by full name */
    public Map<String, Long> lastSizes() {
        Map<String, Long> sizes = new HashMap<>();
        for (Earlier run : earlier) {
            for (JsonNode dataset : run.json().path("datasets")) {
                if (dataset.has("size")) {
                    sizes.putIfAbsent(
                            dataset.path("name").asText(), dataset.path("size").asLong());
                }
            }
        }
        return sizes;
    }

    private void read(String runId, JsonNode json, Set<String> settled) {
        try {
            boolean isRunning = json.path("state").asText().equals("RUNNING") && isAlive(json);
            boolean isPublished = json.path("visibility").asText().equals(Visibility.MANIFEST.name())
                    && RunManifest.isPublished(store, runId);
            if (isPublished) {
                json.path("writes").forEach(written -> settled.add(written.asText()));
            }
            Set<String> halfDone = isRunning || isPublished ? Set.of() : halfDone(runId, json, settled);
            earlier.add(new Earlier(runId, json, isRunning, isPublished, halfDone));
        } catch (IOException e) {
            LOG.warn(
                    "Cannot find out in {} whether run {} is published: {}. That run is left out.",
                    store.describe(),
                    runId,
                    Reason.of(e));
        }
    }

    /** Of this process only the runs that hold their lock go on: the record of another could not be finished. */
    private boolean isAlive(JsonNode json) {
        String process = json.path("process").asText();
        boolean isOwn = process.equals(threads.process()) && json.has("lock");
        return isOwn ? RunLock.isHeld(json.path("lock").asLong()) : threads.isAlive(process);
    }

    /** Of the datasets that a run was going to write: those that it has not made durable, and no later run has written since. */
    private Set<String> halfDone(String runId, JsonNode json, Set<String> settled) {
        Set<String> durable = durable(runId, json);
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
    private Set<String> durable(String runId, JsonNode json) {
        if (json.path("state").asText().equals("RUNNING")) {
            try {
                return RunHistory.read(store, runId, json).durable().keySet();
            } catch (IOException e) {
                LOG.warn("{}", unreadable(runId, e));
                return Set.of();
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
                .map(RunDatasets::baseName)
                .collect(Collectors.toSet());
    }

    /**
     * What a run that did not end well has done.
     *
     * @param wanted the id of the run, or empty for the newest one that did not end well
     * @return its history; of a run that is named and has no record that can be read, one that {@linkplain RunHistory#isLost says so}
     * @throws CatalogException if there is none, it succeeded, or it is still running
     */
    RunHistory toResume(Optional<String> wanted) {
        Optional<Earlier> found = earlier.stream()
                .filter(known -> wanted.map(known.runId()::equals).orElseGet(() -> !isSuccess(known)))
                .findFirst();
        if (found.isEmpty() && wanted.filter(this::isLost).isPresent()) {
            return RunHistory.lost(wanted.get());
        }
        Earlier run = found.orElseThrow(() -> new CatalogException(nothingToResume(wanted)));
        if (isSuccess(run)) {
            throw new CatalogException("Run " + run.runId() + " has succeeded: there is nothing to resume.");
        }
        if (run.isRunning()) {
            throw new CatalogException("Run " + run.runId() + " is still running, as process "
                    + run.json().path("process").asText() + ". Wait for its end, or end it first.");
        }
        if (wanted.isEmpty()) {
            warnOfNewer(run);
        }
        try {
            return RunHistory.read(store, run.runId(), run.json());
        } catch (IOException e) {
            throw new CatalogException(unreadable(run.runId(), e), e);
        }
    }

    /** That it cannot be read now is no proof that nothing stands there: only somebody who has looked can say so. */
    private String unreadable(String runId, IOException why) {
        return "Cannot read a journal of run " + runId + " (" + store.describe() + "/runs/" + runId + "/journal-*): "
                + Reason.of(why) + ". Try again. If it will never be readable again, remove it: then RunRequest.resume"
                + " goes by what the stored objects tell (local files do not), and makes the rest anew.";
    }

    private void warnOfNewer(Earlier resumed) {
        for (Earlier newer : earlier) {
            if (newer.runId().equals(resumed.runId())) {
                return;
            }
            if (isSuccess(newer)) {
                LOG.warn(
                        "run {} is resumed, though run {} has succeeded since: what both write will be that of the older one",
                        resumed.runId(),
                        newer.runId());
                return;
            }
        }
    }

    /** What the runs have stored, by the names of the datasets: the entry of the last record that names it. */
    Map<String, JsonNode> stored() {
        Map<String, JsonNode> stored = new HashMap<>();
        for (Earlier run : earlier) {
            for (JsonNode entry : run.json().path("datasets")) {
                if (entry.hasNonNull("sha256") && entry.hasNonNull("mark")) {
                    stored.putIfAbsent(entry.path("name").asText(), entry);
                }
            }
        }
        return stored;
    }

    /** Whether there is no record, or one that cannot be understood; a store that does not answer is no proof of that. */
    private boolean isLost(String runId) {
        if (!VersionNames.isValid(runId)) {
            return false;
        }
        try {
            return file(runId).flatMap(RecordFile::json).isEmpty();
        } catch (IOException e) {
            throw new CatalogException("Cannot read " + at(runId) + ": " + Reason.of(e) + ". Try again.", e);
        }
    }

    /**
     * @param runId a run
     * @return the last attempt of which there is a trace; 0 if there is none
     */
    int lastTrace(String runId) {
        try {
            return store.children("runs/" + runId).stream()
                    .map(name -> name.replaceFirst("^(journal|manifest)-", ""))
                    .filter(number -> number.matches("[1-9][0-9]{0,8}"))
                    .mapToInt(Integer::parseInt)
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new CatalogException(
                    "Cannot list what is left of run " + runId + " in " + store.describe() + ": " + Reason.of(e)
                            + ". Try again.",
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
        if (!file(history.runId()).flatMap(RecordFile::json).equals(history.found())) {
            throw new CatalogException("Run " + history.runId()
                    + " has been resumed by another process meanwhile. Look at what became of it, and try again.");
        }
    }

    private static boolean isSuccess(Earlier run) {
        return run.isPublished() || run.json().path("state").asText().equals("SUCCEEDED");
    }

    /** Why there is nothing to resume. */
    String nothingToResume(Optional<String> wanted) {
        String damage = wanted.map(damaged::get).orElse(null);
        if (damage != null) {
            return "Run " + wanted.get() + " cannot be resumed: " + at(wanted.get()) + " is damaged, " + damage + ".";
        }
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
                removeSpilled(run);
            }
            boolean isOwn = run.runId().equals(setup.runId().value());
            boolean isOutdated =
                    !run.isRunning() && run.halfDone().isEmpty(); // later runs write what it has not stored
            if (!isOwn && (isSuccess(run) || isOutdated)) { // perhaps on another machine
                Spool.remove(stateFolder, run.runId());
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

    /** Nobody reads any more what attempts on record have spilled that are over. One that is about to begin may have spilled already. */
    private void removeSpilled(Earlier run) {
        try {
            for (int attempt = 1; attempt <= RunHistory.attempts(run.json()); attempt++) {
                Scratch.removeFolder(Scratch.folder(stateFolder, new RunId(run.runId()), attempt));
            }
        } catch (IOException e) {
            LOG.warn("Cannot remove what run {} has spilled in {}", run.runId(), stateFolder, e);
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
                    Spool.remove(stateFolder, run.runId());
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
