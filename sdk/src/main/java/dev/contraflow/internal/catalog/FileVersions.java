package dev.contraflow.internal.catalog;

import dev.contraflow.dataset.Versions;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.Storage;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one file in Kedro's layout, {@code <filepath>/<version>/<file name>}. A version is whole when its file is there: a storage
 * makes a file visible by one act. One listing tells them all, since what is below the path is one file for each version. The path is taken
 * literally. Thread-safe.
 */
final class FileVersions implements Versions {
    private static final int SHOWN = 3;

    private final Storage storage;
    private final Location file;
    private final String fileName;
    private final String toSave;
    private final @Nullable String pinned;
    private final RunVersions.Memory memory;

    FileVersions(Storage storage, Location file, String toSave, @Nullable String pinned, RunVersions.Memory memory) {
        this.storage = storage;
        this.file = file;
        this.fileName = file.path().substring(file.path().lastIndexOf('/') + 1);
        this.toSave = toSave;
        this.pinned = pinned;
        this.memory = memory;
    }

    @Override
    public String toSave() {
        return toSave;
    }

    @Override
    public Optional<String> pinned() {
        return Optional.ofNullable(pinned);
    }

    @Override
    public String toLoad() throws IOException {
        Optional<String> known = known();
        return known.isPresent() ? known.get() : newest().orElseThrow(this::noVersion);
    }

    /** The version that a load takes, if that is known without a listing. */
    Optional<String> known() {
        return pinned == null ? memory.known(toSave) : Optional.of(pinned);
    }

    /** The newest version, which is remembered. */
    Optional<String> newest() throws IOException {
        List<String> versions = stored();
        return versions.isEmpty() ? Optional.empty() : Optional.of(memory.found(versions.get(0), toSave));
    }

    @Override
    public List<String> stored() throws IOException {
        String start = file.path() + "/";
        String end = "/" + fileName;
        return storage.list(file.plus("/")).stream()
                .map(Listed::location)
                .map(Location::path)
                .filter(path ->
                        path.startsWith(start) && path.endsWith(end) && path.length() > start.length() + end.length())
                .map(path -> path.substring(start.length(), path.length() - end.length()))
                .filter(VersionNames::isValid) // one with a slash is a file further below
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Where the file of a version is. */
    Location at(String version) throws IOException {
        if (!VersionNames.isValid(version)) {
            throw new IOException(VersionNames.problem(version));
        }
        return file.plus("/" + version + "/" + fileName);
    }

    void saved() {
        memory.saved();
    }

    void release() {
        memory.release();
    }

    private ObjectNotFoundException noVersion() {
        return new ObjectNotFoundException(
                "no version of it is stored"
                        + (isPlainFile()
                                ? "; there is a file without versions at its path, which is read without 'versioned: true'"
                                : ""),
                file,
                null);
    }

    /** Whether a file without versions is where the versions' folder should be. Asked after a failure only. */
    boolean isPlainFile() {
        try {
            return storage.exists(file);
        } catch (IOException | RuntimeException e) {
            return false; // the failure that led here is the one to tell
        }
    }

    /** The failure to load a version that has no file. */
    ObjectNotFoundException missing(String version, Location at, ObjectNotFoundException cause) {
        return new ObjectNotFoundException("version '" + version + "' has no file" + others(), at, cause);
    }

    private String others() {
        try {
            List<String> versions = stored();
            String shown = String.join(", ", versions.subList(0, Math.min(SHOWN, versions.size())));
            int more = versions.size() - SHOWN;
            return versions.isEmpty()
                    ? ", and there is no other version"
                    : ". Versions that have, the newest first: " + shown + (more > 0 ? " and " + more + " more" : "");
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }
}
