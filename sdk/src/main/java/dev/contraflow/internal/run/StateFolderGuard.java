package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
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
            Dataset<?> dataset = datasets.dataset(written);
            if (holds(dataset, folder)) {
                throw new CatalogException(
                        "Dataset '" + written + "' (" + dataset.describe() + ") is a folder that holds "
                                + stateFolder + ", where runs keep their records. Choose another path."
                                + where(datasets, written));
            }
            boolean isInside = dataset.target()
                    .filter(target -> target.scheme().equals("file"))
                    .map(Location::path)
                    .filter(path -> Path.of(path).startsWith(folder))
                    .isPresent();
            if (isInside) {
                throw new CatalogException("Dataset '" + written + "' ("
                        + datasets.dataset(written).describe() + ") would be written into " + stateFolder
                        + ", where runs keep their records. Choose another filepath."
                        + where(datasets, written));
            }
        }
    }

    /** Whether the folder would be among the files of a dataset, and perhaps be removed as one that is not its own any more. */
    private static boolean holds(Dataset<?> dataset, Path folder) {
        return dataset.suffixOfFiles().isPresent()
                && dataset.target()
                        .filter(target -> target.scheme().equals("file"))
                        .filter(target -> folder.startsWith(target.path().isEmpty() ? "/" : target.path()))
                        .isPresent();
    }

    private static String where(BoundDatasets datasets, DatasetRef<?> written) {
        return datasets.position(written.name())
                .map(at -> " It is described at " + at + ".")
                .orElse("");
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) { // it is not there yet
            return folder.toAbsolutePath().normalize();
        }
    }
}
