package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Pipeline;
import dev.contraflow.PipelineFilter;
import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs of a project, over real files. Kedro's context, which is made before any file is read, has no counterpart here; and a stored input
 * is looked for before the first node, so that its load is not begun.
 */
class ProjectsGoldenTest {
    private static final Set<String> KEPT = Set.of(
            "after_catalog_created",
            "before_pipeline_run",
            "after_pipeline_run",
            "on_pipeline_error",
            "before_node_run",
            "after_node_run",
            "on_node_error",
            "before_dataset_loaded",
            "after_dataset_saved");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> projects() {
        return Golden.file("projects.json").tests(this::answer);
    }

    private Object answer(Golden.Case asked) throws IOException {
        return new OneProject(asked, Files.createTempDirectory(folder, "case")).answer();
    }

    /** One case. */
    private static final class OneProject implements Project {
        private final Golden.Case asked;
        private final Path root;
        private final Recorder recorder = new Recorder();
        private final NodeFunctions functions;

        OneProject(Golden.Case asked, Path root) {
            this.asked = asked;
            this.root = root;
            this.functions = new NodeFunctions(asked.input().path("behaviour"), recorder);
        }

        @Override
        public Path root() {
            return root;
        }

        @Override
        public Map<String, Pipeline> pipelines() {
            Map<String, Pipeline> pipelines = new LinkedHashMap<>();
            PipelineSpec spec = new PipelineSpec(this::ref, functions);
            asked.input()
                    .path("pipelines")
                    .properties()
                    .forEach(e -> pipelines.put(e.getKey(), spec.pipeline(e.getValue())));
            return pipelines;
        }

        /** What stands in text files is text; parameters and JSON may be anything. */
        @SuppressWarnings("unchecked") // the functions take whatever they get, and return texts
        private DatasetRef<Object> ref(String name) {
            DatasetRef<?> ref = DatasetRef.of(name, Object.class);
            String catalog =
                    asked.input().path("files").path("conf/base/catalog.yml").asText();
            boolean isJson = catalog.contains(name + ":\n  type: json.JSONDataset");
            return (DatasetRef<Object>) (ref.isParameter() || isJson ? ref : DatasetRef.of(name, String.class));
        }

        Object answer() throws IOException {
            for (Map.Entry<String, JsonNode> file : asked.input().path("files").properties()) {
                Path path = root.resolve(file.getKey());
                Files.createDirectories(Objects.requireNonNull(path.getParent()));
                Files.writeString(path, file.getValue().asText());
            }
            Files.createDirectories(root.resolve("conf/base"));
            Files.createDirectories(root.resolve("conf/local"));
            Map<String, Object> answer = new LinkedHashMap<>();
            String version = "none";
            try {
                PipelineResult result = new SequentialRunner().run(request());
                version = result.runId().value();
                if (result.failures().isEmpty()) {
                    answer.put("outputs", outputs(result));
                } else {
                    answer.putAll(GoldenErrors.of(result.failures().get(0)));
                }
            } catch (ContraflowException e) {
                answer.putAll(GoldenErrors.of(e));
            }
            answer.put("ran", functions.ran());
            answer.put("data_after", data(version));
            answer.put("events", events());
            return answer;
        }

        private RunRequest request() {
            JsonNode run = asked.input().path("run");
            ConfigSource source = ConfigSource.of(root);
            if (asked.input().path("env").isTextual()) {
                source = source.withEnvironment(asked.input().path("env").asText());
            }
            List<String> names = PipelineSpec.texts(run.path("pipeline_names"));
            RunRequest request = RunRequest.of(
                            this, names.isEmpty() ? List.of(RunRequest.DEFAULT_PIPELINE) : names, source)
                    .withIo("plain");
            request = recorder.listening(request, asked.input().path("hooks")).withInterceptor(functions);
            for (Map.Entry<String, JsonNode> parameter :
                    asked.input().path("runtime_params").properties()) {
                request = request.withParameter(
                        parameter.getKey(), Golden.JSON.convertValue(parameter.getValue(), Object.class));
            }
            for (Map.Entry<String, JsonNode> pinned : run.path("load_versions").properties()) {
                request = request.withLoadVersion(
                        pinned.getKey(), pinned.getValue().asText());
            }
            if (run.path("only_missing_outputs").asBoolean()) {
                request = request.onlyMissing();
            }
            return request.filtered(filter(run));
        }

        private static PipelineFilter filter(JsonNode run) {
            return PipelineFilter.all()
                    .tagged(texts(run, "tags"))
                    .named(texts(run, "node_names"))
                    .from(texts(run, "from_nodes"))
                    .to(texts(run, "to_nodes"))
                    .fromInputs(texts(run, "from_inputs"))
                    .toOutputs(texts(run, "to_outputs"))
                    .inNamespaces(texts(run, "namespaces"));
        }

        private static String[] texts(JsonNode run, String key) {
            return PipelineSpec.texts(run.path(key)).toArray(String[]::new);
        }

        private Map<String, Object> outputs(PipelineResult result) {
            Map<String, Object> outputs = new TreeMap<>();
            try (DataCatalog catalog = DataCatalog.load(Config.load(source()), Providers.discover())) {
                for (String name : result.outputs()) {
                    DatasetResult became =
                            Objects.requireNonNull(result.datasets().get(name));
                    boolean isInMemory = became.state() == DatasetResult.State.IN_MEMORY;
                    outputs.put(name, isInMemory ? result.value(ref(name)) : catalog.load(ref(name)));
                }
            }
            return outputs;
        }

        private ConfigSource source() {
            ConfigSource source = ConfigSource.of(root);
            return asked.input().path("env").isTextual()
                    ? source.withEnvironment(asked.input().path("env").asText())
                    : source;
        }

        /** All files below data/, the version of this run as the corpus writes it. */
        private Map<String, String> data(String version) throws IOException {
            Map<String, String> texts = new TreeMap<>();
            if (!Files.exists(root.resolve("data"))) {
                return texts;
            }
            try (Stream<Path> files = Files.walk(root.resolve("data"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = root.relativize(file).toString().replace(version, "<generated>");
                    texts.put(name, Files.readString(file));
                }
            }
            return texts;
        }

        private Object events() {
            List<String> noted = recorder.events().stream()
                    .filter(event -> KEPT.contains(event.split(" ", 2)[0]))
                    .toList();
            JsonNode whole = asked.expected().path("events");
            JsonNode expected = EventLists.projected(whole, event -> !event.startsWith("after_context_created"));
            String error = asked.expected().path("error").asText();
            if (error.equals("FILE_NOT_FOUND")) { // found before the first node, not by its load
                expected = EventLists.projected(expected, event -> !event.startsWith("before_dataset_loaded"));
            }
            if (error.equals("UNKNOWN_ARGUMENT")) { // found when the catalog is made, also in entries that nobody uses
                expected = Golden.JSON.createArrayNode();
            }
            return EventLists.matches(expected, noted) ? whole : noted;
        }
    }
}
