package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.Reason;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.DryRun.DatasetOutlook;
import dev.contraflow.run.DryRun.Existence;
import dev.contraflow.run.DryRun.NodeOutlook;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a prepared run without running it. */
public final class RunOutlook {
    private RunOutlook() {}

    /** What the storage of a dataset said. */
    private record Seen(DatasetOutlook dataset, @Nullable String problem) {}

    /**
     * What a run would do.
     *
     * @param request the request
     * @return what it would do
     */
    public static DryRun of(RunRequest request) {
        try (RunSetup setup = RunSetup.unobserved(request)) {
            List<String> problems = new ArrayList<>(setup.inputProblems());
            List<RunPlan.PlannedDataset> planned = setup.plan().datasets().values().stream()
                    .filter(dataset -> !ref(setup, dataset).isParameter())
                    .toList();
            List<DatasetOutlook> datasets = new ArrayList<>();
            for (Seen seen : SideBySide.all(planned, dataset -> look(setup, dataset))) {
                datasets.add(seen.dataset());
                if (seen.problem() != null) {
                    problems.add(seen.problem());
                }
            }
            return new DryRun(
                    setup.choices().io().id() + " (" + setup.choices().ioWhy() + ")", nodes(setup), datasets, problems);
        }
    }

    private static List<NodeOutlook> nodes(RunSetup setup) {
        return setup.nodes().stream()
                .map(node -> Optional.ofNullable(setup.choice().skipped().get(node))
                        .or(() -> setup.choice().restored().why(node))
                        .map(why -> new NodeOutlook(node.name(), false, why))
                        .orElseGet(() -> new NodeOutlook(
                                node.name(), true, setup.choice().whyRunning(node))))
                .toList();
    }

    /** The view through which a dataset is written, or one through which it is read. */
    private static DatasetRef<?> ref(RunSetup setup, RunPlan.PlannedDataset planned) {
        DatasetRef<?> written = planned.written();
        if (written != null) {
            return written;
        }
        Node reader = setup.plan().nodes().get(planned.reads().get(0));
        return reader.inputs().stream()
                .filter(input -> input.baseName().equals(planned.name()))
                .findFirst()
                .orElseThrow();
    }

    private static Seen look(RunSetup setup, RunPlan.PlannedDataset planned) {
        Dataset<?> dataset = setup.datasets().dataset(ref(setup, planned));
        if (!dataset.isPersistent()) {
            return new Seen(outlook(planned, dataset, Existence.IN_MEMORY), null);
        }
        try {
            Existence existence = dataset.exists() ? Existence.THERE : Existence.MISSING;
            return new Seen(outlook(planned, dataset, existence), null);
        } catch (IOException | RuntimeException e) {
            Node writer = planned.writer();
            String problem = writer == null // else it is among the problems of the inputs
                    ? null
                    : "Dataset '" + planned.written() + "' (" + dataset.describe() + "), which node '" + writer.name()
                            + "' writes, cannot be reached: " + Reason.of(e) + ".";
            return new Seen(outlook(planned, dataset, Existence.UNKNOWN), problem);
        }
    }

    private static DatasetOutlook outlook(RunPlan.PlannedDataset planned, Dataset<?> dataset, Existence existence) {
        return new DatasetOutlook(
                planned.name(),
                dataset.describe(),
                !planned.isFinalOutput(),
                Optional.ofNullable(planned.writer()).map(Node::name),
                dataset.versions().isPresent(),
                existence);
    }
}
