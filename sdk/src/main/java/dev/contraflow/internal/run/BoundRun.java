package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a run is going to do, and with which datasets. Immutable.
 *
 * @param plan the nodes that run
 * @param datasets what they read and write
 * @param confirmed what they confirm, by full name; what nobody knows is not among it
 */
record BoundRun(RunPlan plan, BoundDatasets datasets, Map<String, Dataset<?>> confirmed) {
    /** What is going to be stored. */
    List<DatasetRef<?>> stored() {
        return plan.datasets().values().stream()
                .map(PlannedDataset::written)
                .filter(written -> written != null && datasets.dataset(written).isPersistent())
                .<DatasetRef<?>>map(Objects::requireNonNull)
                .toList();
    }

    /** The places that two runs must not write at the same time. Versions are new for each run, so only the run itself has them. */
    Set<String> places() {
        Set<String> places = new HashSet<>();
        for (DatasetRef<?> written : stored()) {
            Dataset<?> dataset = datasets.dataset(written);
            Optional<Versions> versions = dataset.versions();
            if (versions.isPresent()) {
                places.add(versions.get().location() + "/" + versions.get().toSave());
            } else {
                String files = dataset.suffixOfFiles()
                        .map(suffix -> RunLock.ALL_BELOW + suffix)
                        .orElse("");
                dataset.target().ifPresent(target -> places.add(target + files));
            }
        }
        return places;
    }
}
