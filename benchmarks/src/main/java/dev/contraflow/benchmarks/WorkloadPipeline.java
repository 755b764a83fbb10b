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
 * A {@link Workload} as a pipeline whose nodes wait instead of computing, and return as many bytes as they should: arrays, for which nobody can
 * vouch, so that they are encoded when the node returns. Stateless.
 */
final class WorkloadPipeline {
    private WorkloadPipeline() {}

    /** How a node takes its time. */
    interface Wait {
        /** @param time how long; zero for not at all */
        void sleep(Duration time) throws InterruptedException;
    }

    static DatasetRef<byte[]> ref(String name) {
        return DatasetRef.of(name, byte[].class);
    }

    private static List<DatasetRef<byte[]>> refs(List<String> names) {
        return names.stream().map(WorkloadPipeline::ref).toList();
    }

    static Pipeline of(RunShape shape, Wait wait) {
        return Pipeline.of(
                shape.steps().stream().map(step -> node(step, shape, wait)).toList());
    }

    private static Node node(Step step, RunShape shape, Wait wait) {
        List<DatasetRef<byte[]>> inputs = refs(step.inputs());
        List<DatasetRef<byte[]>> outputs = refs(step.outputs());
        if (outputs.isEmpty()) {
            return Node.named(step.name()).readsList(inputs).runs(read -> wait.sleep(step.compute()));
        }
        if (inputs.isEmpty()) {
            return Node.named(step.name()).readsNothing().writesList(outputs).by(() -> work(step, shape, wait));
        }
        return Node.named(step.name()).readsList(inputs).writesList(outputs).by(read -> work(step, shape, wait));
    }

    private static List<byte[]> work(Step step, RunShape shape, Wait wait) throws InterruptedException {
        wait.sleep(step.compute());
        return step.outputs().stream()
                .map(output -> new byte[size(shape, output)])
                .toList();
    }

    private static int size(RunShape shape, String dataset) {
        return Math.toIntExact(shape.sizes().getOrDefault(dataset, 0L));
    }

    private static FileDataset<byte[]> dataset(String name, Storage storage, Location root) {
        Format<byte[]> bytes = Providers.discover()
                .format("bytes")
                .orElseThrow()
                .create(ref(name).type(), FormatOptions.none());
        Location at = new Location(root.scheme(), root.authority(), root.path() + name);
        return new FileDataset<>(storage, at, bytes);
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
            MemoryDataset<byte[]> dataset = new MemoryDataset<>(input);
            dataset.save(new byte[size(shape, input)]);
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
            dataset(input, storage, root).save(new byte[size(shape, input)]);
        }
    }

    static void deleteAll(RunShape shape, Storage storage, Location root) throws IOException {
        for (String name : shape.sizes().keySet()) {
            storage.delete(new Location(root.scheme(), root.authority(), root.path() + name));
        }
    }
}
