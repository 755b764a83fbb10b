package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of the runs of a project, below {@code .contraflow/runs}: what became of the last run that was going to write a dataset. The
 * newest {@value #KEPT} runs are kept, and older ones that somebody still has to know of. Used by one run, before its first node.
 */
public final class RunRecords {
    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEPT = 50;

    private final Path stateFolder;
    private final List<Earlier> earlier = new ArrayList<>(); // newest first

    /** An earlier run, and which of its datasets it may have left half done. */
    private record Earlier(Path folder, JsonNode json, Set<String> halfDone) {
        boolean isRunning() {
            return json.path("state").asText().equals("RUNNING") && RunRecord.isAlive(json);
        }

        boolean isUnfinished() {
            return json.path("state").asText().equals("RUNNING") && !RunRecord.isAlive(json);
        }
    }

    /** @param stateFolder the {@code .contraflow} folder, which need not exist */
    public RunRecords(Path stateFolder) {
        this.stateFolder = stateFolder;
        List<Path> folders = new ArrayList<>();
        Path runs = stateFolder.resolve("runs");
        if (Files.isDirectory(runs)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(runs)) {
                found.forEach(folders::add);
            } catch (IOException | DirectoryIteratorException e) {
                LOG.warn("Cannot list the records of earlier runs in {}", runs, e);
            }
        }
        folders.sort(Comparator.comparing((Path folder) -> String.valueOf(folder.getFileName()))
                .reversed());
        Set<String> settled = new HashSet<>();
        folders.forEach(folder -> read(folder, settled));
    }

    private void read(Path folder, Set<String> settled) {
        Path file = folder.resolve("run.json");
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            earlier.add(new Earlier(folder, json, halfDone(json, settled)));
        } catch (NoSuchFileException e) {
            LOG.debug("{} is of a run without persistent outputs, or is being removed", folder);
        } catch (IOException e) {
            LOG.warn("Cannot read the record {}", file, e);
        }
    }

    /** Of the datasets that a run was going to write: those that it has not made durable, and no later run has written since. */
    private static Set<String> halfDone(JsonNode json, Set<String> settled) {
        Map<String, String> states = new TreeMap<>();
        json.path("datasets")
                .forEach(dataset -> states.put(
                        dataset.path("name").asText(), dataset.path("state").asText()));
        Set<String> halfDone = new TreeSet<>();
        boolean isAlive = json.path("state").asText().equals("RUNNING") && RunRecord.isAlive(json);
        for (JsonNode written : json.path("writes")) {
            String name = written.asText();
            if (!isAlive && settled.add(name) && !"DURABLE".equals(states.get(name))) {
                halfDone.add(name);
            }
        }
        return halfDone;
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
     * Begins the record of a run, warns of unfinished ones, and removes what nobody has to know of any more.
     *
     * @param setup the run
     * @param runner the id of its runner
     * @return its record
     * @throws IOException if it cannot be made durable: then nothing may be saved
     */
    public RunRecord begin(RunSetup setup, String runner) throws IOException {
        Set<String> writes = new HashSet<>(setup.persistentOutputs());
        for (Earlier run : earlier) {
            if (run.isUnfinished()) { // nobody reads what it spilled any more
                Scratch.removeFolder(run.folder().resolve("spill"));
            }
            if (run.isUnfinished() && !writes.containsAll(run.halfDone())) {
                LOG.warn(
                        "run {} did not finish: {} may be missing, or older than what they are made from. This message"
                                + " comes until they are written again, or {} is removed.",
                        run.json().path("runId").asText(),
                        shown(run.halfDone()),
                        run.folder());
            }
        }
        removeOld();
        return RunRecord.begin(setup, runner);
    }

    private static String shown(Set<String> names) {
        String some = names.stream().limit(5).collect(Collectors.joining(", "));
        return names.size() <= 5 ? some : some + " and " + (names.size() - 5) + " more datasets";
    }

    private void removeOld() {
        for (int i = KEPT; i < earlier.size(); i++) {
            Earlier run = earlier.get(i);
            if (!run.isRunning() && run.halfDone().isEmpty()) {
                try {
                    Scratch.removeFolder(run.folder());
                } catch (IOException e) { // it stays until the next run
                    LOG.debug("cannot remove the record {}", run.folder(), e);
                }
            }
        }
    }

    /** @return the {@code .contraflow} folder */
    public Path stateFolder() {
        return stateFolder;
    }
}
