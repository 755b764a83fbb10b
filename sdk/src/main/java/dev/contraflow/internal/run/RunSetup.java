package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.internal.run.PluginContributions.IoChoice;
import dev.contraflow.io.Location;
import dev.contraflow.io.Stored;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunOptions;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.Interceptors;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunEvents;
import dev.contraflow.spi.RunInterceptor;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
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
    private final RunThreads threads;
    private final RunId runId;
    private final ConfigSection options;
    private final Path stateFolder;
    private final DataCatalog catalog;
    private final PluginContributions contributions;
    private final IoChoice io;
    private final ConfigSection ioOptions;
    private final FailurePolicy onFailure;
    private final Visibility visibility;
    private final RetryRules retries;
    private final @Nullable Duration timeLimit;
    private final Interceptors interceptors;
    private final RunEvents events;
    private final Map<String, Added> added = new LinkedHashMap<>(); // by full name
    private final RunRecords records;
    private final Map<String, String> inputMarks = new ConcurrentHashMap<>(); // by full name
    private final Map<String, String> outputMarks =
            new ConcurrentHashMap<>(); // of what earlier attempts noted, by full name
    private final RunState state;
    private final @Nullable RunHistory history; // of the run that is resumed
    private @Nullable OnlyMissing onlyMissing;
    private @Nullable Resumption resumption;
    private @Nullable RunLock lock;
    private @Nullable RunRecord record;
    private @Nullable Bound bound;
    private @Nullable BoundDatasets boundOfAll; // of a run that is resumed

    /** A dataset that an interceptor has added. */
    private record Added(DatasetRef<?> ref, Dataset<?> dataset) {}

    /** What the run is going to do, and with which datasets. */
    private record Bound(RunPlan plan, BoundDatasets datasets, Map<String, Dataset<?>> confirmed) {}

    private RunSetup(RunRequest request, boolean isObserved) {
        this.request = request;
        this.wanted = request.options();
        this.threads = wanted.threads();
        Providers providers = wanted.providers().orElseGet(Providers::discover);
        ConfigSource source = request.source();
        Config config = source == null ? null : Config.load(source.withProviders(providers));
        this.options = (config == null ? ConfigSection.empty("run") : config.run()).overriddenBy(wanted.run());
        this.contributions = RunYml.checked(options, providers, wanted);
        this.stateFolder = wanted.stateFolder()
                .orElseGet(() -> (config == null ? Path.of("") : config.root()).resolve(".contraflow"));
        this.state = openState(config, providers);
        this.records = new RunRecords(state.store(), stateFolder, threads);
        this.history = wanted.isResumed() ? toResume() : null;
        this.runId = chosenId();
        Optional<FailurePolicy> configuredPolicy = options.choice("on_failure", FailurePolicy.class);
        this.onFailure = wanted.onFailure().or(() -> configuredPolicy).orElse(FailurePolicy.STOP);
        Optional<Visibility> configuredVisibility = options.choice("visibility", Visibility.class);
        this.visibility = wanted.visibility().or(() -> configuredVisibility).orElse(Visibility.EACH);
        this.retries = RetryRules.read(options.section("retry"), wanted);
        Optional<Duration> configuredLimit = options.duration("time_limit");
        this.timeLimit = wanted.timeLimit().or(() -> configuredLimit).orElse(null);
        this.io = contributions.choose(wanted.io().orElse(null), options);
        this.ioOptions = options.section(io.section());
        this.interceptors = new Interceptors(
                runId,
                contributions.nodeInterceptors(),
                contributions.dataInterceptors(),
                contributions.runInterceptors());
        this.catalog = catalog(config, providers);
        providers.failures().forEach(LOG::warn);
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
        return started(new RunSetup(request, true));
    }

    /**
     * Prepares what is not going to run: no listener hears of it. Interceptors are asked as for a run, since they may add datasets.
     *
     * @param request the request
     * @return the prepared run; the caller closes it
     * @throws ContraflowException if something is wrong with it; nothing is left open then
     */
    public static RunSetup unobserved(RunRequest request) {
        return started(new RunSetup(request, false));
    }

    private static RunSetup started(RunSetup setup) {
        try {
            setup.start();
            return setup;
        } catch (RuntimeException | Error e) {
            setup.close();
            throw e;
        }
    }

    private RunHistory toResume() {
        try {
            RunHistory found = records.toResume(wanted.resumed());
            if (found.facts(found.attempts()).code().isEmpty()) {
                LOG.warn(
                        "run {} does not know the version of its code: what changed code would make anew is not"
                                + " recognized. Give it: RunRequest.withCodeVersion or Project.codeVersion.",
                        found.runId());
            }
            return found;
        } catch (RuntimeException | Error e) {
            state.close();
            throw e;
        }
    }

    private RunId chosenId() {
        RunId chosen = wanted.runId().orElse(null);
        if (history != null) {
            if (chosen != null && !chosen.value().equals(history.runId())) {
                throw new CatalogException(
                        "Run " + history.runId() + " is to be resumed, and keeps its id: it cannot be '" + chosen
                                + "'. Leave withRunId out, or resume(..).");
            }
            return new RunId(history.runId());
        }
        return chosen == null ? RunId.at(threads.now(), threads.random()) : records.unused(chosen);
    }

    /** The storage of a place that is configured is opened for the run; one that the request names is the caller's. */
    private RunState openState(@Nullable Config config, Providers providers) {
        Optional<RunOptions.State> given = wanted.state();
        if (given.isPresent()) {
            return new RunState(
                    new StorageState(given.get().storage(), given.get().root()), () -> {});
        }
        return RunState.configured(options.section("state"), config, providers)
                .orElseGet(() -> new RunState(new LocalState(stateFolder), () -> {}));
    }

    private DataCatalog catalog(@Nullable Config config, Providers providers) {
        DataCatalog given = request.catalog();
        if (given != null) {
            return given;
        }
        if (config == null) {
            throw new IllegalStateException("a request has a catalog or a source");
        }
        ConfigSource source = request.source();
        if (request.project() != null && source != null && config.catalog().isEmpty()) {
            Config.read(source, "catalog"); // refuses a project without any file for it, as Kedro does
        }
        return DataCatalog.builder(config, providers)
                .loadVersions(wanted.loadVersions())
                .build();
    }

    private void start() {
        events.emit(new RunEvent.CatalogCreated(threads.now(), runId, catalog.names(), wanted.loadVersions()));
        try {
            interceptors.catalogCreated(new Starting());
            interceptors.beforeRun(new Starting());
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

    private final class Starting implements RunInterceptor.StartingRun {
        @Override
        public RunId runId() {
            return runId;
        }

        @Override
        public Pipeline pipeline() {
            return request.pipeline();
        }

        @Override
        public <T> void add(DatasetRef<T> ref, Dataset<T> dataset) {
            added.put(ref.name(), new Added(ref, dataset));
        }
    }

    private void bind() {
        Pipeline all = request.pipeline();
        if (history != null) {
            this.resumption = resumption(all, history);
        } else if (wanted.isOnlyMissing()) {
            Set<DatasetRef<?>> written = refs(all, Node::outputs);
            this.onlyMissing = new OnlyMissing(all, bound(written, Set.of(), names(written)), records.halfDone());
        }
        Pipeline runs = skipped().isEmpty()
                ? all
                : Pipeline.of(all.nodes().stream()
                        .filter(node -> !skipped().containsKey(node))
                        .toList());
        RunPlan plan = new RunPlan(runs, wanted.order());
        Set<String> inputs = names(runs.inputs());
        BoundDatasets datasets = bound(runs.datasets(), inputs, names(refs(runs, Node::outputs)));
        this.bound = new Bound(plan, datasets, confirmed(runs, datasets));
        checkRetries();
        checkVisibility();
        Project project = request.project();
        if (project != null) {
            MisspeltEntries.warn(project, catalog);
        }
        Set<String> interrupted = runs.interruptedNamespaces();
        if (!interrupted.isEmpty()) {
            LOG.warn("The namespaces {} are interrupted by nodes outside: they cannot be run as one", interrupted);
        }
    }

    private void checkRetries() {
        if (retries.isEmpty()) {
            return;
        }
        Set<String> used = new TreeSet<>();
        request.pipeline().datasets().forEach(ref -> used.addAll(List.of(ref.name(), ref.baseName())));
        retries.check(used, name -> catalog.resolution(name).isPresent());
    }

    private void checkVisibility() {
        if (history != null && history.visibility() != visibility) {
            throw new CatalogException("Run " + runId + " was begun with visibility "
                    + history.visibility().name().toLowerCase(Locale.ROOT) + ", and is to be resumed with "
                    + visibility.name().toLowerCase(Locale.ROOT) + ". Resume it as it was begun.");
        }
        if (visibility == Visibility.MANIFEST) {
            new RunManifest(this)
                    .check(plan().datasets().values().stream()
                            .map(PlannedDataset::written)
                            .filter(written -> written != null
                                    && datasets().dataset(written).isPersistent())
                            .<DatasetRef<?>>map(Objects::requireNonNull)
                            .toList());
        }
    }

    private static Set<DatasetRef<?>> refs(
            Pipeline pipeline, java.util.function.Function<Node, List<DatasetRef<?>>> side) {
        Set<DatasetRef<?>> refs = new LinkedHashSet<>();
        pipeline.nodes().forEach(node -> refs.addAll(side.apply(node)));
        return refs;
    }

    private static Set<String> names(Collection<DatasetRef<?>> refs) {
        return refs.stream().map(DatasetRef::name).collect(Collectors.toSet());
    }

    /** What an earlier attempt has saved: at first all that it noted, then what no node of this attempt writes again. */
    private Set<String> savedBefore() {
        if (history == null) {
            return Set.of();
        }
        Resumption known = resumption;
        return history.durable().keySet().stream()
                .map(name -> Objects.requireNonNull(name.split("@", 2)[0]))
                .filter(name -> known == null || known.isThere(name))
                .collect(Collectors.toSet());
    }

    private BoundDatasets bound(Set<DatasetRef<?>> refs, Set<String> freeInputs, Set<String> written) {
        Set<DatasetRef<?>> ofCatalog = refs.stream()
                .filter(ref -> !added.containsKey(ref.name()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        BindRequest asked = new BindRequest(ofCatalog, freeInputs, written)
                .withSaveVersion(runId.value())
                .withLoadVersions(wanted.loadVersions())
                .withSavedBefore(savedBefore());
        if (visibility == Visibility.MANIFEST) {
            asked = asked.withManifests(records.store().at(RunManifest.prefix(runId.value())));
        }
        BoundDatasets datasets = catalog.bind(asked);
        for (DatasetRef<?> ref : refs) {
            Added own = added.get(ref.name());
            if (own != null && !own.ref().equals(ref)) {
                throw new CatalogException("Dataset '" + ref + "' is used as " + ref.type()
                        + ", but an interceptor added it as " + own.ref().type() + ". Use one type.");
            }
            if (own != null) {
                datasets = datasets.with(ref, own.dataset());
            }
        }
        return datasets;
    }

    /** What is confirmed need not be read or written by the run; what nobody knows is found when it is to be confirmed, as in Kedro. */
    private Map<String, Dataset<?>> confirmed(Pipeline pipeline, BoundDatasets datasets) {
        Map<String, Dataset<?>> found = new LinkedHashMap<>();
        Set<String> own = names(pipeline.datasets());
        for (Node node : pipeline.nodes()) {
            for (DatasetRef<?> ref : node.confirms()) {
                if (own.contains(ref.name())) {
                    found.put(ref.name(), datasets.dataset(ref));
                    continue;
                }
                try {
                    BoundDatasets alone = bound(Set.of(ref), Set.of(ref.name()), Set.of());
                    found.put(ref.name(), alone.dataset(ref));
                } catch (CatalogException e) {
                    LOG.warn(
                            "Node '{}' is going to confirm what the catalog does not have: {}",
                            node.name(),
                            e.getMessage());
                }
            }
        }
        return found;
    }

    private Resumption resumption(Pipeline all, RunHistory of) {
        BoundDatasets datasets = bound(all.datasets(), names(all.inputs()), names(refs(all, Node::outputs)));
        this.boundOfAll = datasets;
        List<DatasetRef<?>> noted = refs(all, Node::outputs).stream()
                .filter(output -> of.durable().containsKey(output.name()))
                .toList();
        SideBySide.all(noted, output -> {
            mark(datasets, output).ifPresent(mark -> outputMarks.put(output.name(), mark));
            return output;
        });
        findInputMarks(all, datasets);
        return new Resumption(
                all, of, facts(), output -> datasets.dataset(output).isPersistent(), outputMarks);
    }

    private static Optional<String> mark(BoundDatasets datasets, DatasetRef<?> ref) {
        Dataset<?> dataset = datasets.dataset(ref);
        try {
            return dataset.mark();
        } catch (IOException | RuntimeException e) {
            throw new CatalogException(
                    "It cannot be found out what is stored as " + dataset.describe() + ": " + e.getMessage()
                            + ". Without that nobody knows what has to run again.",
                    e);
        }
    }

    /** What is given by value is marked by its value; of other inputs the storage is asked, unless it has been already. */
    private void findInputMarks(Pipeline pipeline, BoundDatasets datasets) {
        List<DatasetRef<?>> unknown = pipeline.inputs().stream()
                .filter(input -> !inputMarks.containsKey(input.name()))
                .toList();
        SideBySide.all(unknown, input -> {
            Dataset<?> dataset = datasets.dataset(input);
            try {
                inputMarks.put(
                        input.name(),
                        dataset.isPersistent()
                                ? dataset.mark().orElse("")
                                : ValueMark.of(Objects.requireNonNull(dataset.load())));
            } catch (IOException | RuntimeException e) {
                LOG.debug("input {} has no mark", input, e); // then nobody knows whether it has changed
                inputMarks.put(input.name(), "");
            }
            return input;
        });
    }

    /** @return what the results of this attempt depend on */
    RunFacts facts() {
        String code = wanted.codeVersion().orElseGet(() -> {
            Project project = request.project();
            return project == null ? "" : project.codeVersion();
        });
        Set<String> thereBefore = onlyMissing == null
                ? Set.of()
                : onlyMissing.skipped().keySet().stream().map(Node::name).collect(Collectors.toSet());
        return RunFacts.of(code, request.pipeline(), inputMarks, thereBefore);
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
        this.lock = RunLock.take(records.store(), threads, runId.value(), writtenPlaces());
        if (history == null) {
            findInputMarks(plan().pipeline(), datasets());
        } else {
            records.checkUnchanged(history);
            checkThatNobodyWroteMeanwhile();
        }
        if (history != null && visibility == Visibility.MANIFEST) {
            new RunManifest(this).takeOver();
        }
        this.record = records.begin(this, runner);
    }

    /** What two runs must not write at the same time. Versions are new for each run, so only the run itself has them. */
    private Set<String> writtenPlaces() {
        Set<String> places = new HashSet<>(Set.of("runs/" + runId)); // its record, too, has one writer
        for (PlannedDataset planned : plan().datasets().values()) {
            DatasetRef<?> written = planned.written();
            Dataset<?> dataset = written == null ? null : datasets().dataset(written);
            if (dataset == null || !dataset.isPersistent()) {
                continue;
            }
            Optional<Versions> versions = dataset.versions();
            if (versions.isPresent()) {
                places.add(versions.get().location() + "/" + versions.get().toSave());
            } else {
                dataset.target().ifPresent(target -> places.add(target.toString()));
            }
        }
        return places;
    }

    /**
     * What an earlier attempt of the run has stored and is there still, if it is just what is to be stored again.
     *
     * @param output an output
     * @param sha256 the digest of its bytes
     * @return its receipt; empty if it has to be stored
     */
    public Optional<Stored> storedBefore(DatasetRef<?> output, String sha256) {
        JsonNode noted = history == null ? null : history.durable().get(output.name());
        boolean isThere = noted != null
                && noted.path("sha256").asText().equals(sha256)
                && noted.hasNonNull("mark")
                && noted.path("mark").asText().equals(outputMarks.get(output.name()));
        return noted == null || !isThere
                ? Optional.empty()
                : Optional.of(new Stored(
                        Location.parse(noted.path("location").asText(), Path.of("")),
                        noted.path("size").asLong(),
                        sha256,
                        noted.path("mark").asText()));
    }

    /** @return whether another run has taken this one for dead: then nothing may become visible any more */
    public boolean hasLostLock() {
        RunLock held = lock;
        return held != null && held.isLost();
    }

    /** What is stored was looked at before the lock was taken. */
    private void checkThatNobodyWroteMeanwhile() {
        BoundDatasets all = Objects.requireNonNull(boundOfAll);
        List<DatasetRef<?>> looked = refs(request.pipeline(), Node::outputs).stream()
                .filter(output -> outputMarks.containsKey(output.name()))
                .toList();
        SideBySide.all(looked, output -> {
            if (!mark(all, output).equals(Optional.ofNullable(outputMarks.get(output.name())))) {
                throw new CatalogException(
                        "Dataset '" + output + "' (" + all.dataset(output).describe()
                                + ") was written while the run was being prepared. Resume it again.");
            }
            return output;
        });
    }

    /** @return the record of the run; empty before it is begun, and if there is nothing to be noted */
    public Optional<RunRecord> record() {
        return Optional.ofNullable(record);
    }

    /** @return whether an earlier attempt of the run is taken up */
    public boolean isResumed() {
        return history != null;
    }

    /** @return which attempt of the run this is, from 1 */
    public int attempt() {
        return history == null ? 1 : history.attempts() + 1;
    }

    /**
     * @param node a node
     * @return the attempt in which it runs, or has run last; 0 if it never needed to
     */
    int attemptOf(Node node) {
        if (!skipped().containsKey(node)) {
            return attempt();
        }
        return resumption == null ? 0 : resumption.attemptOf(node);
    }

    Optional<RunHistory> history() {
        return Optional.ofNullable(history);
    }

    /** Checks that the persistent inputs exist. */
    public void checkInputs() {
        Preflight.check(plan(), datasets(), catalog.names(), inputMarks);
    }

    /** @return what is wrong with the persistent inputs, each in one line */
    public List<String> inputProblems() {
        return Preflight.problems(plan(), datasets(), catalog.names(), inputMarks);
    }

    private Bound needBound() {
        Bound made = bound;
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

    /**
     * @param node a node of the plan
     * @return why it runs
     */
    public String whyItRuns(Node node) {
        Resumption resumed = resumption;
        OnlyMissing missing = onlyMissing;
        String why = resumed != null
                ? resumed.running().get(node)
                : missing != null ? missing.running().get(node) : null;
        return why == null ? "it was asked for" : why;
    }

    /** @return the nodes that need not run, and why */
    public Map<Node, String> skipped() {
        Resumption resumed = resumption;
        OnlyMissing missing = onlyMissing;
        return resumed != null ? resumed.skipped() : missing != null ? missing.skipped() : Map.of();
    }

    /**
     * @param output an output of a node that was skipped
     * @return whether it exists, and can be trusted
     */
    public boolean isThere(DatasetRef<?> output) {
        return isThere(output.baseName());
    }

    boolean isThere(String output) {
        String baseName = Objects.requireNonNull(output.split("@", 2)[0]);
        return (onlyMissing != null && onlyMissing.isThere(baseName))
                || (resumption != null && resumption.isThere(baseName));
    }

    /** Whether an output is stored. */
    boolean isPersistent(DatasetRef<?> output) {
        return datasets().dataset(output).isPersistent();
    }

    /** The names of the persistent datasets that the run, with all its attempts, is going to write. */
    List<String> persistentOutputsOfAll() {
        BoundDatasets all = boundOfAll;
        if (all == null) {
            return persistentOutputs();
        }
        return refs(request.pipeline(), Node::outputs).stream()
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
        return stateFolder;
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
        return contributions.plugins();
    }

    /** @return what makes the I/O manager */
    public IoManager.Factory io() {
        return io.factory();
    }

    /** @return why this manager was chosen, for the log */
    public String ioWhy() {
        return io.why();
    }

    /** @return the manager's own options */
    public ConfigSection ioOptions() {
        return ioOptions;
    }

    /** @return what happens after a failure */
    public FailurePolicy onFailure() {
        return onFailure;
    }

    /** @return when what the run stores becomes visible */
    public Visibility visibility() {
        return visibility;
    }

    /**
     * @param dataset a dataset
     * @return how its loads and saves are retried
     */
    public RetryPolicy retry(DatasetRef<?> dataset) {
        return retries.of(dataset);
    }

    /** @return how long the nodes may take together; empty for no limit */
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(timeLimit);
    }

    /** @return the longest wait at the end for saves under way */
    public Duration drainLimit() {
        return wanted.drainLimit();
    }

    /** @return what cancels the run */
    public Cancellation cancellation() {
        return wanted.cancellation().orElseGet(Cancellation::new);
    }

    /** @return the names of the persistent datasets that the run is going to write */
    public List<String> persistentOutputs() {
        List<String> names = new ArrayList<>();
        for (PlannedDataset planned : plan().datasets().values()) {
            DatasetRef<?> written = planned.written();
            if (written != null && datasets().dataset(written).isPersistent()) {
                names.add(written.name());
            }
        }
        return names;
    }

    /** @return the names of what no node of the run reads, sorted */
    public List<String> finalOutputs() {
        return List.copyOf(new TreeSet<>(names(plan().pipeline().outputs())));
    }

    @Override
    public void close() {
        if (request.catalog() == null) {
            try {
                catalog.close();
            } catch (RuntimeException e) {
                LOG.warn("Cannot close the catalog of run {}", runId, e);
            }
        }
        if (lock != null) {
            lock.close();
        }
        state.close();
        events.close();
    }
}
