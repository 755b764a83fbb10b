package dev.contraflow.internal.run;

import dev.contraflow.internal.Reason;
import dev.contraflow.io.Content;
import dev.contraflow.run.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one run, {@code .contraflow/runs/<run id>/spool} on the local disk, with the bytes of outputs that are computed and not yet
 * durable: a later attempt of the run stores them without computing them again. It outlives the process, and is removed when the run has
 * succeeded or with its record. Thread-safe.
 */
public final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String NAME = "spool";

    private final Path folder;
    private final Map<String, Kept> kept = new HashMap<>(); // by full name; guarded by this, as all below
    private final Set<String> durable = new HashSet<>();
    private final Set<String> inUse = new HashSet<>(); // what is restored, until nobody reads it any more
    private long bytes; // of all that is kept or being written
    private boolean isWarned;
    private volatile boolean areFoldersForced; // not guarded: forced twice they are no worse

    /** A file that is there, or, without a path, one that is being written. */
    private record Kept(@Nullable Path file, long size) {}

    Spool(Path stateFolder, RunId runId) {
        this.folder = folder(stateFolder, runId.value());
    }

    private static Path folder(Path stateFolder, String runId) {
        return stateFolder.resolve("runs").resolve(runId).resolve(NAME);
    }

    /**
     * Where a file of it stands, if it is there.
     *
     * @param name its name as it was noted, which may be anything: nothing outside of the folder is meant by it
     */
    Optional<Path> file(String name) {
        Path file = folder.resolve(name);
        boolean isOwn = folder.equals(file.getParent()) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        return isOwn ? Optional.of(file) : Optional.empty();
    }

    /**
     * Begins an attempt, which alone uses the folder from now on: what it is not going to store is removed.
     *
     * @param restored what it is going to store, by full name
     */
    synchronized void begin(Map<String, Path> restored) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!restored.containsValue(file)) {
                    Files.deleteIfExists(file);
                }
            }
            for (Map.Entry<String, Path> one : restored.entrySet()) {
                long size = Files.size(one.getValue());
                kept.put(one.getKey(), new Kept(one.getValue(), size));
                bytes += size;
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.debug("there is no spool {}", folder);
        } catch (IOException e) {
            LOG.warn("Cannot tidy up the spool {}", folder, e);
        }
    }

    /**
     * Writes the bytes of an output, and forces them to the disk; not if the output is durable, or is kept already, or if it would be too much.
     * What cannot be written is not kept, and takes nothing from the run: the first time a warning says why.
     *
     * @param dataset its full name
     * @param content its bytes
     * @param most the most bytes to be kept at once
     * @return the name of the file, which is on the disk; null if it is not kept
     */
    public @Nullable String write(String dataset, Content content, long most) {
        synchronized (this) {
            if (durable.contains(dataset) || kept.containsKey(dataset) || content.size() > most - bytes) {
                return null;
            }
            kept.put(dataset, new Kept(null, content.size()));
            bytes += content.size();
        }
        Path file = null;
        try {
            file = newFile();
            content.sha256(); // is noted later, and counted while the bytes are here
            copy(dataset, content, file);
            if (!isDurable(dataset)) {
                forceNames(file);
            }
        } catch (IOException | RuntimeException e) {
            failed(dataset, file, e);
            return null;
        } catch (Error e) {
            failed(dataset, file, e);
            throw e;
        }
        return written(dataset, file);
    }

    private Path newFile() throws IOException {
        if (!areFoldersForced) {
            Files.createDirectories(folder);
        }
        return Files.createTempFile(folder, "output-", "." + NAME);
    }

    /** Makes the file's name survive a loss of power, and once those of the folders that it stands in. */
    private void forceNames(Path file) throws IOException {
        LocalState.forceFolder(file);
        if (!areFoldersForced) {
            Path run = Objects.requireNonNull(folder.getParent());
            Path runs = Objects.requireNonNull(run.getParent());
            for (Path perhapsNew : List.of(folder, run, runs)) {
                LocalState.forceFolder(perhapsNew);
            }
            areFoldersForced = true;
        }
    }

    private void copy(String dataset, Content content, Path file) throws IOException {
        byte[] buffer = new byte[1 << 20];
        long size = 0;
        try (InputStream in = content.open();
                FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (isDurable(dataset)) {
                    return; // it will be removed at once, and a run that is ready to end waits for that
                }
                for (ByteBuffer left = ByteBuffer.wrap(buffer, 0, n); left.hasRemaining(); ) {
                    out.write(left);
                }
                size += n;
            }
            if (isDurable(dataset)) {
                return;
            }
            out.force(true);
        }
        if (size != content.size()) {
            throw new IOException(size + " of " + content.size() + " bytes were there");
        }
    }

    private synchronized boolean isDurable(String dataset) {
        return durable.contains(dataset);
    }

    private synchronized @Nullable String written(String dataset, Path file) {
        Kept writing = Objects.requireNonNull(kept.get(dataset));
        kept.put(dataset, new Kept(file, writing.size()));
        if (durable.contains(dataset)) {
            remove(dataset);
            return null;
        }
        return Objects.requireNonNull(file.getFileName()).toString();
    }

    private synchronized void failed(String dataset, @Nullable Path file, Throwable problem) {
        Kept writing = Objects.requireNonNull(kept.remove(dataset));
        bytes -= writing.size();
        delete(file);
        boolean isOfNoUse = durable.contains(dataset) || Thread.currentThread().isInterrupted();
        if (!isOfNoUse && !isWarned) {
            isWarned = true;
            LOG.warn(
                    "Dataset '{}' cannot be kept in the spool {}: {}. If the run does not end well, its node is computed"
                            + " again; so may be others.",
                    dataset,
                    folder,
                    Reason.of(problem));
        }
        LOG.debug("dataset {} is not kept", dataset, problem);
    }

    /**
     * An output is durable, and noted: it need not be kept any more.
     *
     * @param dataset its full name
     */
    public synchronized void durable(String dataset) {
        durable.add(dataset);
        removeIfDone(dataset);
    }

    /**
     * Hands out what an earlier attempt has written.
     *
     * @param dataset its full name
     * @param bytes what is in the file
     * @return the bytes, to be closed; the file stays until then, and until they are durable
     */
    synchronized Content restored(String dataset, Content bytes) {
        inUse.add(dataset);
        return new RestoredContent(bytes, () -> notInUse(dataset));
    }

    private synchronized void notInUse(String dataset) {
        inUse.remove(dataset);
        removeIfDone(dataset);
    }

    private void removeIfDone(String dataset) {
        Kept one = kept.get(dataset);
        boolean isWritten = one != null && one.file() != null; // else whoever writes it removes it
        if (isWritten && durable.contains(dataset) && !inUse.contains(dataset)) {
            remove(dataset);
        }
    }

    private void remove(String dataset) {
        Kept gone = Objects.requireNonNull(kept.remove(dataset));
        bytes -= gone.size();
        delete(gone.file());
    }

    private static void delete(@Nullable Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) { // the folder goes with the run
                LOG.debug("cannot remove {}", file, e);
            }
        }
    }

    /** Removes it, when nothing is left that is not durable. */
    public void remove() {
        removeFolder(folder);
    }

    /** Removes that of a run which nobody is going to resume. */
    static void remove(Path stateFolder, String runId) {
        removeFolder(folder(stateFolder, runId));
    }

    private static void removeFolder(Path folder) {
        try {
            Scratch.removeFolder(folder);
        } catch (IOException e) {
            LOG.warn("Cannot remove the spool {}", folder, e);
        }
    }
}
