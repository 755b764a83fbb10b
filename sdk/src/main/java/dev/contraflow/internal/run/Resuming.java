package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.Stored;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that is taken up again: what its attempts have done, whether that is there still, and so what has to be done again. It asks the
 * storages once, before the run has its lock, and once more with it. Made and checked by the thread that prepares the run; then immutable.
 */
final class Resuming {
    private static final Logger LOG = LoggerFactory.getLogger(Resuming.class);

    private final RunSetup setup;
    private final Pipeline pipeline;
    private final RunHistory history;
    private final @Nullable RebuiltHistory rebuilt; // where the record is lost or broken
    private final BoundDatasets datasets;
    private final Map<String, String> marks = new ConcurrentHashMap<>(); // of what is stored, by full name
    private final Resumption resumption;

    /**
     * @param setup the run
     * @param found what its record says
     * @param bind binds all datasets of the run, given what earlier attempts have saved
     * @throws CatalogException if it cannot be resumed
     */
    Resuming(RunSetup setup, RunHistory found, RunDatasets bind) {
        this.setup = setup;
        this.pipeline = setup.pipeline();
        this.rebuilt = found.isBroken() ? rebuilt(setup, found, bind) : null;
        this.history = rebuilt == null
                ? found
                : rebuilt.with(
                        found,
                        setup.records().lastTrace(found.runId()),
                        setup.choices().visibility());
        warnOfUnknownCode(history);
        this.datasets = bind.of(pipeline, noted(history));
        findMarks();
        this.resumption = new Resumption(
                pipeline,
                history,
                setup.facts(),
                output -> datasets.dataset(output).isPersistent(),
                marks,
                SpooledOutputs.find(setup.spool(), history, outputs(), datasets::dataset));
    }

    private static RebuiltHistory rebuilt(RunSetup setup, RunHistory found, RunDatasets bind) {
        Pipeline pipeline = setup.pipeline();
        BoundDatasets datasets = bind.of(pipeline, noted(found));
        setup.inputMarks().find(pipeline.inputs(), datasets);
        RebuiltHistory stored = new RebuiltHistory(found.runId(), pipeline, datasets, setup.facts());
        if (found.isLost() && stored.isEmpty()) {
            throw new CatalogException(setup.records().nothingToResume(Optional.of(found.runId()))
                    + " Nothing that is stored names run " + found.runId()
                    + " (local files never do). Correct the id, run the pipeline anew, or only what is missing:"
                    + " RunRequest.onlyMissing().");
        }
        return stored;
    }

    private static void warnOfUnknownCode(RunHistory history) {
        if (history.facts(history.attempts()).code().isEmpty()) {
            LOG.warn(
                    "run {} does not know the version of its code: what changed code would make anew is not"
                            + " recognized. Give it: RunRequest.withCodeVersion or Project.codeVersion.",
                    history.runId());
        }
    }

    /** The names, without view, of what earlier attempts have noted as durable. */
    private static Set<String> noted(RunHistory history) {
        return history.durable().keySet().stream().map(RunDatasets::baseName).collect(Collectors.toSet());
    }

    private Set<DatasetRef<?>> outputs() {
        return RunDatasets.refs(pipeline, Node::outputs);
    }

    private void findMarks() {
        List<DatasetRef<?>> noted = outputs().stream()
                .filter(output -> history.durable().containsKey(output.name())
                        || history.wasThereBefore(Objects.requireNonNull(pipeline.writerOf(output.name()))))
                .toList();
        SideBySide.all(noted, output -> {
            mark(output).ifPresent(mark -> marks.put(output.name(), mark));
            return output;
        });
        setup.inputMarks().find(pipeline.inputs(), datasets);
        setup.inputMarks().find(readOfThereBefore(), datasets);
    }

    private Optional<String> mark(DatasetRef<?> ref) {
        Dataset<?> dataset = datasets.dataset(ref);
        return StorageQuestion.needed(
                dataset::mark, "what is stored as " + dataset.describe(), "what has to run again");
    }

    /** What stood there before the first attempt, and is read by nodes of the run: it may have been changed since, as other inputs. */
    private Set<DatasetRef<?>> readOfThereBefore() {
        return RunDatasets.refs(pipeline, Node::inputs).stream()
                .filter(input -> {
                    Node writer = pipeline.writerOf(input.name());
                    return writer != null && history.wasThereBefore(writer);
                })
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Refuses to go on otherwise than the run was begun. */
    void checkVisibility() {
        if (history.visibility() != setup.choices().visibility()) {
            throw new CatalogException("Run " + history.runId() + " was begun with visibility "
                    + history.visibility().name().toLowerCase(Locale.ROOT) + ", and is to be resumed with "
                    + setup.choices().visibility().name().toLowerCase(Locale.ROOT) + ". Resume it as it was begun.");
        }
    }

    /**
     * To be called with the run's lock: what was looked at before may have been changed since.
     *
     * @throws CatalogException if it has been
     * @throws IOException if the record cannot be read
     */
    void checkUnchanged() throws IOException {
        setup.records().checkUnchanged(history);
        if (rebuilt != null) {
            rebuilt.checkUnchanged();
        }
        List<DatasetRef<?>> looked = outputs().stream()
                .filter(output -> marks.containsKey(output.name()))
                .toList();
        SideBySide.all(looked, output -> {
            if (!mark(output).equals(Optional.ofNullable(marks.get(output.name())))) {
                throw new CatalogException("Dataset '" + output + "' ("
                        + datasets.dataset(output).describe()
                        + ") was written while the run was being prepared. Resume it again.");
            }
            return output;
        });
    }

    /**
     * What an earlier attempt has stored and is there still, if it is just what is to be stored again.
     *
     * @param output an output
     * @param sha256 the digest of its bytes, which is asked for only if something was noted
     * @return its receipt; empty if it has to be stored
     */
    Optional<Stored> storedBefore(DatasetRef<?> output, Supplier<String> sha256) {
        JsonNode noted = history.durable().get(output.name());
        boolean isThere = noted != null
                && noted.path("sha256").asText().equals(sha256.get())
                && noted.hasNonNull("mark")
                && noted.path("mark").asText().equals(marks.get(output.name()));
        return noted == null || !isThere
                ? Optional.empty()
                : Optional.of(new Stored(
                        Location.parse(noted.path("location").asText(), Path.of("")),
                        noted.path("size").asLong(),
                        sha256.get(),
                        noted.path("mark").asText()));
    }

    /** What earlier attempts have done. */
    RunHistory history() {
        return history;
    }

    /** What has to run again. */
    Resumption resumption() {
        return resumption;
    }

    /** All datasets of the run, also those of nodes that do not run. */
    BoundDatasets datasets() {
        return datasets;
    }

    /** The names, without view, of what earlier attempts have saved and no node of this one writes again. */
    Set<String> savedBefore() {
        return noted(history).stream().filter(resumption::isThere).collect(Collectors.toSet());
    }
}
