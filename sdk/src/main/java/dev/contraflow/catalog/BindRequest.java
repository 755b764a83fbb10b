package dev.contraflow.catalog;

import dev.contraflow.DatasetRef;
import java.util.Set;

/**
 * What one run needs of a catalog. Immutable.
 *
 * @param refs all datasets and parameters that the nodes of the run read or write
 * @param freeInputs the names, among these, that are read before any node of the run has written them: the catalog must provide them
 * @param written the names, among these, that nodes of the run write
 */
public record BindRequest(Set<DatasetRef<?>> refs, Set<String> freeInputs, Set<String> written) {
    /** Copies the sets. */
    public BindRequest {
        refs = Set.copyOf(refs);
        freeInputs = Set.copyOf(freeInputs);
        written = Set.copyOf(written);
    }
}
