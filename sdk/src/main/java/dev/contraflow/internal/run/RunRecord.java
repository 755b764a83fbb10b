package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * The record of one run, {@code .contraflow/runs/<run id>/run.json}: written and forced to disk before the run's first save, and replaced
 * by one atomic move at its end. A record that says RUNNING while its process is gone is that of an unfinished run.
 */
public final class RunRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    private final RunThreads threads;
    private final Path folder;
    private final ObjectNode json;

    private RunRecord(RunThreads threads, Path folder, ObjectNode json) {
        this.threads = threads;
        this.folder = folder;
        this.json = json;
    }

    /**
     * Begins the record of a run.
     *
     * @param setup the run
     * @param runner the id of its runner
     * @return the record
     * @throws IOException if it cannot be made durable: then nothing may be saved
     */
    static RunRecord begin(RunSetup setup, String runner) throws IOException {
        Path folder = setup.stateFolder().resolve("runs").resolve(setup.runId().value());
        Files.createDirectories(folder);
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("runId", setup.runId().value())
                .put("state", "RUNNING")
                .put("startedAt", setup.threads().now().toString())
                .put("runner", runner)
                .put("io", setup.io().id())
                .put("pid", ProcessHandle.current().pid())
                .put("process", identity(ProcessHandle.current()));
        setup.origin().ifPresent(origin -> {
            json.put("project", origin.project()).put("environment", origin.environment());
            origin.pipelines().forEach(json.putArray("pipelines")::add);
        });
        GitHead.of(setup.stateFolder()).ifPresent(commit -> json.put("gitCommit", commit));
        setup.persistentOutputs().forEach(json.putArray("writes")::add);
        RunRecord record = new RunRecord(setup.threads(), folder, json);
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
        json.put("state", result.state().name()).put("finishedAt", threads.now().toString());
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

    /** Whether the process that wrote a record is still there. */
    static boolean isAlive(JsonNode json) {
        String process = json.path("process").asText();
        return ProcessHandle.of(json.path("pid").asLong())
                .filter(alive -> alive.isAlive() && identity(alive).equals(process))
                .isPresent();
    }
}
