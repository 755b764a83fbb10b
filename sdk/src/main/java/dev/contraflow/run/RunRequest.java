package dev.contraflow.run;

import dev.contraflow.CatalogException;
import dev.contraflow.Pipeline;
import dev.contraflow.PipelineFilter;
import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.catalog.VersionNames;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.spi.NodeInterceptor;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunInterceptor;
import dev.contraflow.spi.RunThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one run needs: which pipeline, which catalog, and the options. Made from a project, so that the run can be built again
 * elsewhere, or from values, for this JVM only. Immutable: every {@code with} gives a new request.
 */
public final class RunRequest {
    /** The name of the pipeline that runs if nobody chooses one, as in Kedro. */
    public static final String DEFAULT_PIPELINE = "__default__";

    private final Pipeline pipeline;
    private final @Nullable DataCatalog catalog;
    private final @Nullable ConfigSource source;
    private final @Nullable Origin origin;
    private final @Nullable Project project;
    private final RunOptions options;

    /**
     * What a run can be built from again.
     *
     * @param project the class of the project
     * @param pipelines the names of its pipelines, which run as one
     * @param environment the environment of its configuration
     */
    public record Origin(String project, List<String> pipelines, String environment) {}

    private RunRequest(
            Pipeline pipeline,
            @Nullable DataCatalog catalog,
            @Nullable ConfigSource source,
            @Nullable Origin origin,
            @Nullable Project project,
            RunOptions options) {
        this.origin = origin;
        this.project = project;
        this.pipeline = pipeline;
        this.catalog = catalog;
        this.source = source;
        this.options = options;
    }

    /**
     * A pipeline of a project, with the project's configuration.
     *
     * @param project the project
     * @param pipeline the name of one of its pipelines
     * @param environment the folder of {@code conf/} that is laid over {@code conf/base}: {@code local}
     * @throws CatalogException if the project has no such pipeline
     */
    public static RunRequest of(Project project, String pipeline, String environment) {
        return of(project, List.of(pipeline), project.configuration().withEnvironment(environment));
    }

    /**
     * A pipeline of a project, with the project's configuration in the environment that the variable {@value
     * ConfigSource#ENVIRONMENT_VARIABLE} says, or in its default one.
     *
     * @param project the project
     * @param pipeline the name of one of its pipelines
     * @throws CatalogException if the project has no such pipeline
     */
    public static RunRequest of(Project project, String pipeline) {
        return of(project, List.of(pipeline), project.configuration());
    }

    /**
     * Pipelines of a project, as one, with a configuration.
     *
     * @param project the project
     * @param pipelines the names of some of its pipelines; {@value #DEFAULT_PIPELINE} stands for the sum of all where the project has none of
     *     that name
     * @param source where the configuration is read from
     * @throws CatalogException if the project has no such pipeline
     * @throws dev.contraflow.PipelineException if together they are not valid
     */
    public static RunRequest of(Project project, List<String> pipelines, ConfigSource source) {
        Map<String, Pipeline> known = new TreeMap<>(project.pipelines());
        List<Pipeline> chosen = new ArrayList<>();
        for (String name : pipelines) {
            Pipeline pipeline = known.get(name);
            if (pipeline == null && name.equals(DEFAULT_PIPELINE)) {
                pipeline = Pipeline.sum(known.values());
            }
            if (pipeline == null) {
                throw new CatalogException("The project " + project.getClass().getName() + " has no pipeline '" + name
                        + "'." + Suggestion.didYouMean(name, known.keySet()) + " Its pipelines: "
                        + String.join(", ", known.keySet()) + ".");
            }
            chosen.add(pipeline);
        }
        return new RunRequest(
                chosen.size() == 1 ? chosen.get(0) : Pipeline.sum(chosen),
                null,
                source,
                new Origin(project.getClass().getName(), List.copyOf(pipelines), source.environment()),
                project,
                RunOptions.standard());
    }

    /**
     * A pipeline and a catalog that this JVM holds.
     *
     * @param pipeline the pipeline
     * @param catalog the catalog; stays the caller's, who closes it after the run
     */
    public static RunRequest of(Pipeline pipeline, DataCatalog catalog) {
        Objects.requireNonNull(pipeline, "pipeline is null");
        Objects.requireNonNull(catalog, "catalog is null");
        return new RunRequest(pipeline, catalog, null, null, null, RunOptions.standard());
    }

