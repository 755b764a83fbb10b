package dev.contraflow.examples.spaceflights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceflightsProjectTest {
    private static final SpaceflightsProject PROJECT = new SpaceflightsProject();

    @TempDir
    Path folder;

    private static Pipeline pipeline(String name) {
        return Objects.requireNonNull(PROJECT.pipelines().get(name));
    }

    @Test
    void theDefaultIsTheSumOfBothPipelines() {
        assertThat(pipeline("__default__").nodes())
                .extracting(Node::name)
                .containsExactlyInAnyOrder(
                        "preprocess_companies_node",
                        "preprocess_shuttles_node",
                        "create_model_input_table_node",
                        "active_modelling_pipeline.split_data_node",
                        "active_modelling_pipeline.train_model_node",
                        "active_modelling_pipeline.evaluate_model_node",
                        "candidate_modelling_pipeline.split_data_node",
                        "candidate_modelling_pipeline.train_model_node",
                        "candidate_modelling_pipeline.evaluate_model_node");
        assertThat(pipeline("data_science").inputs())
                .extracting(DatasetRef::name)
                .containsExactly(
                        "model_input_table",
                        "params:active_modelling_pipeline.model_options",
                        "params:candidate_modelling_pipeline.model_options");
        assertThat(pipeline("data_processing").inputs())
                .extracting(DatasetRef::name)
                .containsExactly("companies", "reviews", "shuttles");
    }

    @Test
    void everyRunnerAndIoManagerStoresTheSameBytes() throws IOException {
        Map<String, String> plain = stored(new SequentialRunner(), "plain");
        assertThat(plain).hasSize(3 + 15);
        assertThat(plain.get("09_tracking/metrics_active_modelling_pipeline.json"))
                .contains("r2_score", "mae", "max_error");
        for (PipelineRunner runner : List.of(new SequentialRunner(), new ThreadRunner())) {
            for (String io : List.of("plain", "tee")) {
                assertThat(stored(runner, io)).as("%s, %s", runner.id(), io).isEqualTo(plain);
            }
        }
    }

    private Map<String, String> stored(PipelineRunner runner, String io) throws IOException {
        Path data = Files.createTempDirectory(folder, io);
        ConfigSource source =
                PROJECT.configuration().withEnvironment("local").withRuntimeParameter("data", data.toString());
        try (DataCatalog catalog = DataCatalog.load(Config.load(source), Providers.discover())) {
            RawData.generate(2000, 1).save(catalog);
        }
        PipelineResult result = runner.run(RunRequest.of(PROJECT, List.of("__default__"), source)
                .withIo(io)
                .withStateFolder(folder.resolve("state")));
        assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
        Map<String, String> stored = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = data.relativize(file).toString().replace('\\', '/');
                stored.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return stored;
    }

    @Test
    void aMisspeltFeatureIsToldBeforeTheFirstNode() {
        RunRequest request = RunRequest.of(PROJECT, "data_science", "local")
                .withParameters("active_modelling_pipeline.model_options.features=[engine]")
                .withStateFolder(folder);
        assertThatThrownBy(() -> new SequentialRunner().run(request))
                .hasMessageContaining("'active_modelling_pipeline.model_options'")
                .hasMessageContaining("there is no feature 'engine'. Did you mean 'engines'?");
    }
}
