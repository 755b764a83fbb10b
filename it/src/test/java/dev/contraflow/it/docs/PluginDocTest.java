package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.InterceptorException;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/writing-a-plugin.md}. */
class PluginDocTest {
    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();

    private RunRequest request(String now) {
        Clock clock = Clock.fixed(Instant.parse(now), ZoneOffset.UTC);
        Pipeline pipeline = Pipeline.of(Node.named("n")
                .readsNothing()
                .writes(DatasetRef.of("out", String.class))
                .by(() -> "v"));
        Providers providers = Providers.discover().withPlugin(new QuietHoursPlugin(clock, told::add));
        return RunRequest.of(pipeline, DataCatalog.builder().build())
                .withProviders(providers)
                .withIo("plain")
                .withStateFolder(folder);
    }

    @Test
    void itIsPartOfTheRun() {
        String run = new SequentialRunner()
                .run(request("2026-11-26T10:00:00Z"))
                .orElseThrow()
                .runId()
                .value();
        assertThat(told).containsExactly(run + " SUCCEEDED");
        assertThatThrownBy(() -> new SequentialRunner().run(request("2026-11-26T22:30:00Z")))
                .isInstanceOf(InterceptorException.class)
                .hasMessageContaining("the storage is being cleaned from 22 to 24");
        RunRequest without = request("2026-11-26T22:30:00Z").withoutPlugins("quiet-hours");
        new SequentialRunner().run(without).orElseThrow();
        assertThat(told).hasSize(1);
    }
}