    /**
     * Chooses the I/O manager.
     *
     * @param id {@code plain}, {@code async}, or that of a plugin: {@code cache}, {@code cache-async}, {@code tee}
     */
    public RunRequest withIo(String id) {
        Objects.requireNonNull(id, "id is null");
        return with(o -> o.io = id);
    }

    /**
     * Leaves plugins out of this run.
     *
     * @param ids the plugins' ids
     */
    public RunRequest withoutPlugins(String... ids) {
        return with(o -> {
            Set<String> all = new LinkedHashSet<>(o.disabledPlugins);
            all.addAll(List.of(ids));
            o.disabledPlugins = Set.copyOf(all);
        });
    }

    /**
     * Adds a listener.
     *
     * @param listener told of every event of the run
     */
    public RunRequest withListener(RunListener listener) {
        return with(o -> o.listeners = plus(o.listeners, listener));
    }

    /**
     * Stores every output anew, as {@code rewrite_unchanged: true} in {@code run.yml}. Without it a file without versions is not sent again if the
     * last record notes the same bytes for it, and the storage says that nobody has changed them since: then its modification time is that of the
     * run which stored it, and no notification comes of it.
     */
    public RunRequest withUnchangedRewritten() {
        return with(o -> o.isUnchangedRewritten = true);
    }

    /**
     * Takes the newest run up again that did not end well: crashed, failed or was cancelled. The run keeps its id. What it has made durable is
     * not computed again, as long as it is still there and was made by the same code from the same inputs and parameters; {@link
     * DryRun} tells which nodes run and why. The request must be that of the run. If there is no such run, the request is refused.
     */
    public RunRequest resume() {
        return with(o -> {
            o.isResumed = true;
            o.resumed = null;
        });
    }

    /**
     * Takes a run up again that did not end well, as {@link #resume()}.
     *
     * @param runId the id of the run
     */
    public RunRequest resume(RunId runId) {
        String id = runId.value();
        return with(o -> {
            o.isResumed = true;
            o.resumed = id;
        });
    }

    /**
     * Says which version of the code runs. A run that is resumed uses nothing that other code has made.
     *
     * @param version the version; by default what the project says ({@link Project#codeVersion}), and nothing for runs made from values: then
     *     all code counts as the same
     */
    public RunRequest withCodeVersion(String version) {
        Objects.requireNonNull(version, "version is null");
        return with(o -> o.codeVersion = version);
    }

    /**
     * Chooses where the records of runs stand, in a storage that several machines share. By default it is what {@code state} in {@code run.yml}
     * says, or the {@linkplain #withStateFolder state folder}.
     *
     * @param storage the storage, which stays open until the run has ended; stays the caller's
     * @param root where in it
     */
    public RunRequest withState(Storage storage, Location root) {
        Objects.requireNonNull(storage, "storage is null");
        Location folder = root.path().endsWith("/") ? root : root.plus("/");
        return with(o -> o.state = new RunOptions.State(storage, folder));
    }

    /**
     * Runs on other time and threads than those of the JVM: in a simulation.
     *
     * @param threads the time and the threads
     */
    public RunRequest withThreads(RunThreads threads) {
        Objects.requireNonNull(threads, "threads is null");
        return with(o -> o.threads = threads);
    }

    /**
     * Chooses the providers of formats, storages, datasets and plugins, instead of those on the class path.
     *
     * @param providers the registry
     */
    public RunRequest withProviders(Providers providers) {
        Objects.requireNonNull(providers, "providers is null");
        return with(o -> o.providers = providers);
    }

    /**
     * Sets a runtime parameter: it overrides the parameter of that name, and {@code ${runtime_params:key}} in the configuration stands for
     * it.
     *
     * @param key the parameter's key, dots leading into nested maps
     * @param value a text, number, true or false, or lists and maps of them
     * @throws IllegalStateException if the request was made from values: put parameters into the catalog then
     */
    public RunRequest withParameter(String key, Object value) {
        if (source == null) {
            throw new IllegalStateException("This request has a catalog of its own; put '" + key + "' into it");
        }
        return new RunRequest(pipeline, catalog, source.withRuntimeParameter(key, value), origin, project, options);
    }

