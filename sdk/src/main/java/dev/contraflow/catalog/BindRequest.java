package dev.contraflow.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.io.Location;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one run needs of a catalog. Immutable: the {@code with} methods return new objects.
 *
 * @param refs all datasets and parameters that the nodes of the run read or write
 * @param freeInputs the names, among these, that are read before any node of the run has written them: the catalog must provide them
 * @param written the names, among these, that nodes of the run write
 * @param saveVersion the version that every versioned dataset saves: the run's id; null for a new one, made from the clock
 * @param loadVersions the versions that versioned datasets load instead of the newest, by full name; an empty text means the newest
 * @param savedBefore the datasets, without view, that an earlier attempt of the run has saved: it is that version which is loaded
 * @param manifests what the locations of the run's manifests begin with, if its versions count only once one is there; else null
 */
public record BindRequest(
        Set<DatasetRef<?>> refs,
        Set<String> freeInputs,
        Set<String> written,
        @Nullable String saveVersion,
        Map<String, String> loadVersions,
        Set<String> savedBefore,
        @Nullable Location manifests) {
    /** Copies the sets and the map. */
    public BindRequest {
        refs = Set.copyOf(refs);
        freeInputs = Set.copyOf(freeInputs);
        written = Set.copyOf(written);
        loadVersions = Map.copyOf(loadVersions);
        savedBefore = Set.copyOf(savedBefore);
    }

    /**
     * A request that leaves the versions to the catalog.
     *
     * @param refs all datasets and parameters that the nodes of the run read or write
     * @param freeInputs the names that the catalog must provide
     * @param written the names that nodes of the run write
     */
    public BindRequest(Set<DatasetRef<?>> refs, Set<String> freeInputs, Set<String> written) {
        this(refs, freeInputs, written, null, Map.of(), Set.of(), null);
    }

    /**
     * @param version the version that every versioned dataset saves
     * @return a request with this version
     */
    public BindRequest withSaveVersion(String version) {
        return new BindRequest(refs, freeInputs, written, version, loadVersions, savedBefore, manifests);
    }

    /**
     * @param versions the versions to load by the dataset's full name (Kedro's {@code --load-versions}); they go before those of the catalog
     * @return a request with these versions
     */
    public BindRequest withLoadVersions(Map<String, String> versions) {
        return new BindRequest(refs, freeInputs, written, saveVersion, versions, savedBefore, manifests);
    }

    /**
     * @param datasets the datasets, without view, that an earlier attempt of the run has saved as the version that this one saves
     * @return a request that loads them as they were saved then, unless another version is pinned
     */
    public BindRequest withSavedBefore(Set<String> datasets) {
        return new BindRequest(refs, freeInputs, written, saveVersion, loadVersions, datasets, manifests);
    }

    /**
     * @param prefix what the locations of the run's manifests begin with
     * @return a request whose versions count only once one of these is there
     */
    public BindRequest withManifests(Location prefix) {
        return new BindRequest(refs, freeInputs, written, saveVersion, loadVersions, savedBefore, prefix);
    }
}
