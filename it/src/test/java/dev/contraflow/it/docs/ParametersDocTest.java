package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/parameters.md}. */
class ParametersDocTest {
    enum Kind {
        TREE,
        FOREST
    }

    record Split(double ratio, int seed) {
        Split {
            if (ratio <= 0 || ratio >= 1) {
                throw new IllegalArgumentException("the ratio must be between 0 and 1, but is " + ratio);
            }
        }
    }

    record Model(Kind kind, @JsonProperty("max_depth") int maxDepth, List<Split> splits, Optional<String> note) {}

    static final DatasetRef<Model> MODEL = DatasetRef.parameter("model", Model.class);
    static final DatasetRef<Integer> DEPTH = DatasetRef.parameter("model.max_depth", Integer.class);
    static final DatasetRef<List<Double>> RATIOS = DatasetRef.listOf("params:ratios", Double.class);
    static final DatasetRef<LocalDate> FIRST_DAY = DatasetRef.parameter("first_day", LocalDate.class);
    static final DatasetRef<Map<String, Object>> ALL = DatasetRef.parameters();

    private final List<Object> seen = new ArrayList<>();

    private Project project(Path root) {
        Pipeline pipeline = Pipeline.of(Node.named("look")
                .reads(MODEL, DEPTH, RATIOS, FIRST_DAY, ALL)
                .runs((model, depth, ratios, day, all) ->
                        seen.addAll(List.of(model, depth, ratios, day, all.keySet()))));
        return new Project() {
            @Override
            public Map<String, Pipeline> pipelines() {
                return Map.of("main", pipeline);
            }

            @Override
            public Path root() {
                return root;
            }

            @Override
            public ConfigSource configuration() {
                return ConfigSource.of(root)
                        .withVariables(Map.of("SHOP_KEY_ID", "AK1"))
                        .withResolver(new ConfigurationDocTest.Today(java.time.Clock.systemUTC()));
            }
        };
    }

    @Test
    void nodesAskForParametersByNameAndType(@TempDir Path state) {
        Project project = project(ConfigurationDocTest.SHOP);
        RunRequest request = RunRequest.of(project, "main", "local").withParameters("model.max_depth=12,ratios=[0.5]");
        new SequentialRunner()
                .run(request.withIo("plain").withStateFolder(state))
                .orElseThrow();
        assertThat(seen.subList(0, 4))
                .isEqualTo(List.of(
                        new Model(Kind.FOREST, 12, List.of(new Split(0.2, 42)), Optional.empty()),
                        12,
                        List.of(0.5),
                        LocalDate.of(2024, 1, 15)));
    }

    @Test
    void everyPartHasAName() {
        Config config =
                Config.load(project(ConfigurationDocTest.SHOP).configuration().withEnvironment("local"));
        SortedMap<String, ConfigValue> byName = config.parametersByName(); // params:model, params:model.kind, ..
        assertThat(byName.keySet())
                .containsExactly(
                        "params:first_day",
                        "params:model",
                        "params:model.kind",
                        "params:model.max_depth",
                        "params:model.splits",
                        "params:ratios");
    }

    @Test
    void everythingThatDoesNotFitIsListedBeforeTheFirstNode(@TempDir Path root) throws Exception {
        Files.createDirectories(root.resolve("conf/local"));
        Files.createDirectories(root.resolve("conf/base"));
        Files.writeString(root.resolve("conf/base/catalog.yml"), "");
        Files.writeString(root.resolve("conf/base/parameters.yml"), """
                model:
                  kind: BUSH
                  max_deph: 8
                  splits: [{ratio: 2, seed: 1}]
                ratios: [0.1, high]
                first_day: 2024-01-15
                """);
        assertThatThrownBy(() -> new SequentialRunner()
                        .run(RunRequest.of(project(root), "main", "local").withIo("plain")))
                .isInstanceOf(CatalogException.class)
                .satisfies(e -> assertThat(Files.readString(Path.of("../docs/parameters.md")))
                        .contains("```\n" + e.getMessage() + "\n```"));
        assertThat(seen).isEmpty();
    }
}
