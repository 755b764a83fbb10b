package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.run.RunListener;
import dev.contraflow.run.RunOptions;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.spi.DirectIo;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.NodeInterceptor;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunInterceptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the active plugins add to one run, after what the request brings itself. */
final class PluginContributions {
    private static final String SDK = "the SDK";
    private static final String CACHE = "contraflow-plugins-cache";
    private static final Map<String, String> ARTIFACTS =
            Map.of("tee", "contraflow-plugins-tee", "cache", CACHE, "cache-async", CACHE);

    private final Map<String, IoManager.Factory> factories = new LinkedHashMap<>();
    private final Map<String, String> contributors = new LinkedHashMap<>(); // I/O manager id to plugin id
    private final Map<String, String> defaults = new LinkedHashMap<>(); // plugin id to its first manager's id
    private final List<RunListener> listeners;
    private final List<NodeInterceptor> nodeInterceptors;
    private final List<DataInterceptor> dataInterceptors;
    private final List<RunInterceptor> runInterceptors;
    private final List<String> plugins = new ArrayList<>();
    private final Set<String> disabled;

    /** An I/O manager, the section of {@code run.yml} that holds its options, and why it was chosen. */
    record IoChoice(IoManager.Factory factory, String section, String why) {}

    /**
     * Asks the plugins.
     *
     * @param providers the plugins
     * @param configured all options
     * @param wanted what the run chooses itself
     * @param problems gets the mistakes; what is wrong is left out
     */
    PluginContributions(Providers providers, ConfigSection configured, RunOptions wanted, Problems problems) {
        this.listeners = new ArrayList<>(wanted.listeners());
        this.nodeInterceptors = new ArrayList<>(wanted.nodeInterceptors());
        this.dataInterceptors = new ArrayList<>(wanted.dataInterceptors());
        this.runInterceptors = new ArrayList<>(wanted.runInterceptors());
        this.disabled = disabled(providers.pluginIds(), configured, wanted, problems);
        add(SDK, DirectIo.plain());
        add(SDK, DirectIo.async());
        providers.pluginIds().stream()
                .filter(id -> !disabled.contains(id))
                .map(id -> providers.plugin(id).orElseThrow())
                .forEach(plugin -> problems.check(() -> contribute(plugin)));
    }

    private static Set<String> disabled(
            Set<String> known, ConfigSection configured, RunOptions wanted, Problems problems) {
        Set<String> disabled = new TreeSet<>(wanted.disabledPlugins());
        problems.check(() -> disabled.addAll(configured.texts("disabled_plugins")));
        for (String id : disabled) {
            if (!known.contains(id)) {
                String problem = "There is no plugin '" + id + "' to disable."
                        + Suggestion.didYouMean(id, known) + " Plugins on the class path: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)) + ".";
                problems.add(() -> wanted.disabledPlugins().contains(id)
                        ? new CatalogException(problem)
                        : configured.error("disabled_plugins", "is wrong. " + problem));
            }
        }
        return disabled;
    }

    private void contribute(Plugin plugin) {
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

            @Override
            public void interceptor(NodeInterceptor interceptor) {
                nodeInterceptors.add(interceptor);
            }

            @Override
            public void interceptor(DataInterceptor interceptor) {
                dataInterceptors.add(interceptor);
            }

            @Override
            public void interceptor(RunInterceptor interceptor) {
                runInterceptors.add(interceptor);
            }
        });
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

    List<NodeInterceptor> nodeInterceptors() {
        return nodeInterceptors;
    }

    List<DataInterceptor> dataInterceptors() {
        return dataInterceptors;
    }

    List<RunInterceptor> runInterceptors() {
        return runInterceptors;
    }

    /** Checks the options of every manager, whichever the run chooses. */
    void checkOptions(ConfigSection options, Problems problems) {
        factories.forEach((id, factory) -> problems.check(() -> factory.check(options.section(section(id)))));
    }

    private String section(String id) {
        String contributor = contributors.getOrDefault(id, id);
        return contributor.equals(SDK) ? id : contributor;
    }

    /** The I/O manager of the run; what the configuration says is checked even where the request overrides it. */
    IoChoice choose(@Nullable String requested, ConfigSection options) {
        String configured = options.text("io").orElse(null);
        IoChoice byConfiguration = configured == null || isDisabled(configured)
                ? null
                : choice(configured, "chosen in the configuration", options);
        if (requested != null) {
            return choice(requested, "chosen for this run", null);
        }
        if (configured != null) {
            return byConfiguration != null
                    ? byConfiguration
                    : choice(configured, "chosen in the configuration", options);
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

    /** Whether an id may be that of a plugin that this run leaves out: then it is no mistake in the configuration. */
    private boolean isDisabled(String id) {
        return disabled.stream().anyMatch(plugin -> id.equals(plugin) || id.startsWith(plugin + "-"));
    }

    private IoChoice choice(String id, String why, @Nullable ConfigSection writtenIn) {
        IoManager.Factory factory = factories.get(id);
        if (factory == null) {
            String problem = "There is no I/O manager '" + id + "'."
                    + Suggestion.didYouMean(id, factories.keySet()) + " Known: " + knownIds() + "."
                    + (disabled.isEmpty() ? "" : " Disabled plugins: " + String.join(", ", disabled) + ".")
                    + (ARTIFACTS.containsKey(id) && !isDisabled(id)
                            ? " Add the " + ARTIFACTS.get(id) + " artifact to the class path, or choose another."
                            : " Put its plugin on the class path, or choose another.");
            throw writtenIn == null ? new CatalogException(problem) : writtenIn.error("io", "is wrong. " + problem);
        }
        return new IoChoice(factory, section(id), why);
    }

    private String knownIds() {
        return String.join(", ", new TreeSet<>(factories.keySet()));
    }
}
