package dev.contraflow.internal.run;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.RunOptions;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.Providers;

/**
 * Looks at the options of a run as a whole before any of them is used: all that is wrong is said at once, and what the run itself chooses in
 * place of the configuration hides nothing.
 */
final class RunYml {
    private RunYml() {}

    /**
     * Checks the options, and asks the plugins what they bring.
     *
     * @param options all options; the caller marks no key, and this marks all that are known
     * @param providers the plugins
     * @param wanted what the run chooses itself
     * @return what the plugins bring
     * @throws dev.contraflow.CatalogException with everything that is wrong
     */
    static PluginContributions checked(ConfigSection options, Providers providers, RunOptions wanted) {
        Problems problems = new Problems();
        PluginContributions found = new PluginContributions(providers, options, wanted, problems);
        problems.check(() -> options.choice("on_failure", FailurePolicy.class));
        problems.check(() -> options.choice("visibility", Visibility.class));
        problems.check(() -> RetryRules.read(options.section("retry"), wanted));
        problems.check(() -> options.duration("time_limit"));
        problems.check(() -> options.flag("rewrite_unchanged"));
        problems.check(() -> StatePlace.read(options.section("state"), providers, wanted));
        options.allow("io", "disabled_plugins", "plain", "async");
        options.allow(providers.pluginIds().toArray(String[]::new));
        problems.check(options::rejectOtherKeys);
        found.checkOptions(options, problems);
        if (options.entries().containsKey("io")) { // that nothing is chosen may come of a key that is misspelt
            problems.check(() -> found.choose(wanted.io().orElse(null), options));
        }
        wanted.io().ifPresent(io -> problems.check(() -> found.choose(io, ConfigSection.empty("run"))));
        problems.throwIfAny();
        return found;
    }
}
