package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.io.Location;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import java.io.IOException;
import java.nio.file.Path;

/** Keeps outputs out of the folder where runs keep their records, locks and spool. */
final class StateFolderGuard {
    private StateFolderGuard() {}

    /** @throws CatalogException if an output would be written there */
    static void check(RunPlan plan, BoundDatasets datasets, Path stateFolder) {
        Path folder = real(stateFolder);
        for (PlannedDataset planned : plan.datasets().values()) {
            DatasetRef<?> written = planned.written();
            if (written == null) {
                continue;
            }
            boolean isInside = datasets.dataset(written)
                    .target()
                    .filter(target -> target.scheme().equals("file"))
                    .map(Location::path)
                    .filter(path -> Path.of(path).startsWith(folder))
                    .isPresent();
            if (isInside) {
                throw new CatalogException("Dataset '" + written + "' ("
                        + datasets.dataset(written).describe() + ") would be written into " + stateFolder
                        + ", where runs keep their records. Choose another filepath."
                        + datasets.position(written.name())
                                .map(at -> " It is described at " + at + ".")
                                .orElse(""));
            }
        }
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) { // it is not there yet
            return folder.toAbsolutePath().normalize();
        }
    }
}
