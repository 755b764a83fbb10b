package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.catalog.BoundDatasets.Bound;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.catalog.RunVersions;
import dev.contraflow.internal.catalog.VersionNames;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the versions that a run or a catalog was given. */
final class VersionChecks {
    private static final Logger LOG = LoggerFactory.getLogger(VersionChecks.class);

    private VersionChecks() {}

    /** Refuses versions that cannot be one, and load versions of names that are not in the catalog. */
    static void check(RunVersions versions, DatasetMaker maker, Problems problems) {
        if (!VersionNames.isValid(versions.toSave())) {
            problems.add(() ->
                    new CatalogException("The version to save: " + VersionNames.problem(versions.toSave()) + "."));
        }
        new TreeMap<>(versions.toLoad()).forEach((name, version) -> {
            if (!version.isEmpty() && !VersionNames.isValid(version)) {
                problems.add(() -> new CatalogException(
                        "The version to load of dataset '" + name + "': " + VersionNames.problem(version) + "."));
            }
        });
        checkNames(versions.toLoad(), maker, problems);
    }

    /** Refuses load versions of names that are not in the catalog. */
    static void checkNames(Map<String, String> toLoad, DatasetMaker maker, Problems problems) {
        for (String name : new TreeMap<>(toLoad).keySet()) {
            if (maker.resolve(name) == null) {
                problems.add(() -> new CatalogException("A version to load is given for dataset '" + name
                        + "', which the catalog does not have." + Suggestion.didYouMean(name, maker.names())
                        + " Correct the name, or add it to the catalog."));
            }
        }
    }

    /** As in Kedro, a version for a dataset that keeps none has no effect; here it is said. */
    static void warnOfPinsWithoutEffect(RunVersions versions, Map<String, Bound<?>> bound) {
        Collection<String> pinned = versions.toLoad().keySet();
        for (String name : pinned) {
            Bound<?> one = bound.get(name);
            if (one != null && one.dataset().versions().isEmpty()) {
                LOG.warn(
                        "Version '{}' of dataset '{}' has no effect: the dataset keeps no versions.",
                        versions.toLoad().get(name),
                        name);
            }
        }
    }
}