    /**
     * Sets runtime parameters as they are written on a command line: {@code model.depth=5,name=x}. References in them are followed.
     *
     * @param text the parameters, as {@link dev.contraflow.config.OptionTexts#parameters} reads them
     * @return a request with these parameters over those given before
     * @throws CatalogException if it cannot be read
     * @throws IllegalStateException if the request was made from values: put parameters into the catalog then
     */
    public RunRequest withParameters(String text) {
        if (source == null) {
            throw new IllegalStateException("This request has a catalog of its own; put '" + text + "' into it");
        }
        return new RunRequest(pipeline, catalog, source.withRuntimeParameters(text), origin, project, options);
    }

    /**
     * Runs a part of the pipeline only.
     *
     * @param filter the conditions for a node to be in it
     * @throws dev.contraflow.PipelineException if nothing is left, or a condition names what is not there
     */
    public RunRequest filtered(PipelineFilter filter) {
        return sliced(p -> p.filtered(filter));
    }

    /**
     * Runs a part of the pipeline only.
     *
     * @param slice gives the part: {@code p -> p.fromNodes("train")}
     */
    public RunRequest sliced(UnaryOperator<Pipeline> slice) {
        return new RunRequest(slice.apply(pipeline), catalog, source, origin, project, options);
    }

    /**
     * Sets options of the run that {@code run.yml} would hold: {@code io}, {@code disabled_plugins}, and a section for each I/O manager.
     *
     * @param run the options; they override those of the project
     */
    public RunRequest withRunOptions(ConfigSection run) {
        Objects.requireNonNull(run, "run is null");
        return with(o -> o.run = run);
    }

    /**
     * Chooses where the record of the run is kept. By default that is {@code .contraflow} in the project's root, or in the working
     * directory.
     *
     * @param folder the folder; made when it is needed
     */
    public RunRequest withStateFolder(Path folder) {
        Objects.requireNonNull(folder, "folder is null");
        return with(o -> o.stateFolder = folder);
    }

    /**
     * Limits how long the run waits, at its end, for saves that are under way. After it they are given up, and the run has failed.
     *
     * @param limit the longest wait, by default one hour
     */
    public RunRequest withDrainLimit(Duration limit) {
        return with(o -> o.drainLimit = countable(limit));
    }

