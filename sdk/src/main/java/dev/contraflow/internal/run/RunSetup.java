package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Project;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.Suggestion;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunListener;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.DirectIo;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Providers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A run that has been prepared: configuration read, plugins asked, the I/O manager chosen, datasets bound, inputs checked. Whatever is
 * wrong with a request is found here, before the first node. Closing it closes the catalog, if the run made it.
 */
public final class RunSetup implements AutoCloseable {
    private final RunPlan plan;
    private final RunId runId;
    private final ConfigSection options;
    private final Path stateFolder;
    private final @Nullable DataCatalog ownCatalog;
    private final List<RunListener> listeners;
    private final List<String> plugins;
    private final IoManager.Factory io;
    private final String ioWhy;
    private final ConfigSection ioOptions;
    private final BoundDatasets datasets;

    /**
     * Prepares a run.
     *
     * @param request the request
     * @throws dev.contraflow.ContraflowException if something is wrong with it
     */
    public RunSetup(RunRequest request) {
        RunRequest.Options wanted = request.options();
        Providers chosen = wanted.providers();
        Providers providers = chosen == null ? Providers.discover() : chosen;
        this.plan = new RunPlan(request.pipeline());
        this.runId = RunId.at(Instant.now(), new SplittableRandom());
        ConfigSource source = request.source();
        Config config = source == null ? null : Config.load(source);
        this.options = (config == null ? ConfigSection.empty("run") : config.run()).overriddenBy(wanted.run());
        Path state = wanted.stateFolder();
        this.stateFolder =
                state != null ? state : (config == null ? Path.of("") : config.root()).resolve(".contraflow");
        Contributions contributed = contributions(providers, wanted);
        this.plugins = contributed.plugins();
        this.listeners = new ArrayList<>(wanted.listeners());
        this.listeners.addAll(contributed.listeners());
        rejectUnknownOptions(providers);
        IoChoice choice = contributed.choose(wanted.io(), options);
        this.io = choice.factory();
        this.ioWhy = choice.why();
        this.ioOptions = options.section(choice.section());
        DataCatalog given = request.catalog();
        DataCatalog catalog = given;
        if (catalog == null) {
            if (config == null) {
                throw new IllegalStateException("a request has a catalog or a source");
            }
            catalog = DataCatalog.load(config, providers);
        }
        this.ownCatalog = given == null ? catalog : null;
        try {
            this.datasets = catalog.bind(bindRequest());
            Project project = request.project();
            if (project != null) {
                MisspeltEntries.warn(project, catalog);
            }
            Preflight.check(plan, datasets);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private BindRequest bindRequest() {
        Set<String> inputs =
                plan.pipeline().inputs().stream().map(DatasetRef::name).collect(Collectors.toSet());
        Set<String> written = plan.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .map(DatasetRef::name)
                .collect(Collectors.toSet());
        return new BindRequest(plan.pipeline().datasets(), inputs, written).withSaveVersion(runId.value());
    }

    private Contributions contributions(Providers providers, RunRequest.Options wanted) {
        Set<String> disabled = new TreeSet<>(options.texts("disabled_plugins"));
        disabled.addAll(wanted.disabledPlugins());
        Set<String> known = providers.pluginIds();
        for (String id : disabled) {
            if (!known.contains(id)) {
                throw new CatalogException("There is no plugin '" + id + "' to disable."
                        + Suggestion.didYouMean(id, known) + " Plugins on the class path: " + listOr(known, "none")
                        + ".");
            }
        }
        List<Plugin> active = known.stream()
                .filter(id -> !disabled.contains(id))
                .map(id -> providers.plugin(id).orElseThrow())
                .toList();
        return new Contributions(active, disabled);
    }

    private void rejectUnknownOptions(Providers providers) {
        options.allow("io", "disabled_plugins", "plain", "async");
        options.allow(providers.pluginIds().toArray(String[]::new));
        options.rejectOtherKeys();
    }

    private static String listOr(Set<String> names, String none) {
        return names.isEmpty() ? none : String.join(", ", names);
    }

    /** @return the plan */
    public RunPlan plan() {
        return plan;
    }

    /** @return the run's id */
    public RunId runId() {
        return runId;
    }

    /** @return the {@code .contraflow} folder */
    public Path stateFolder() {
        return stateFolder;
    }

    /** @return the listeners of the request and of the plugins */
    public List<RunListener> listeners() {
        return listeners;
    }

    /** @return the ids of the active plugins */
    public List<String> plugins() {
        return plugins;
    }

    /** @return what makes the I/O manager */
    public IoManager.Factory io() {
        return io;
    }

    /** @return why this manager was chosen, for the log */
    public String ioWhy() {
        return ioWhy;
    }

    /** @return the manager's own options */
    public ConfigSection ioOptions() {
        return ioOptions;
    }

    /** @return the datasets of the plan */
    public BoundDatasets datasets() {
        return datasets;
    }

    /** @return the names of the persistent datasets that the run is going to write */
    public List<String> persistentOutputs() {
        List<String> names = new ArrayList<>();
        for (PlannedDataset planned : plan.datasets().values()) {
            DatasetRef<?> written = planned.written();
            if (written != null && datasets.dataset(written).isPersistent()) {
                names.add(written.name());
            }
        }
        return names;
    }

    @Override
    public void close() {
        if (ownCatalog != null) {
            ownCatalog.close();
        }
    }

    private record IoChoice(IoManager.Factory factory, String section, String why) {}

    /** What the active plugins add to the run. */
    private static final class Contributions {
        private final Map<String, IoManager.Factory> factories = new LinkedHashMap<>();
        private final Map<String, String> contributors = new LinkedHashMap<>(); // I/O manager id to plugin id
        private final Map<String, String> defaults = new LinkedHashMap<>(); // plugin id to its first manager's id
        private final List<RunListener> listeners = new ArrayList<>();
        private final List<String> plugins = new ArrayList<>();
        private final Set<String> disabled;

        Contributions(List<Plugin> active, Set<String> disabled) {
            this.disabled = disabled;
            add("the SDK", DirectIo.plain());
            add("the SDK", DirectIo.async());
            for (Plugin plugin : active) {
                plugins.add(plugin.id());
                plugin.contribute(new Plugin.Contributions() {
                    @Override
                    public void ioManager(IoManager.Factory factory) {
                        add(plugin.id(), factory);
                        defaults.putIfAbsent(plugin.id(), factory.id());
                    }

                    @Override
                    public void listener(RunListener listener) {
                        listeners.add(listener);
                    }
                });
            }
        }

        private void add(String contributor, IoManager.Factory factory) {
            String other = contributors.putIfAbsent(factory.id(), contributor);
            if (other != null) {
                throw new CatalogException("Two I/O managers have the id '" + factory.id() + "': one of " + other
                        + " and one of " + contributor + ". Disable one of these plugins.");
            }
            factories.put(factory.id(), factory);
        }

        List<String> plugins() {
            return plugins;
        }

        List<RunListener> listeners() {
            return listeners;
        }

        IoChoice choose(@Nullable String requested, ConfigSection options) {
            if (requested != null) {
                return choice(requested, "chosen for this run", null);
            }
            String configured = options.text("io").orElse(null);
            if (configured != null) {
                return choice(configured, "chosen in the configuration", options);
            }
            if (defaults.isEmpty()) {
                return choice("plain", "no plugin brings another", null);
            }
            if (defaults.size() == 1) {
                Map.Entry<String, String> only = defaults.entrySet().iterator().next();
                return choice(only.getValue(), "the default of the plugin '" + only.getKey() + "'", null);
            }
            throw new CatalogException("Several plugins bring an I/O manager: "
                    + String.join(", ", new TreeSet<>(defaults.keySet()))
                    + ". Choose one: 'io: " + defaults.values().iterator().next()
                    + "' in conf/base/run.yml, or withIo(..) for one run. Known: " + knownIds() + ".");
        }

        private IoChoice choice(String id, String why, @Nullable ConfigSection writtenIn) {
            IoManager.Factory factory = factories.get(id);
            if (factory == null) {
                String problem = "There is no I/O manager '" + id + "'."
                        + Suggestion.didYouMean(id, factories.keySet()) + " Known: " + knownIds() + "."
                        + (disabled.isEmpty() ? "" : " Disabled plugins: " + String.join(", ", disabled) + ".")
                        + " Put its plugin on the class path, or choose another.";
                throw writtenIn == null ? new CatalogException(problem) : writtenIn.error("io", "is wrong. " + problem);
            }
            String contributor = contributors.getOrDefault(id, id);
            return new IoChoice(factory, contributor.equals("the SDK") ? id : contributor, why);
        }

        private String knownIds() {
            return String.join(", ", new TreeSet<>(factories.keySet()));
        }
    }
}
