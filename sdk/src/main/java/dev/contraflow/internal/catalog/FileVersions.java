package dev.contraflow.internal.catalog;

import dev.contraflow.dataset.Versions;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final Manifests manifests;

    FileVersions(
            Storage storage,
            Location file,
            String toSave,
            @Nullable String pinned,
            RunVersions.Memory memory,
            Manifests manifests) {
        this.manifests = manifests;
        this.storage = storage;
        this.file = file;
        this.fileName = file.path().substring(file.path().lastIndexOf('/') + 1);
        this.toSave = toSave;
        this.pinned = pinned;
        this.memory = memory;
    }

    @Override
    public Location location() {
        return file;
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

    /** The newest version that counts, which is remembered. */
    Optional<String> newest() throws IOException {
        Below below = below();
        for (String version : below.whole()) {
            if (counts(version, below)) {
                return Optional.of(memory.found(version, toSave));
            }
        }
        return Optional.empty();
    }

    @Override
    public List<String> stored() throws IOException {
        Below below = below();
        List<String> stored = new ArrayList<>();
        for (String version : below.whole()) {
            if (counts(version, below)) {
                stored.add(version);
            }
        }
        return stored;
    }

    @Override
    public boolean reaches(Location other) throws IOException {
        return storage.exists(other);
    }

    private boolean counts(String version, Below below) throws IOException {
        return !below.hidden().contains(version) || manifests.isPublished(storage, mark(version));
    }

    /**
     * What one listing tells.
     *
     * @param whole the versions that have their file, the newest first
     * @param hidden the versions that count only once their run has published them
     */
    private record Below(List<String> whole, Set<String> hidden) {}

    private Below below() throws IOException {
        List<String> whole = new ArrayList<>();
        Set<String> hidden = new HashSet<>();
        String start = file.path() + "/";
        for (Listed listed : storage.list(file.plus("/"))) {
            String path = listed.location().path();
            if (!path.startsWith(start)) {
                continue;
            }
            version(path, start, fileName).ifPresent(whole::add);
            version(path, start, Manifests.MARK).ifPresent(hidden::add);
        }
        whole.sort(Comparator.reverseOrder());
        return new Below(whole, hidden);
    }

    private static Optional<String> version(String path, String start, String name) {
        String end = "/" + name;
        return path.endsWith(end) && path.length() > start.length() + end.length()
                ? Optional.of(path.substring(start.length(), path.length() - end.length()))
                        .filter(VersionNames::isValid) // one with a slash is a file further below
                : Optional.empty();
    }

    /** Before the file of this run's version is written: it counts only once the run has published it, if the run does so. */
    void hide() throws IOException {
        manifests.hide(storage, mark(toSave), toSave);
    }

    private Location mark(String version) {
        return file.plus("/" + version + "/" + Manifests.MARK);
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
