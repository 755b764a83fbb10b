package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.run.JsonEvents;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.RunBench;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The events of runs, as lines of JSON. */
class JsonEventsTest {
    @TempDir
    Path folder;

    private static Node node(RunBench bench) {
        DatasetRef<List<String>> out = bench.file("out");
        return Node.named("make").readsNothing().writes(out).by(() -> List.of("line"));
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static JsonNode only(List<JsonNode> lines, String event) {
        List<JsonNode> found = lines.stream()
                .filter(line -> line.path("event").asText().equals(event))
                .toList();
        assertThat(found).as(event).hasSize(1);
        return found.get(0);
    }

    @Test
    void everyEventIsALineWithTheFactsOfItsRecord() throws IOException {
        Path file = folder.resolve("logs/events.jsonl");
        PipelineResult result;
        try (RunBench bench = new RunBench(folder.resolve("state"));
                JsonEvents json = JsonEvents.appendingTo(file)) {
            result = bench.run(
                    new SequentialRunner(), request -> request.withIo("plain").withListener(json), node(bench));
            assertThat(lines(file)).as("written while it is open").hasSameSizeAs(bench.events());
        }
        List<JsonNode> lines = lines(file);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("run").asText()).isEqualTo(result.runId().value());
            assertThat(line.path("at").asText()).startsWith("20").endsWith("Z");
            assertThat(line.has("runId")).isFalse();
        });
        JsonNode started = only(lines, "RunStarted");
        assertThat(started.path("runner").asText()).isEqualTo("sequential");
        assertThat(started.path("nodes")).hasSize(1);
        JsonNode durable = only(lines, "DatasetDurable");
        assertThat(durable.path("dataset").asText()).isEqualTo("out");
        assertThat(durable.path("node").asText()).isEqualTo("make");
        assertThat(durable.path("location").asText()).isEqualTo("lines at memory:///out");
        assertThat(durable.path("attempt").asInt()).isEqualTo(1);
        assertThat(durable.path("took").isNumber()).isTrue();
        assertThat(durable.path("stored").path("size").asLong()).isEqualTo(5);
        assertThat(only(lines, "RunFinished").path("state").asText()).isEqualTo("SUCCEEDED");
    }

    @Test
    void anotherRunIsAppended() throws IOException {
        Path file = folder.resolve("events.jsonl");
        List<String> runs = new ArrayList<>();
        try (RunBench bench = new RunBench(folder.resolve("state"));
                JsonEvents json = JsonEvents.appendingTo(file)) {
            Node node = node(bench);
            for (int i = 0; i < 2; i++) {
                runs.add(bench.run(
                                new SequentialRunner(),
                                request -> request.withIo("plain").withListener(json),
                                node)
                        .runId()
                        .value());
            }
        }
        assertThat(lines(file).stream().map(line -> line.path("run").asText()).distinct())
                .containsExactlyElementsOf(runs);
    }

    @Test
    void aFullDiskIsNoFailureOfTheRun() {
        AtomicInteger writes = new AtomicInteger();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                writes.incrementAndGet();
                throw new IOException("no space left");
            }
        };
        try (RunBench bench = new RunBench(folder.resolve("state"))) {
            bench.run(
                            new SequentialRunner(),
                            request -> request.withIo("plain").withListener(JsonEvents.to(full)),
                            node(bench))
                    .orElseThrow();
        }
        assertThat(writes).hasValue(1);
    }
}
