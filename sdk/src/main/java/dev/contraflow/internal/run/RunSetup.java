package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.FencedException;
import dev.contraflow.io.Stored;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunOptions;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.Interceptors;
import dev.contraflow.spi.RunEvents;
import dev.contraflow.spi.RunThreads;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that has been prepared: configuration read, plugins asked, the I/O manager chosen, datasets bound, inputs checked. Whatever is
 * wrong with a request is found here, before the first node. Closing it closes the catalog, if the run made it, and tells the listeners the
 * rest.
 */
public final class RunSetup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunSetup.class);

    private final RunRequest request;
    private final RunOptions wanted;
    private final RunEnvironment environment;
    private final RunThreads threads;
    private final RunId runId;
    private final RunChoices choices;
    private final DataCatalog catalog;
    private final RunDatasets bind;
    private final Interceptors interceptors;
    private final RunEvents events;
    private final RunRecords records;
    private final Instant startedAt;
    private final InputMarks inputMarks;
    private final EarlierOutputs earlierOutputs;
    private final Spool spool;
    private final @Nullable RunHistory toResume; // as it was found
    private @Nullable Resuming resuming;
    private NodeChoice choice = NodeChoice.ALL;
    private @Nullable BoundRun bound;
    private @Nullable RunLock lock;
    private @Nullable RunRecord record;

    private RunSetup(RunRequest request, boolean isObserved, RunEnvironment environment) {
        this.request = request;
        this.wanted = request.options();
        this.environment = environment;
        this.records = new RunRecords(environment.store(), environment.stateFolder(), wanted.threads());
        this.startedAt = records.startAt(wanted.threads().now().truncatedTo(ChronoUnit.MILLIS));
        this.threads = new SteadyThreads(wanted.threads(), startedAt);
        this.inputMarks = new InputMarks(threads);
        this.earlierOutputs = new EarlierOutputs(
                RunChoices.isUnchangedRewritten(wanted, environment.options()) ? Map.of() : records.stored());
        this.toResume = wanted.isResumed() ? records.toResume(wanted.resumed()) : null;
        this.runId = chosenId();
        this.spool = new Spool(environment.stateFolder(), runId);
        PluginContributions contributions = environment.contributions();
        this.choices = new RunChoices(wanted, environment.options(), contributions);
        this.interceptors = new Interceptors(
                runId,
                contributions.nodeInterceptors(),
                contributions.dataInterceptors(),
                contributions.runInterceptors());
        this.catalog = environment.catalog();
        this.bind = new RunDatasets(catalog, this::ofRun);
        environment.failures().forEach(LOG::warn);
        this.events = new RunEvents(runId, isObserved ? contributions.listeners() : List.of(), threads);
    }

    /**
     * Prepares a run.
     *
     * @param request the request
     * @return the prepared run; the caller closes it
     * @throws ContraflowException if something is wrong with it; nothing is left open then
     */
    public static RunSetup of(RunRequest request) {
        return started(request, true);
    }

    /**
     * Prepares what is not going to run: no listener hears of it. Interceptors are asked as for a run, since they may add datasets.
     *
     * @param request the request
     * @return the prepared run; the caller closes it
     * @throws ContraflowException if something is wrong with it; nothing is left open then
     */
    public static RunSetup unobserved(RunRequest request) {
        return started(request, false);
    }

    private static RunSetup started(RunRequest request, boolean isObserved) {
        RunEnvironment environment = new RunEnvironment(request);
        RunSetup setup;
        try {
            setup = new RunSetup(request, isObserved, environment);
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
        try {
            setup.start();
            return setup;
        } catch (RuntimeException | Error e) {
            setup.close();
            throw e;
        }
    }

    private RunId chosenId() {
        RunId chosen = wanted.runId().orElse(null);
        if (toResume != null) {
            if (chosen != null && !chosen.value().equals(toResume.runId())) {
                throw new CatalogException(
                        "Run " + toResume.runId() + " is to be resumed, and keeps its id: it cannot be '" + chosen
                                + "'. Leave withRunId out, or resume(..).");
            }
            return new RunId(toResume.runId());
        }
        return chosen == null ? RunId.at(startedAt, threads.random()) : records.unused(chosen);
    }

    /** What is asked of the catalog for all datasets of the run. */
    private BindRequest ofRun(BindRequest asked) {
        BindRequest versioned = asked.withSaveVersion(runId.value()).withLoadVersions(wanted.loadVersions());
        return choices.visibility() == Visibility.MANIFEST
                ? versioned.withManifests(records.store().at(RunManifest.prefix(runId.value())))
                : versioned;
    }

    private void start() {
        events.emit(new RunEvent.CatalogCreated(threads.now(), runId, catalog.names(), wanted.loadVersions()));
        try {
            interceptors.catalogCreated(new StartingRun(runId, request.pipeline(), bind));
            interceptors.beforeRun(new StartingRun(runId, request.pipeline(), bind));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogException("Interrupted before the run began. Nothing has been run.", e);
        }
        try {
            bind();
        } catch (ContraflowException e) {
            interceptors.onRunError(e);
            throw e;
        }
    }

    private void bind() {
        Pipeline all = request.pipeline();
        if (toResume != null) {
            this.resuming = new Resuming(this, toResume, bind);
            this.choice = resuming.resumption();
        } else if (wanted.isOnlyMissing()) {
            this.choice = new OnlyMissing(all, bind.outputsOf(all), records.halfDone());
        }
        Pipeline runs = choice.of(all);
        Set<String> savedBefore = resuming == null ? Set.of() : resuming.savedBefore();
        RunPlan plan = new RunPlan(runs, wanted.order());
        BoundDatasets datasets = bind.of(runs, savedBefore);
        this.bound = new BoundRun(plan, datasets, bind.confirmed(runs, datasets, savedBefore));
        StateFolderGuard.check(plan, datasets, stateFolder());
        Set<String> used = new TreeSet<>();
        all.datasets().forEach(ref -> used.addAll(List.of(ref.name(), ref.baseName())));
        choices.checkRetries(used, name -> catalog.resolution(name).isPresent());
        if (resuming != null) {
            resuming.checkVisibility();
        }
        if (choices.visibility() == Visibility.MANIFEST) {
            new RunManifest(this).check(bound.stored());
        }
        environment.warnOfMisspelling(catalog);
        Set<String> interrupted = runs.interruptedNamespaces();
        if (!interrupted.isEmpty()) {
            LOG.warn("The namespaces {} are interrupted by nodes outside: they cannot be run as one", interrupted);
        }
    }

    /** @return what the results of this attempt depend on */
    RunFacts facts() {
        String code = wanted.codeVersion().orElseGet(() -> {
            Project project = request.project();
            return project == null ? "" : project.codeVersion();
        });
        Set<String> thereBefore = choice.thereBefore().stream().map(Node::name).collect(Collectors.toSet());
        return RunFacts.of(code, request.pipeline(), inputMarks.all(), thereBefore);
    }

    /**
     * Begins the record of the run, if there is anything that it could leave half done.
     *
     * @param runner the id of the runner
     * @throws IOException if it cannot be made durable: then nothing may be saved
     */
    public void beginRecord(String runner) throws IOException {
        if (persistentOutputsOfAll().isEmpty()) {
            return;
        }
        Set<String> places = needBound().places();
        places.add("runs/" + runId); // its record, too, has one writer
        this.lock = RunLock.take(records.store(), threads, runId.value(), places);
        if (resuming == null) {
            inputMarks.find(plan().pipeline().inputs(), datasets());
        } else {
            resuming.checkUnchanged();
        }
        if (choices.visibility() == Visibility.MANIFEST) {
            new RunManifest(this).checkReach(needBound().stored(), lock.slot());
            new RunManifest(this).takeOver();
        }
        spool.begin(choice.restored().files());
        this.record = records.begin(this, runner);
    }

    /**
     * What an earlier attempt, or an earlier run, has stored and is there still, if it is just what is to be stored again.
     *
     * @param output an output
     * @param sha256 the digest of its bytes, which is asked for only if something was noted
     * @return its receipt; empty if it has to be stored
     * @throws IOException if the thread was interrupted
     */
    public Optional<Stored> storedBefore(DatasetRef<?> output, Supplier<String> sha256) throws IOException {
        Optional<Stored> own = resuming == null ? Optional.empty() : resuming.storedBefore(output, sha256);
        return own.isPresent() ? own : earlierOutputs.same(output, datasets().dataset(output), sha256);
    }

    /** Which of the locks of this process the run holds; 0 for none. */
    long lockNumber() {
        return lock == null ? 0 : lock.number();
    }

    /** When it began, or this attempt of it did: later than all runs on record. */
    Instant startedAt() {
        return startedAt;
    }

    /** @return whether another run has taken this one for dead: then nothing may become visible any more */
    public boolean hasLostLock() {
        RunLock held = lock;
        return held != null && held.isLost();
    }

    /**
     * Returns if the run may make things visible.
     *
     * @param patience how long it may wait, while nobody knows
     * @throws FencedException if another run has taken this one for dead, or may have
     */
    public void checkLock(Duration patience) throws FencedException {
        RunLock held = lock;
        if (held != null) {
            held.check(patience);
        }
    }

    /** @return the record of the run; empty before it is begun, and if there is nothing to be noted */
    public Optional<RunRecord> record() {
        return Optional.ofNullable(record);
    }

    /** @return which attempt of the run this is, from 1 */
    public int attempt() {
        return history().map(RunHistory::attempts).orElse(0) + 1;
    }

    /**
     * @param node a node
     * @return the attempt in which it runs, or has run last; 0 if it never needed to
     */
    int attemptOf(Node node) {
        boolean runs = !choice.skipped().containsKey(node)
                && choice.restored().why(node).isEmpty();
        return runs ? attempt() : choice.attemptOf(node);
    }

    Optional<RunHistory> history() {
        return Optional.ofNullable(resuming).map(Resuming::history);
    }

    /**
     * Checks that the persistent inputs exist.
     *
     * @throws CatalogException if some do not
     */
    public void checkInputs() {
        try {
            Preflight.check(plan(), datasets(), catalog.names(), inputMarks);
        } catch (RuntimeException | Error e) {
            inputMarks.giveUp();
            throw e;
        }
        inputMarks.complete();
    }

    /**
     * To be called before the bytes of an input are read. Which of its versions is the newest is found out once: if it keeps versions, this
     * waits until the run has looked at its inputs.
     *
     * @param input what is going to be read
     * @return whether that look is over; else what is read has to be {@linkplain #isAsSeen compared} with it
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean isLookedAt(DatasetRef<?> input) throws InterruptedException {
        if (!inputMarks.isComplete() && datasets().dataset(input).versions().isPresent()) {
            awaitLook();
        }
        return inputMarks.isComplete();
    }

    /**
     * To be called before a value is loaded of which nobody could tell afterwards whether it is what the run has seen: waits until the run has
     * looked at its inputs.
     *
     * @throws InterruptedException if the thread was interrupted
     */
    public void awaitLook() throws InterruptedException {
        if (!inputMarks.isComplete()) {
            inputMarks.awaitComplete();
        }
    }

    /**
     * Whether bytes that were read before the run had looked at its inputs are those that it has seen then. Waits for that look.
     *
     * @param input the input
     * @param read its bytes; still the caller's
     * @return false if it has to be read again: else a later attempt could take what was made of older bytes for fresh
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean isAsSeen(DatasetRef<?> input, Content read) throws InterruptedException {
        return inputMarks.isAsSeen(input, read);
    }

    /** @return what is wrong with the persistent inputs, each in one line */
    public List<String> inputProblems() {
        return Preflight.problems(plan(), datasets(), catalog.names(), inputMarks);
    }

    private BoundRun needBound() {
        BoundRun made = bound;
        if (made == null) {
            throw new IllegalStateException("the run has not been prepared");
        }
        return made;
    }

    /** @return all nodes that were asked for, in the order of the run */
    public List<Node> nodes() {
        return wanted.order().nodes(request.pipeline());
    }

    /** @return all nodes that were asked for */
    public Pipeline pipeline() {
        return request.pipeline();
    }

    /** @return the plan: the nodes that run */
    public RunPlan plan() {
        return needBound().plan();
    }

    /** @return which of the nodes have to run, and why */
    public NodeChoice choice() {
        return choice;
    }

    /** Whether an output is stored. */
    boolean isPersistent(DatasetRef<?> output) {
        return datasets().dataset(output).isPersistent();
    }

    /** The names of the persistent datasets that the run, with all its attempts, is going to write. */
    List<String> persistentOutputsOfAll() {
        if (resuming == null) {
            return needBound().stored().stream().map(DatasetRef::name).toList();
        }
        BoundDatasets all = resuming.datasets();
        return RunDatasets.refs(request.pipeline(), Node::outputs).stream()
                .filter(output -> all.dataset(output).isPersistent())
                .map(DatasetRef::name)
                .toList();
    }

    /** @return the datasets of the plan */
    public BoundDatasets datasets() {
        return needBound().datasets();
    }

    /** @return the datasets that are to be confirmed, by full name; those that nobody knows are not among them */
    public Map<String, Dataset<?>> confirmed() {
        return needBound().confirmed();
    }

    /** @return the time and the threads of the run */
    public RunThreads threads() {
        return threads;
    }

    /** @return the run's id */
    public RunId runId() {
        return runId;
    }

    /** @return what the run can be built from again; empty if it was made from values */
    public Optional<RunRequest.Origin> origin() {
        return Optional.ofNullable(request.origin());
    }

    /** @return the {@code .contraflow} folder */
    public Path stateFolder() {
        return environment.stateFolder();
    }

    /** @return where outputs are kept until they are durable */
    public Spool spool() {
        return spool;
    }

    /** @return the records of earlier runs */
    public RunRecords records() {
        return records;
    }

    /** @return where the run tells what happens */
    public RunEvents events() {
        return events;
    }

    /** @return the interceptors of the request and of the plugins */
    public Interceptors interceptors() {
        return interceptors;
    }

    /** @return the ids of the active plugins */
    public List<String> plugins() {
        return environment.contributions().plugins();
    }

    /** @return how the run goes */
    public RunChoices choices() {
        return choices;
    }

    /** The marks of what the run reads and does not write. */
    InputMarks inputMarks() {
        return inputMarks;
    }

    /** @return the names of what no node of the run reads, sorted */
    public List<String> finalOutputs() {
        return List.copyOf(new TreeSet<>(RunDatasets.names(plan().pipeline().outputs())));
    }

    @Override
    public void close() {
        if (environment.isCatalogOwn()) {
            close("catalog", catalog::close);
        }
        RunRecord begun = record;
        if (begun != null) {
            close("record", begun::close); // if the run did not get as far as to finish it
        }
        RunLock held = lock;
        if (held != null) {
            close("lock", held::close);
        }
        close("state store", environment::close);
        close("listeners", events::close);
    }

    /** What cannot be closed keeps nothing else open. */
    private void close(String what, Closeable closing) {
        try {
            closing.close();
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("Cannot close the {} of run {}", what, runId, e);
        }
    }
}
