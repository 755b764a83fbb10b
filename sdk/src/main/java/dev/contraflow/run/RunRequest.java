package dev.contraflow.run;

import dev.contraflow.CatalogException;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.Suggestion;
import dev.contraflow.spi.Providers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one run needs: which pipeline, which catalog, and the options. Made from a project, so that the run can be built again
 * elsewhere, or from values, for this JVM only. Immutable: every {@code with} gives a new request.
 */
public final class RunRequest {
    private final Pipeline pipeline;
    private final @Nullable DataCatalog catalog;
    private final @Nullable ConfigSource source;
    private final @Nullable Origin origin;
    private final @Nullable Project project;
    private final Options options;

    /**
     * What a run can be built from again.
     *
     * @param project the class of the project
     * @param pipeline the name of its pipeline
     */
    public record Origin(String project, String pipeline) {}

    private RunRequest(
            Pipeline pipeline,
            @Nullable DataCatalog catalog,
            @Nullable ConfigSource source,
            @Nullable Origin origin,
            @Nullable Project project,
            Options options) {
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
        return of(project, pipeline, project.configuration().withEnvironment(environment));
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
        return of(project, pipeline, project.configuration());
    }

    private static RunRequest of(Project project, String pipeline, ConfigSource configuration) {
        Map<String, Pipeline> pipelines = new TreeMap<>(project.pipelines());
        Pipeline chosen = pipelines.get(pipeline);
        if (chosen == null) {
            throw new CatalogException("The project " + project.getClass().getName() + " has no pipeline '" + pipeline
                    + "'." + Suggestion.didYouMean(pipeline, pipelines.keySet()) + " Its pipelines: "
                    + String.join(", ", pipelines.keySet()) + ".");
        }
        return new RunRequest(
                chosen,
                null,
                configuration,
                new Origin(project.getClass().getName(), pipeline),
                project,
                Options.standard());
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
        return new RunRequest(pipeline, catalog, null, null, null, Options.standard());
    }

    /**
     * Chooses the I/O manager.
     *
     * @param id {@code plain}, {@code async}, or that of a plugin: {@code cache}, {@code cache-async}, {@code tee}
     */
    public RunRequest withIo(String id) {
        return with(options.io(Objects.requireNonNull(id, "id is null")));
    }

    /**
     * Leaves plugins out of this run.
     *
     * @param ids the plugins' ids
     */
    public RunRequest withoutPlugins(String... ids) {
        return with(options.without(List.of(ids)));
    }

    /**
     * Adds a listener.
     *
     * @param listener told of every event of the run
     */
    public RunRequest withListener(RunListener listener) {
        return with(options.listener(Objects.requireNonNull(listener, "listener is null")));
    }

    /**
     * Chooses the providers of formats, storages, datasets and plugins, instead of those on the class path.
     *
     * @param providers the registry
     */
    public RunRequest withProviders(Providers providers) {
        return with(options.providers(Objects.requireNonNull(providers, "providers is null")));
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
        return with(options.run(Objects.requireNonNull(run, "run is null")));
    }

    /**
     * Chooses where the record of the run is kept. By default that is {@code .contraflow} in the project's root, or in the working
     * directory.
     *
     * @param folder the folder; made when it is needed
     */
    public RunRequest withStateFolder(Path folder) {
        return with(options.stateFolder(Objects.requireNonNull(folder, "folder is null")));
    }

    /**
     * Limits how long the run waits, at its end, for saves that are under way. After it they are given up, and the run has failed.
     *
     * @param limit the longest wait, by default one hour
     */
    public RunRequest withDrainLimit(Duration limit) {
        Duration longest = Duration.ofDays(365); // what cannot be counted in nanoseconds is for ever all the same
        return with(options.drainLimit(limit.compareTo(longest) > 0 ? longest : limit));
    }

    private RunRequest with(Options changed) {
        return new RunRequest(pipeline, catalog, source, origin, project, changed);
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
    public Options options() {
        return options;
    }

    /**
     * The options of a run. Immutable.
     *
     * @param io the chosen I/O manager, or null for the one that the configuration or the class path decides
     * @param disabledPlugins plugins that are left out
     * @param listeners told of every event
     * @param providers the registry, or null for what the class path has
     * @param run what {@code run.yml} would hold
     * @param stateFolder where the record is kept, or null for the default
     * @param drainLimit the longest wait at the end
     */
    public record Options(
            @Nullable String io,
            Set<String> disabledPlugins,
            List<RunListener> listeners,
            @Nullable Providers providers,
            ConfigSection run,
            @Nullable Path stateFolder,
            Duration drainLimit) {
        static Options standard() {
            return new Options(null, Set.of(), List.of(), null, ConfigSection.empty("run"), null, Duration.ofHours(1));
        }

        Options io(String id) {
            return new Options(id, disabledPlugins, listeners, providers, run, stateFolder, drainLimit);
        }

        Options without(List<String> ids) {
            Set<String> all = new LinkedHashSet<>(disabledPlugins);
            all.addAll(ids);
            return new Options(io, Set.copyOf(all), listeners, providers, run, stateFolder, drainLimit);
        }

        Options listener(RunListener listener) {
            List<RunListener> all = new ArrayList<>(listeners);
            all.add(listener);
            return new Options(io, disabledPlugins, List.copyOf(all), providers, run, stateFolder, drainLimit);
        }

        Options providers(Providers chosen) {
            return new Options(io, disabledPlugins, listeners, chosen, run, stateFolder, drainLimit);
        }

        Options run(ConfigSection chosen) {
            return new Options(io, disabledPlugins, listeners, providers, chosen, stateFolder, drainLimit);
        }

        Options stateFolder(Path folder) {
            return new Options(io, disabledPlugins, listeners, providers, run, folder, drainLimit);
        }

        Options drainLimit(Duration limit) {
            return new Options(io, disabledPlugins, listeners, providers, run, stateFolder, limit);
        }
    }
}
