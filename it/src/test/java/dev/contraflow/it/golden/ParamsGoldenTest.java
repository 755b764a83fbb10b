package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.OptionTexts;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.it.golden.Golden.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Texts of options and parameters of projects mean what they mean to Kedro. */
class ParamsGoldenTest {
    @TempDir
    Path folder;

    private int projects;

    @TestFactory
    Stream<DynamicTest> params() {
        return Golden.file("params.json").tests(this::answer);
    }

    private Map<String, @Nullable Object> answer(Case asked) throws IOException {
        JsonNode input = asked.input();
        if (!input.has("option")) {
            return parameters(input);
        }
        String text = input.path("text").asText();
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put(
                "value",
                switch (input.path("option").asText()) {
                    case "--params" ->
                        GoldenValues.of(new ConfigValue(OptionTexts.parameters(text), SourcePosition.code()).plain());
                    case "--load-versions" -> OptionTexts.loadVersions(text);
                    case "--nodes" -> OptionTexts.nodes(text);
                    case "--tags" -> OptionTexts.names(text);
                    default ->
                        throw new IllegalStateException(input.path("option").asText());
                });
        return answer;
    }

    private Map<String, @Nullable Object> parameters(JsonNode input) throws IOException {
        Path root = folder.resolve("project" + projects++);
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
        for (Map.Entry<String, JsonNode> file : input.path("files").properties()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, file.getValue().asText());
        }
        ConfigSource source = ConfigSource.of(root)
                .withVariables(Map.of())
                .withRuntimeParameters(input.path("params").asText());
        Config config = Config.load(
                input.hasNonNull("env")
                        ? source.withEnvironment(input.path("env").asText())
                        : source);
        Map<String, @Nullable Object> inputs = new LinkedHashMap<>();
        config.parametersByName().forEach((name, value) -> inputs.put(name, GoldenValues.of(value.plain())));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("parameters", GoldenValues.of(config.parameters().plain()));
        answer.put("inputs", inputs);
        return answer;
    }
}
