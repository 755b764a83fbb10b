package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.run.JsonEvents;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunListener;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.spi.NodeCall;
import dev.contraflow.spi.NodeInterceptor;
import dev.contraflow.spi.RunInterceptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/hooks.md}. */
class HooksDocTest {
    static final DatasetRef<Integer> RATE = DatasetRef.of("rate", Integer.class);
    static final DatasetRef<Integer> PRICE = DatasetRef.of("price", Integer.class);
    static final Pipeline PIPELINE =
            Pipeline.of(Node.named("price").reads(RATE).writes(PRICE).by(rate -> rate * 10));

    @TempDir
    Path folder;

    /** How long the functions of nodes take. */
    static final class Times implements RunListener {
        private final Map<String, Duration> byNode = new TreeMap<>(); // listeners are called on one thread

        @Override
        public void onEvent(RunEvent event) {
            if (event instanceof RunEvent.NodeReturned returned) {
                byNode.put(returned.node(), returned.computed());
            }
        }
    }

    /** Gives the node another input. */
    static final class Doubled implements NodeInterceptor {
        @Override
        public Map<String, Object> beforeNode(NodeCall call) {
            return call.inputs().get("rate") instanceof Integer rate ? Map.of("rate", rate * 2) : Map.of();
        }
    }

    /** Refuses what is not plausible, before it is stored. */
    static final class Plausible implements DataInterceptor {
        @Override
        public int order() {
            return 100; // after the others
        }

        @Override
        public Object beforeSave(DatasetRef<?> dataset, Node node, Object value) {
            if (value instanceof Integer number && number < 0) {
                throw new IllegalArgumentException(dataset + " is " + number + ", less than nothing");
            }
            return value;
        }
    }

    /** Adds a dataset to the catalog of the run. */
    static final class WithRate implements RunInterceptor {
        @Override
        public void catalogCreated(StartingRun run) throws IOException {
            MemoryDataset<Integer> rate = new MemoryDataset<>("rate");
            rate.save(7);
            run.add(RATE, rate);
        }
    }

    private RunRequest request() {
        return RunRequest.of(PIPELINE, DataCatalog.builder().build())
                .withIo("plain")
                .withStateFolder(folder.resolve("state"));
    }

    @Test
    void theyAreAddedToARequest() {
        Times times = new Times();
        RunRequest request = request()
                .withListener(times)
                .withInterceptor(new WithRate())
                .withInterceptor(new Doubled())
                .withInterceptor(new Plausible());
        PipelineResult result = new SequentialRunner().run(request).orElseThrow();
        assertThat(result.value(PRICE)).isEqualTo(140);
        assertThat(times.byNode).containsOnlyKeys("price");
    }

    @Test
    void aRefusedValueFailsItsNode() throws IOException {
        MemoryDataset<Integer> rate = new MemoryDataset<>("rate");
        rate.save(-1);
        PipelineResult result = new SequentialRunner()
                .run(RunRequest.of(
                                PIPELINE, DataCatalog.builder().add(RATE, rate).build())
                        .withIo("plain")
                        .withStateFolder(folder.resolve("state"))
                        .withInterceptor(new Plausible()));
        assertThat(result.failures().get(0).getMessage())
                .contains("Plausible failed before the save of dataset 'price' by node 'price'", "less than nothing");
    }

    @Test
    void eventsAsLinesOfJson() throws IOException {
        try (JsonEvents events = JsonEvents.appendingTo(folder.resolve("events.jsonl"))) {
            new SequentialRunner().run(request().withListener(events).withInterceptor(new WithRate()));
        }
        List<String> lines = Files.readAllLines(folder.resolve("events.jsonl"));
        assertThat(lines).first().asString().startsWith("{\"event\":\"CatalogCreated\",\"run\":\"20");
        assertThat(lines).last().asString().contains("\"RunFinished\"", "\"SUCCEEDED\"");
    }
}
