package dev.contraflow.internal.catalog;

import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The versions that the datasets of one run, or of one catalog outside of runs, save and load. Two datasets of one file, such as two views of
 * a name, know of each other's saves through it. Thread-safe.
 */
public final class RunVersions {
    private final String toSave;
    private final Map<String, String> toLoad;
    private final Set<String> savedBefore;
    private final Manifests manifests;
    private final Map<Location, Memory> memories = new ConcurrentHashMap<>();

    /** What is remembered of one file's versions. Guarded by itself. */
    static final class Memory {
        private boolean saved;
        private @Nullable String newest;

        /** The version that a load takes, if that is known. */
        synchronized Optional<String> known(String toSave) {
            return saved ? Optional.of(toSave) : Optional.ofNullable(newest);
        }

        /** Remembers what a listing found, unless another was quicker, or a save has made a version since. */
        synchronized String found(String version, String toSave) {
            if (saved) {
                return toSave;
            }
            if (newest == null) {
                newest = version;
            }
            return newest;
        }

        synchronized void saved() {
            saved = true;
        }

        /** Forgets what was found, not what was saved: a run's own version stays its own. */
        synchronized void release() {
            newest = null;
        }
    }

    /**
     * @param toSave the version that every save makes
     * @param toLoad the versions that are pinned for loading, by the dataset's full name; an empty text pins nothing
     * @param savedBefore what has been saved already, by an earlier attempt of the run, without view
     * @param manifests what the locations of the run's manifests begin with; null if it publishes each version by itself
     */
    public RunVersions(
            String toSave, Map<String, String> toLoad, Set<String> savedBefore, @Nullable Location manifests) {
        this.manifests = new Manifests(manifests);
        this.savedBefore = Set.copyOf(savedBefore);
        this.toSave = toSave;
        this.toLoad = Map.copyOf(toLoad);
    }

    /**
     * Of what no run has saved before.
     *
     * @param toSave the version that every save makes
     * @param toLoad the versions that are pinned for loading, by the dataset's full name; an empty text pins nothing
     */
    public RunVersions(String toSave, Map<String, String> toLoad) {
        this(toSave, toLoad, Set.of(), null);
    }

    /** @return the version that every save makes */
    public String toSave() {
        return toSave;
    }

    /** @return the versions pinned for loading by the dataset's full name */
    public Map<String, String> toLoad() {
        return toLoad;
    }

    /** The versions of one file. */
    FileVersions of(String name, Storage storage, Location file) {
        String pinned = toLoad.getOrDefault(name, "");
        Memory memory = memories.computeIfAbsent(file, at -> new Memory());
        if (savedBefore.contains(name.split("@", 2)[0])) {
            memory.saved();
        }
        return new FileVersions(storage, file, toSave, pinned.isEmpty() ? null : pinned, memory, manifests);
    }
}
