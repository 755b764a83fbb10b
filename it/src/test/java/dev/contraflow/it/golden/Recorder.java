package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.spi.NodeCall;
import dev.contraflow.spi.NodeInterceptor;
import dev.contraflow.spi.RunInterceptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Notes what happens in a run in the words of the corpus, and plays the listeners of a case. */
final class Recorder {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> loading = ConcurrentHashMap.newKeySet();

    /** What a case lets a listener throw. */
    private static final class HookFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HookFailed(String at) {
            super("hook fails at " + at);
        }
    }

    void note(String event) {
        events.add(event);
    }

    /** A load of the run's own; a result is loaded once more when the run is over, which is none of its events. */
    void noteLoad(String dataset, String event) {
        if (loading.contains(dataset)) {
            events.add(event);
        }
    }

    List<String> events() {
        return events;
    }

    /** The request with the listeners of a case; one without a name if the case has none. */
    RunRequest listening(RunRequest request, JsonNode hooks) {
        RunRequest with = request;
        if (!hooks.isArray()) {
            return with(request, new Hook("", hooks));
        }
        for (JsonNode hook : hooks) {
            with = with(with, new Hook(hook.path("name").asText(""), hook));
        }
        return with;
    }

    private static RunRequest with(RunRequest request, Hook hook) {
        return request.withInterceptor((NodeInterceptor) hook)
                .withInterceptor((DataInterceptor) hook)
                .withInterceptor((RunInterceptor) hook);
    }

    private final class Hook implements NodeInterceptor, DataInterceptor, RunInterceptor {
        private final String name;
        private final JsonNode script;

        Hook(String name, JsonNode script) {
            this.name = name;
            this.script = script;
        }

        @Override
        public int order() {
            return 0;
        }

        private void moment(String event) {
            moment(event, event);
        }

        private void moment(String event, String key) {
            note(name.isEmpty() ? event : event + " [" + name + "]");
            if (script.path("raise_at").asText().equals(key)) {
                throw new HookFailed(key);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // a case lets a listener return what is no map
        public Map<String, Object> beforeNode(NodeCall call) {
            moment("before_node_run " + call.node().name());
            if (script.has("result")) {
                return (Map<String, Object>) (Object) script.path("result").asText();
            }
            Map<String, Object> overrides = new LinkedHashMap<>();
            script.path("override")
                    .path(call.node().name())
                    .properties()
                    .forEach(e -> overrides.put(e.getKey(), e.getValue().asText()));
            return overrides;
        }

        @Override
        public void afterNode(NodeCall call, Map<String, Object> outputs) {
            moment("after_node_run " + call.node().name());
        }

        @Override
        public void onNodeError(NodeCall call, Throwable failure) {
            moment("on_node_error " + call.node().name());
        }

        @Override
        public void beforeLoad(DatasetRef<?> dataset, Node node) {
            loading.add(dataset.name());
            moment("before_dataset_loaded " + dataset + " " + node.name());
        }

        @Override
        public Object afterLoad(DatasetRef<?> dataset, Node node, Object value) {
            loading.remove(dataset.name());
            moment("after_dataset_loaded " + dataset + " " + node.name());
            return value;
        }

        @Override
        public Object beforeSave(DatasetRef<?> dataset, Node node, Object value) {
            moment("before_dataset_saved " + dataset + " " + node.name());
            return value;
        }

        @Override
        public void afterSave(DatasetRef<?> dataset, Node node, Object value) {
            moment("after_dataset_saved " + dataset + " " + node.name());
        }

        @Override
        public void catalogCreated(StartingRun run) throws IOException {
            moment("after_catalog_created");
            add(run, script.path("add_to_catalog"));
        }

        @Override
        public void beforeRun(StartingRun run) throws IOException {
            String nodes = run.pipeline().nodes().stream().map(Node::name).collect(Collectors.joining(","));
            moment("before_pipeline_run " + nodes, "before_pipeline_run");
            add(run, script.path("add_before_run"));
        }

        private void add(StartingRun run, JsonNode values) throws IOException {
            for (Map.Entry<String, JsonNode> entry : values.properties()) {
                MemoryDataset<String> dataset = new MemoryDataset<>(entry.getKey());
                dataset.save(entry.getValue().asText());
                run.add(DatasetRef.of(entry.getKey(), String.class), dataset);
            }
        }

        @Override
        public void afterRun(PipelineResult result) {
            moment("after_pipeline_run " + String.join(",", result.outputs()), "after_pipeline_run");
        }

        @Override
        public void onRunError(ContraflowException failure) {
            moment("on_pipeline_error");
        }
    }
}
