package dev.contraflow.catalog;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The datasets of a pipeline by how the catalog finds them, then by type, each list in the alphabet. Immutable.
 *
 * @param datasets those that have an entry or that a program added
 * @param factories those that a pattern provides, the catch-all too
 * @param defaults those that nothing provides: what the pipeline writes of them lives in memory, what it only reads is missing
 */
public record PipelineDatasets(
        SortedMap<String, List<String>> datasets,
        SortedMap<String, List<String>> factories,
        SortedMap<String, List<String>> defaults) {
    /** Copies the maps. */
    public PipelineDatasets {
        datasets = Collections.unmodifiableSortedMap(new TreeMap<>(datasets));
        factories = Collections.unmodifiableSortedMap(new TreeMap<>(factories));
        defaults = Collections.unmodifiableSortedMap(new TreeMap<>(defaults));
    }
}
