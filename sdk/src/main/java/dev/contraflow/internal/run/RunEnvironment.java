package dev.contraflow.internal.run;

import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.RunOptions;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request finds around it: the configuration, the plugins, and the place where runs keep their state. Closing it closes the storage of that
 * place, if it was opened for the run. Used by the thread that prepares the run.
 */
final class RunEnvironment implements AutoCloseable {
    private final RunRequest request;
    private final RunOptions wanted;
    private final Providers providers;
    private final @Nullable Config config;
    private final ConfigSection options;
    private final PluginContributions contributions;
    private final Path stateFolder;
    private final RunState state;

    /**
     * Reads the configuration, asks the plugins, and opens the place.
     *
     * @throws dev.contraflow.ContraflowException if something is wrong with them; nothing is left open then
     */
    RunEnvironment(RunRequest request) {
        this.request = request;
        this.wanted = request.options();
        this.providers = wanted.providers().orElseGet(Providers::discover);
        ConfigSource source = request.source();
        this.config = source == null ? null : Config.load(source.withProviders(providers));
        this.options = (config == null ? ConfigSection.empty("run") : config.run()).overriddenBy(wanted.run());
        this.contributions = RunYml.checked(options, providers, wanted);
        this.stateFolder = wanted.stateFolder()
                .orElseGet(() -> (config == null ? Path.of("") : config.root()).resolve(".contraflow"));
        this.state = openState();
    }

    /** The storage of a place that is configured is opened for the run; one that the request names is the caller's. */
    private RunState openState() {
        Optional<RunOptions.State> given = wanted.state();
        if (given.isPresent()) {
            return new RunState(
                    new StorageState(given.get().storage(), given.get().root()), () -> {});
        }
        StatePlace configured = StatePlace.read(options.section("state"), providers, wanted);
        return RunState.opened(configured, config, providers)
                .orElseGet(() -> new RunState(new LocalState(stateFolder), () -> {}));
    }

    /** Warns of entries of the catalog and parameters of the run that are probably misspelt. */
    void warnOfMisspelling(DataCatalog catalog) {
        Project project = request.project();
        if (project == null) {
            return;
        }
        MisspeltEntries.warn(project, catalog);
        ConfigSource source = request.source();
        if (config != null && source != null && !source.runtimeParameters().isEmpty()) {
            MisspeltParameters.warn(project, request.pipeline(), config);
        }
    }

    /** The catalog of the request; the caller closes it if {@link #isCatalogOwn}. */
    DataCatalog catalog() {
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

    /** Whether the catalog is made for the run, and not the caller's. */
    boolean isCatalogOwn() {
        return request.catalog() == null;
    }

    /** What {@code run.yml} and the request say of the run. */
    ConfigSection options() {
        return options;
    }

    /** What the plugins bring. */
    PluginContributions contributions() {
        return contributions;
    }

    /** What could not be loaded, each in one line. */
    Iterable<String> failures() {
        return providers.failures();
    }

    /** The {@code .contraflow} folder of this machine; it need not exist. */
    Path stateFolder() {
        return stateFolder;
    }

    /** Where runs keep their state. */
    StateStore store() {
        return state.store();
    }

    @Override
    public void close() {
        state.close();
    }
}
