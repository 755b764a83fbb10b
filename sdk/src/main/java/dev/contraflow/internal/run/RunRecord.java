package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of one run, {@code .contraflow/runs/<run id>/run.json}: written and forced to disk before the run's first save, and replaced
 * by one atomic move at its end. A record that says RUNNING while its process is gone is that of an unfinished run.
 */
public final class RunRecord {
    private static final Logger LOG = LoggerFactory.getLogger(RunRecord.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    private final Path folder;
    private final ObjectNode json;

    private RunRecord(Path folder, ObjectNode json) {
        this.folder = folder;
        this.json = json;
    }

    /**
     * Begins the record of a run.
     *
     * @param stateFolder the {@code .contraflow} folder
     * @param runId the run
     * @param io the id of its I/O manager
     * @param writes the persistent datasets that it is going to write
     * @return the record
     * @throws IOException if it cannot be made durable: then nothing may be saved
     */
    public static RunRecord begin(Path stateFolder, RunId runId, String io, List<String> writes) throws IOException {
        Path folder = stateFolder.resolve("runs").resolve(runId.value());
        Files.createDirectories(folder);
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("runId", runId.value())
                .put("state", "RUNNING")
                .put("startedAt", Instant.now().toString())
                .put("io", io)
                .put("pid", ProcessHandle.current().pid())
                .put("process", identity(ProcessHandle.current()));
        writes.forEach(json.putArray("writes")::add);
        RunRecord record = new RunRecord(folder, json);
        record.write();
        return record;
    }

    /**
     * Ends the record.
     *
     * @param result what happened
     * @throws IOException if it cannot be made durable
     */
    public void finish(PipelineResult result) throws IOException {
        json.put("state", result.state().name()).put("finishedAt", Instant.now().toString());
        ArrayNode datasets = json.putArray("datasets");
        for (DatasetResult dataset : result.datasets().values()) {
            ObjectNode entry = datasets.addObject()
                    .put("name", dataset.name())
                    .put("state", dataset.state().name());
            Stored stored = dataset.stored();
            if (stored != null) {
                entry.put("location", stored.location().toString())
                        .put("size", stored.size())
                        .put("sha256", stored.sha256());
            }
        }
        write();
    }

    private void write() throws IOException {
        Path target = folder.resolve("run.json");
        Path next = folder.resolve("run.json.next");
        try (FileChannel channel = FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
            out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
            channel.force(true);
        }
        try {
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("The folder " + folder + " cannot replace a file atomically; choose another one", e);
        }
        if (!System.getProperty("os.name", "").startsWith("Windows")) { // there a folder cannot be opened
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    /** Which process it is: a number alone is given out again, and in containers many processes have the same. */
    private static String identity(ProcessHandle process) {
        String host = System.getenv().getOrDefault("HOSTNAME", System.getenv().getOrDefault("COMPUTERNAME", ""));
        return process.pid() + "@" + host + " since "
                + process.info().startInstant().map(Instant::toString).orElse("?");
    }

    /**
     * The runs that began and never ended: their record says RUNNING, and their process is gone.
     *
     * @param stateFolder the {@code .contraflow} folder
     * @return their ids, oldest first; records that cannot be read are logged and left out
     */
    public static List<String> unfinished(Path stateFolder) {
        Path runs = stateFolder.resolve("runs");
        List<String> ids = new ArrayList<>();
        if (!Files.isDirectory(runs)) {
            return ids;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
            for (Path folder : folders) {
                read(folder.resolve("run.json"))
                        .filter(RunRecord::isUnfinished)
                        .ifPresent(json -> ids.add(json.path("runId").asText()));
            }
        } catch (IOException e) {
            LOG.warn("Cannot list the records of earlier runs in {}", runs, e);
        }
        ids.sort(null);
        return ids;
    }

    private static boolean isUnfinished(JsonNode json) {
        if (!json.path("state").asText().equals("RUNNING")) {
            return false;
        }
        String process = json.path("process").asText();
        return ProcessHandle.of(json.path("pid").asLong())
                .filter(alive -> alive.isAlive() && identity(alive).equals(process))
                .isEmpty();
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
        } catch (IOException e) {
            LOG.warn("Cannot read the record {}", file, e);
            return Optional.empty();
        }
    }
}
