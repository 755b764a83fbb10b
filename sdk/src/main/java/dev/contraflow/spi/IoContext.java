package dev.contraflow.spi;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.Visibility;
import java.nio.file.Path;

/**
 * What an I/O manager works with. Immutable.
 *
 * @param runId the run
 * @param plan what the run is going to do
 * @param datasets loads and saves the plan's datasets, and says what failed
 * @param events where it tells what happens
 * @param options its own section of {@code run.yml}; it refuses keys that it does not know
 * @param onFailure whether other nodes go on once something has failed
 * @param visibility when what is stored may become visible; a manager that stores in the background keeps to it
 * @param threads the time and the threads of the run; the manager makes none of its own
 * @param scratch a folder of the run for spill files; made by who needs it first, removed by the run
 */
public record IoContext(
        RunId runId,
        RunPlan plan,
        DatasetAccess datasets,
        RunEvents events,
        ConfigSection options,
        FailurePolicy onFailure,
        Visibility visibility,
        RunThreads threads,
        Path scratch) {}