    /**
     * Limits how long the nodes of the run may take together. After it no further node starts, those that run are interrupted, and the run
     * has failed; what is under way is settled all the same.
     *
     * @param limit the longest time, more than zero
     */
    public RunRequest withTimeLimit(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("the time limit is " + limit + ", not more than zero");
        }
        return with(o -> o.timeLimit = countable(limit));
    }

    /** What cannot be counted in nanoseconds is for ever all the same. */
    private static Duration countable(Duration limit) {
        Duration longest = Duration.ofDays(365);
        return limit.compareTo(longest) > 0 ? longest : limit;
    }

    /**
     * Chooses what happens once something has failed; by default what {@code on_failure} in {@code run.yml} says, else {@link
     * FailurePolicy#STOP}.
     *
     * @param policy the policy
     */
    public RunRequest onFailure(FailurePolicy policy) {
        Objects.requireNonNull(policy, "policy is null");
        return with(o -> o.onFailure = policy);
    }

    /**
     * Chooses when what the run stores becomes visible, instead of {@code visibility} in {@code run.yml}. The default is {@link
     * Visibility#EACH}.
     *
     * @param visibility when
     * @return a request with it
     */
    public RunRequest withVisibility(Visibility visibility) {
        Objects.requireNonNull(visibility, "visibility is null");
        return with(o -> o.visibility = visibility);
    }

    /**
     * Chooses how often a load or save is tried again after a transient failure; by default what {@code retry} in {@code run.yml} says, else
     * never.
     *
     * @param policy the policy
     */
    public RunRequest withRetry(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy is null");
        return with(o -> o.retry = policy);
    }

    /**
     * Chooses how often a load or save of one dataset is tried again after a transient failure. It goes before {@code retry.datasets} in {@code
     * run.yml}, and before the policy of the whole run. A name that neither the pipeline nor the catalog knows refuses the run.
     *
     * @param dataset the dataset's name; without a view it stands for all its views
     * @param policy the policy
     */
    public RunRequest withRetry(String dataset, RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy is null");
        return with(o -> {
            Map<String, RetryPolicy> all = new TreeMap<>(o.retryOfDatasets);
            all.put(dataset, policy);
            o.retryOfDatasets = Collections.unmodifiableMap(all);
        });
    }

    /**
     * Chooses the order of nodes where the edges leave a choice; by default Kedro's.
     *
     * @param order the order
     */
    public RunRequest withOrder(NodeOrder order) {
        Objects.requireNonNull(order, "order is null");
        return with(o -> o.order = order);
    }

    /**
     * Chooses the id of the run, which is also the version of what it saves: for several runs on one set of data, or to find a run again that a
     * scheduler started. The latest version of a dataset is the greatest one as text, so an id should begin with the time as a new one does
     * ({@link RunId}). A run of that id that is on record refuses this one.
     *
     * @param runId the id
     * @throws CatalogException if it cannot be a version: it must be one part of a path
     */
    public RunRequest withRunId(RunId runId) {
        if (!VersionNames.isValid(runId.value())) {
            throw new CatalogException("The run id " + VersionNames.problem(runId.value())
                    + ". It is also the version of what the run saves.");
        }
        return with(o -> o.runId = runId);
    }

    /**
     * Skips the nodes whose work is there already (Kedro's {@code only_missing_outputs}): going up from the last nodes, a node runs if it
     * has no outputs, if one of its persistent outputs does not exist, or if a node that runs reads an output of it that is in memory or does
     * not exist. Only existence counts, not age; but what an unfinished run may have left half done, and what descends from it, counts as
     * missing.
     */
    public RunRequest onlyMissing() {
        return with(o -> o.onlyMissing = true);
    }

    /**
     * Lets the run be cancelled from another thread.
     *
     * @param cancellation cancels it
     */
    public RunRequest withCancellation(Cancellation cancellation) {
        Objects.requireNonNull(cancellation, "cancellation is null");
        return with(o -> o.cancellation = cancellation);
    }

    /**
     * Loads another version of a dataset than the latest.
     *
     * @param dataset the name of a versioned dataset
     * @param version the version, as it stands in the dataset's folder
     */
    public RunRequest withLoadVersion(String dataset, String version) {
        return with(o -> {
            Map<String, String> all = new TreeMap<>(o.loadVersions);
            all.put(dataset, version);
            o.loadVersions = Collections.unmodifiableMap(all);
        });
    }

    /**
     * Adds an interceptor of nodes.
     *
     * @param interceptor called around every function
     */
    public RunRequest withInterceptor(NodeInterceptor interceptor) {
        return with(o -> o.nodeInterceptors = plus(o.nodeInterceptors, interceptor));
    }

    /**
     * Adds an interceptor of data.
     *
     * @param interceptor called around every load and save
     */
    public RunRequest withInterceptor(DataInterceptor interceptor) {
        return with(o -> o.dataInterceptors = plus(o.dataInterceptors, interceptor));
    }

    /**
     * Adds an interceptor of the run.
     *
     * @param interceptor called before and after it
     */
    public RunRequest withInterceptor(RunInterceptor interceptor) {
        return with(o -> o.runInterceptors = plus(o.runInterceptors, interceptor));
    }

    private static <T> List<T> plus(List<T> some, T more) {
        List<T> all = new ArrayList<>(some);
        all.add(Objects.requireNonNull(more, "what is added is null"));
        return List.copyOf(all);
    }

    private RunRequest with(Consumer<RunOptions.Draft> change) {
        return new RunRequest(pipeline, catalog, source, origin, project, options.with(change));
    }

    /** @return what is run */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** @return the caller's catalog, or null if the request was made from a project */
    public @Nullable DataCatalog catalog() {
        return catalog;
    }

    /** @return where the project's configuration is read from, or null if the request was made from values */
    public @Nullable ConfigSource source() {
        return source;
    }

    /** @return the project and the name of its pipeline, or null if the request was made from values; a slice keeps it */
    public @Nullable Origin origin() {
        return origin;
    }

    /** @return the project, or null if the request was made from values */
    public @Nullable Project project() {
        return project;
    }

    /** @return everything else */
    public RunOptions options() {
        return options;
    }
}
