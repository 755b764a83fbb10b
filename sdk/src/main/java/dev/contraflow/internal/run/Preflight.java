package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.catalog.Resolution;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.internal.Reason;
import dev.contraflow.io.Grant;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.run.RunPlan;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks, before the first node, whether the persistent inputs of a run are there: one request each, side by side, and one more for what is not. */
final class Preflight {
    private static final int SHOWN = 4;

    private Preflight() {}

    static void check(RunPlan plan, BoundDatasets datasets, Set<String> names, InputMarks marks) {
        List<String> problems = problems(plan, datasets, names, marks);
        if (!problems.isEmpty()) {
            String more = problems.size() > SHOWN ? "\nAnd " + (problems.size() - SHOWN) + " more." : "";
            throw new CatalogException(problems.stream().limit(SHOWN).collect(Collectors.joining("\n")) + more);
        }
    }

    /**
     * What is wrong with the inputs, each in one line.
     *
     * @param names the names of the catalog, of which one may have been meant
     * @param marks gets the marks of those that are there
     */
    static List<String> problems(RunPlan plan, BoundDatasets datasets, Set<String> names, InputMarks marks) {
        List<DatasetRef<?>> inputs = plan.pipeline().inputs().stream()
                .filter(ref -> datasets.dataset(ref).isPersistent() || isFoundByCatchAll(datasets, ref))
                .filter(ref -> !ref.isParameter() || isFoundByCatchAll(datasets, ref))
                .toList();
        return SideBySide.all(inputs, ref -> problem(plan, datasets, ref, names, marks)).stream()
                .filter(problem -> !problem.isEmpty())
                .map(Objects::requireNonNull)
                .toList();
    }

    /** A catch-all says nothing about a name: a misspelt one, or a parameter that is not there, is found by it too. */
    private static boolean isFoundByCatchAll(BoundDatasets datasets, DatasetRef<?> ref) {
        return datasets.resolution(ref.name())
                .filter(found -> found.origin() == Resolution.Origin.CATCH_ALL)
                .isPresent();
    }

    private static String problem(
            RunPlan plan, BoundDatasets datasets, DatasetRef<?> ref, Set<String> names, InputMarks marks) {
        Dataset<?> dataset = datasets.dataset(ref);
        Node reader = plan.nodes().get(plan.dataset(ref).reads().get(0));
        String what = "Dataset '" + ref + "' (" + dataset.describe() + "), which node '" + reader.name() + "' reads,";
        String where = datasets.position(ref.name())
                .map(SourcePosition::toString)
                .map(at -> " It is described at " + at + ".")
                .orElse("");
        try {
            Optional<String> mark = dataset.mark();
            mark.ifPresent(known -> marks.put(ref, known));
            if (mark.isPresent() || dataset.exists()) {
                return "";
            }
            Optional<Versions> versions = dataset.versions();
            Optional<String> pinned = versions.flatMap(Versions::pinned);
            if (versions.isPresent() && pinned.isPresent()) {
                List<String> stored = versions.get().stored();
                return what + " is to be loaded in version '" + pinned.get() + "', but that version has no file. "
                        + (stored.isEmpty()
                                ? "There is no other version."
                                : "Versions that have, the newest first: "
                                        + stored.stream().limit(SHOWN).collect(Collectors.joining(", ")) + ".")
                        + where;
            }
            String near = isFoundByCatchAll(datasets, ref) ? Suggestion.didYouMean(ref.name(), names) : "";
            return what + " does not exist"
                    + worse(dataset)
                            .map(reason -> ": " + reason + ".")
                            .orElse(". Put it there, run the node that writes it, or correct its filepath.")
                    + near + where;
        } catch (IOException | RuntimeException e) {
            return what + " cannot be reached: " + Reason.of(e) + "." + where;
        }
    }

    /**
     * What is wrong besides, as a read says it: to S3's answer to a look a bucket that does not exist is like an object that does not. Only what
     * is known to be missing is read.
     */
    private static Optional<String> worse(Dataset<?> dataset) {
        if (!(dataset instanceof EncodedDataset<?> encoded)) {
            return Optional.empty(); // its load may do more than read
        }
        try {
            encoded.fetch(Grant.unbounded()).close(); // somebody has put it there since
            return Optional.empty();
        } catch (ObjectNotFoundException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(Reason.of(e));
        }
    }
}
