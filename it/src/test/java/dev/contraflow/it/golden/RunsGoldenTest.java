package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs, event by event. A dataset that a node reads twice is loaded once here, a failed node lets go of what it has read, and interceptors do
 * not see the null that a node returned; the lists of events are compared without the second load, those releases, and the begin of that save.
 */
class RunsGoldenTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> runs() {
        return Golden.file("runs.json")
                .without(
                        "streaming",
                        "chunks of a generator are saves of their own in Kedro; Rows are one save of one value here")
                .tests(this::answer);
    }

    private Object answer(Golden.Case asked) throws IOException {
        return new OneRun(asked, Files.createTempDirectory(folder, "case")).answer();
    }

    /** One case. */
    private static final class OneRun {
        private final Golden.Case asked;
        private final Path root;
        private final Recorder recorder = new Recorder();
        private final RecordedDatasets datasets = new RecordedDatasets(recorder);
        private final NodeFunctions functions;
        private final Pipeline pipeline;
        private final Map<String, String> locations = new LinkedHashMap<>();

        OneRun(Golden.Case asked, Path root) {
            this.asked = asked;
            this.root = root;
            this.functions = new NodeFunctions(asked.input().path("behaviour"), recorder);
            this.pipeline = new PipelineSpec(PipelineSpec::anything, functions)
                    .pipeline(asked.input().path("pipeline"));
        }

        Object answer() throws IOException {
            Map<String, Object> answer = new LinkedHashMap<>();
            try (DataCatalog catalog = catalog()) {
                PipelineResult result = runner().run(request(catalog));
                if (result.failures().isEmpty()) {
                    answer.put("outputs", outputs(result));
                } else {
                    answer.putAll(GoldenErrors.of(result.failures().get(0)));
                    answer.put("resume", resume(result));
                }
            } catch (ContraflowException e) {
                answer.putAll(GoldenErrors.of(e));
            }
            boolean isThreaded = asked.input().path("runner").asText().equals("thread");
            answer.put("ran", isThreaded ? new TreeSet<>(functions.ran()) : functions.ran());
            answer.put("stored", new TreeMap<>(datasets.stored()));
            if (!isThreaded) {
                answer.put("events", events(answer.containsKey("error")));
            }
            return answer;
        }

        private PipelineRunner runner() {
            return asked.input().path("runner").asText().equals("thread") ? new ThreadRunner() : new SequentialRunner();
        }

        private RunRequest request(DataCatalog catalog) {
            RunRequest request = RunRequest.of(pipeline, catalog)
                    .withIo(asked.input().path("async").asBoolean() ? "async" : "plain")
                    .withStateFolder(root.resolve("state"));
            request = recorder.listening(request, asked.input().path("hooks")).withInterceptor(functions);
            return asked.input().path("only_missing_outputs").asBoolean() ? request.onlyMissing() : request;
        }

        private DataCatalog catalog() throws IOException {
            ObjectNode entries = Golden.JSON.createObjectNode();
            Map<String, JsonNode> parameters = new LinkedHashMap<>();
            asked.input().path("catalog").properties().forEach(e -> {
                if (DatasetRef.of(e.getKey(), Object.class).isParameter()) {
                    parameters.put(e.getKey(), e.getValue().path("data"));
                } else {
                    entries.set(e.getKey(), entry(e.getKey(), e.getValue()));
                }
            });
            writtenAndUnknown(entries)
                    .forEach(name ->
                            entries.putObject(name).put("type", "recorded").put("kind", "memory"));
            Files.createDirectories(root.resolve("conf/base"));
            Files.createDirectories(root.resolve("conf/local"));
            Files.writeString(root.resolve("conf/base/catalog.json"), entries.toString());
            Providers providers = Providers.builder()
                    .dataset(datasets.leaf())
                    .dataset(datasets.around())
                    .build();
            DataCatalog.Builder catalog = DataCatalog.builder(Config.load(ConfigSource.of(root)), providers);
            parameters.forEach((name, value) -> catalog.add(
                    PipelineSpec.anything(name),
                    datasets.holding(name, Golden.JSON.convertValue(value, Object.class))));
            return catalog.build();
        }

        private JsonNode entry(String name, JsonNode spec) {
            Map<String, Object> options = new LinkedHashMap<>();
            spec.properties().forEach(e -> {
                if (!e.getKey().equals("append")) {
                    options.put(e.getKey(), Golden.JSON.convertValue(e.getValue(), Object.class));
                }
            });
            if (!spec.path("kind").asText().equals("memory")) {
                String location = spec.path("location").asText(name);
                locations.put(name, location);
                if (spec.has("data")) {
                    datasets.stored().put(location, spec.path("data").asText());
                    options.remove("data");
                }
            }
            return Golden.tree(RecordedDatasets.entry(options));
        }

        /** They would live in memory all the same; as entries they note what is done with them. Views must not be helped so. */
        private Set<String> writtenAndUnknown(ObjectNode entries) {
            Set<String> patterns = new HashSet<>();
            entries.fieldNames().forEachRemaining(name -> {
                if (name.contains("{")) {
                    patterns.add(name.replaceAll("\\{\\w+\\}", ".+").replaceAll("^\\.\\+$", ".+"));
                }
            });
            Set<String> unknown = new TreeSet<>();
            for (Node node : pipeline.nodes()) {
                node.outputs().stream()
                        .map(DatasetRef::name)
                        .filter(name -> !entries.has(name) && !name.contains("@"))
                        .filter(name -> patterns.stream().noneMatch(name::matches))
                        .forEach(unknown::add);
            }
            return unknown;
        }

        private Map<String, Object> outputs(PipelineResult result) {
            Map<String, Object> outputs = new TreeMap<>();
            for (String name : result.outputs()) {
                Object there = datasets.stored().get(locations.getOrDefault(name, name));
                outputs.put(name, there != null ? there : result.value(PipelineSpec.anything(name)));
            }
            return outputs;
        }

        private static Map<String, Object> resume(PipelineResult result) {
            boolean nothingRan =
                    result.nodes().values().stream().noneMatch(node -> node.state() == NodeResult.State.COMPLETED);
            return result.resume()
                    .filter(hint -> !nothingRan)
                    .map(hint -> Map.<String, Object>of(
                            "remaining", hint.remaining(), "from_nodes", new TreeSet<>(hint.fromNodes())))
                    .orElse(Map.of("nothing_ran", true));
        }

        /** The listener's words for the run as a whole are not in this file. */
        private Object events(boolean failed) {
            List<String> noted = recorder.events().stream()
                    .filter(event -> !event.contains("_pipeline_") && !event.startsWith("after_catalog_created"))
                    .toList();
            JsonNode whole = asked.expected().path("events");
            ArrayNode expected = EventLists.projected(whole, event -> true);
            if (asked.expected().path("error").asText().equals("NULL_OUTPUT")) {
                expected = EventLists.withoutSaveOfNull(expected);
            }
            return EventLists.matches(expected, failed ? EventLists.withoutLastReleases(noted) : noted) ? whole : noted;
        }
    }
}
