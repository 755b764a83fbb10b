package dev.contraflow.spi;

import dev.contraflow.DatasetException;
import dev.contraflow.run.DatasetResult;
import java.util.List;
import java.util.Map;

/**
 * What became of everything that a run wrote. Immutable.
 *
 * @param datasets the written datasets by full name
 * @param failures the failures that no {@link IoManager.NodeIo} has thrown, each once, in the order in which they happened
 */
public record Settlement(Map<String, DatasetResult> datasets, List<DatasetException> failures) {
    /** Copies both. */
    public Settlement {
        datasets = Map.copyOf(datasets);
        failures = List.copyOf(failures);
    }
}
