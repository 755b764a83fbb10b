package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.run.RunPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks, before the first node, whether the persistent inputs of a run are there: one request each, side by side. */
final class Preflight {
    private static final int SIDE_BY_SIDE = 16;
    private static final int SHOWN = 4;
    private static final Duration LONGEST =
            Duration.ofMinutes(15); // a storage gives up after its own deadline, ten minutes

    private Preflight() {}

    static void check(RunPlan plan, BoundDatasets datasets) {
        List<DatasetRef<?>> inputs = plan.pipeline().inputs().stream()
                .filter(ref -> !ref.isParameter() && datasets.dataset(ref).isPersistent())
                .toList();
        if (inputs.isEmpty()) {
            return;
        }
        List<String> problems = problems(plan, datasets, inputs);
        if (!problems.isEmpty()) {
            String more = problems.size() > SHOWN ? "\nAnd " + (problems.size() - SHOWN) + " more." : "";
            throw new CatalogException(problems.stream().limit(SHOWN).collect(Collectors.joining("\n")) + more);
        }
    }

    private static List<String> problems(RunPlan plan, BoundDatasets datasets, List<DatasetRef<?>> inputs) {
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(SIDE_BY_SIDE, inputs.size()), task -> {
            Thread thread = new Thread(task, "contraflow-preflight");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<@Nullable String>> answers = new ArrayList<>();
            inputs.forEach(ref -> answers.add(pool.submit(() -> problem(plan, datasets, ref))));
            long deadline = System.nanoTime() + LONGEST.toNanos();
            List<String> problems = new ArrayList<>();
            for (Future<@Nullable String> answer : answers) {
                String problem = answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (problem != null) {
                    problems.add(problem);
                }
            }
            return problems;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogException("Interrupted while checking that the inputs exist. Nothing has been run.", e);
        } catch (TimeoutException e) {
            throw new CatalogException(
                    "The storages did not say within " + LONGEST.toMinutes()
                            + " minutes whether the inputs exist. Nothing has been run. Check that they can be reached.",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private static @Nullable String problem(RunPlan plan, BoundDatasets datasets, DatasetRef<?> ref) {
        Dataset<?> dataset = datasets.dataset(ref);
        Node reader = plan.nodes().get(plan.dataset(ref).reads().get(0));
        String what = "Dataset '" + ref + "' (" + dataset.describe() + "), which node '" + reader.name() + "' reads,";
        String where = datasets.position(ref.name())
                .map(SourcePosition::toString)
                .map(at -> " It is described at " + at + ".")
                .orElse("");
        try {
            return dataset.exists()
                    ? null
                    : what + " does not exist. Put it there, run the node that writes it, or correct its filepath."
                            + where;
        } catch (IOException | RuntimeException e) {
            return what + " cannot be reached: " + e.getMessage() + where;
        }
    }
}
