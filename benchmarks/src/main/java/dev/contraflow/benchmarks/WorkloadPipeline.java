package dev.contraflow.benchmarks;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.RunShape;
import dev.contraflow.run.RunShape.Step;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A {@link Workload} as a pipeline whose nodes wait instead of computing, and return as many bytes as they should: as text, which
 * nobody can change, as is usual for what JVM nodes return (records, strings, lists of such). Stateless.
 */
final class WorkloadPipeline {
    private static final Format<String> TEXT =
            Providers.discover().format("text").orElseThrow().create(ref("any").type(), FormatOptions.none());

    private WorkloadPipeline() {}

    /** How a node takes its time. */
    interface Wait {
        /** @param time how long; zero for not at all */
        void sleep(Duration time) throws InterruptedException;
    }

    static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    private static List<DatasetRef<String>> refs(List<String> names) {
        return names.stream().map(WorkloadPipeline::ref).toList();
    }

    static Pipeline of(RunShape shape, Wait wait) {
        return Pipeline.of(
                shape.steps().stream().map(step -> node(step, shape, wait)).toList());
    }

    private static Node node(Step step, RunShape shape, Wait wait) {
        List<DatasetRef<String>> inputs = refs(step.inputs());
        List<DatasetRef<String>> outputs = refs(step.outputs());
        if (outputs.isEmpty()) {
            return Node.named(step.name()).readsList(inputs).runs(read -> wait.sleep(step.compute()));
        }
        if (inputs.isEmpty()) {
            return Node.named(step.name()).readsNothing().writesList(outputs).by(() -> work(step, shape, wait));
        }
        return Node.named(step.name()).readsList(inputs).writesList(outputs).by(read -> work(step, shape, wait));
    }

    private static List<String> work(Step step, RunShape shape, Wait wait) throws InterruptedException {
        wait.sleep(step.compute());
        return step.outputs().stream().map(output -> text(shape, output)).toList();
    }

    private static String text(RunShape shape, String dataset) {
        return "x".repeat(Math.toIntExact(shape.sizes().getOrDefault(dataset, 0L)));
    }

    private static FileDataset<String> dataset(String name, Storage storage, Location root) {
        Location at = new Location(root.scheme(), root.authority(), root.path() + name);
        return new FileDataset<>(storage, at, TEXT);
    }

    /** The same with the steps in the order in which a pipeline runs them. */
    static RunShape inTheOrderOf(Pipeline pipeline, RunShape shape) {
        Map<String, Step> byName = new HashMap<>();
        shape.steps().forEach(step -> byName.put(step.name(), step));
        List<Step> ordered = pipeline.nodes().stream()
                .map(node -> Objects.requireNonNull(byName.get(node.name())))
                .toList();
        return new RunShape(ordered, shape.sizes(), shape.inMemory(), shape.store(), shape.memory(), shape.lanes());
    }

    /** All datasets live in memory, inputs too. */
    static DataCatalog inMemory(RunShape shape) {
        DataCatalog.Builder catalog = DataCatalog.builder();
        for (String input : shape.inputs()) {
            MemoryDataset<String> dataset = new MemoryDataset<>(input);
            dataset.save(text(shape, input));
            catalog.add(ref(input), dataset);
        }
        return catalog.build();
    }

    /** Each dataset is an object under the root, whose path ends with a slash. */
    static DataCatalog catalog(RunShape shape, Storage storage, Location root) {
        DataCatalog.Builder catalog = DataCatalog.builder();
        shape.sizes().keySet().forEach(name -> catalog.add(ref(name), dataset(name, storage, root)));
        return catalog.build();
    }

    static void putInputs(RunShape shape, Storage storage, Location root) throws IOException {
        for (String input : shape.inputs()) {
            dataset(input, storage, root).save(text(shape, input));
        }
    }
}
