package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.ContraflowException;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.MergeStrategy;
import dev.contraflow.it.golden.Golden.Case;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Folders of configuration files are read as Kedro reads them. */
class ConfigGoldenTest {
    @TestFactory
    Stream<DynamicTest> config() {
        return Golden.folder("config").tests(ConfigGoldenTest::answer);
    }

    private static Map<String, Object> answer(Case asked) {
        Map<String, Object> answers = new LinkedHashMap<>();
        asked.input().path("keys").forEach(key -> {
            try {
                Map<String, Object> value = new HashMap<>();
                value.put(
                        "value",
                        GoldenValues.of(Config.read(source(asked), key.asText()).plain()));
                answers.put(key.asText(), value);
            } catch (ContraflowException e) {
                answers.put(key.asText(), GoldenErrors.of(e));
            }
        });
        return answers;
    }

    private static ConfigSource source(Case asked) {
        JsonNode input = asked.input();
        Map<String, String> variables = new HashMap<>();
        input.path("environment")
                .properties()
                .forEach(v -> variables.put(v.getKey(), v.getValue().asText()));
        ConfigSource source = ConfigSource.of(asked.folder())
                .withBase(input.path("base_env").asText())
                .withDefaultEnvironment(input.path("default_run_env").asText())
                .withVariables(variables);
        if (input.hasNonNull("env")) {
            source = source.withEnvironment(input.path("env").asText());
        }
        for (Map.Entry<String, JsonNode> merge : input.path("merge_strategy").properties()) {
            source = source.withMerge(
                    merge.getKey(), MergeStrategy.named(merge.getValue().asText()));
        }
        for (Map.Entry<String, JsonNode> patterns :
                input.path("config_patterns").properties()) {
            source = source.withPatterns(
                    patterns.getKey(),
                    StreamSupport.stream(patterns.getValue().spliterator(), false)
                            .map(JsonNode::asText)
                            .toArray(String[]::new));
        }
        for (Map.Entry<String, JsonNode> parameter :
                input.path("runtime_params").properties()) {
            source = source.withRuntimeParameter(
                    parameter.getKey(), Golden.JSON.convertValue(parameter.getValue(), Object.class));
        }
        return source;
    }
}
