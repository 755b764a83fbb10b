package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.plugins.cache.CachePlugin;
import dev.contraflow.plugins.tee.TeePlugin;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which I/O manager a run uses. */
class PluginChoiceIT {
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    private static String io(RunRequest request) {
        return new SequentialRunner().run(request).orElseThrow().io();
    }

    private static RunRequest request() {
        Pipeline pipeline =
                Pipeline.of(Node.named("n").readsNothing().writes(OUT).by(() -> "v"));
        return RunRequest.of(pipeline, DataCatalog.builder().build());
    }

    @Test
    void withoutPluginsItIsThePlainOne() {
        assertThat(io(request().withProviders(Providers.builder().build()))).isEqualTo("plain");
    }

    @Test
    void whichArtifactBringsAMissingManagerIsTold() {
        RunRequest without = request().withProviders(Providers.builder().build());
        assertThatThrownBy(() -> io(without.withIo("tee")))
                .hasMessage("There is no I/O manager 'tee'. Known: async, plain."
                        + " Add the contraflow-plugins-tee artifact to the class path, or choose another.");
        assertThatThrownBy(() -> io(without.withIo("cache-async")))
                .hasMessageEndingWith(
                        " Add the contraflow-plugins-cache artifact to the class path, or choose another.");
        assertThatThrownBy(() -> io(request().withoutPlugins("tee").withIo("tee")))
                .hasMessageEndingWith(" Disabled plugins: tee. Put its plugin on the class path, or choose another.");
    }

    @Test
    void theOnlyPluginOnTheClassPathIsTheDefault() {
        Providers teeOnly = Providers.builder().plugin(new TeePlugin()).build();
        assertThat(io(request().withProviders(teeOnly))).isEqualTo("tee");
    }

    @Test
    void aDisabledPluginIsLeftOut() {
        assertThat(io(request().withoutPlugins("cache"))).isEqualTo("tee");
        assertThat(io(request().withoutPlugins("tee"))).isEqualTo("cache");
        ConfigSection run = ConfigSection.of("run", Map.of("disabled_plugins", List.of("cache", "tee")));
        assertThat(io(request().withRunOptions(run))).isEqualTo("plain");
    }

    @Test
    void theRunChoosesBeforeTheConfiguration() {
        ConfigSection run = ConfigSection.of("run", Map.of("io", "cache-async"));
        assertThat(io(request().withRunOptions(run))).isEqualTo("cache-async");
        assertThat(io(request().withRunOptions(run).withIo("async"))).isEqualTo("async");
    }

    @Test
    void bothPluginsAreFoundOnTheClassPath() {
        assertThat(Providers.discover().pluginIds()).containsExactly("cache", "tee");
        assertThat(Providers.builder().plugin(new CachePlugin()).build().pluginIds())
                .containsExactly("cache");
    }
}
