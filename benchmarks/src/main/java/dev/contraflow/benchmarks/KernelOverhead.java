package dev.contraflow.benchmarks;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a node costs beyond its own work: 10,000 nodes that add one, over datasets in memory. The whole run is measured (planning, binding,
 * nodes, result), and given per node.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 9, time = 2)
public class KernelOverhead {
    private static final int NODES = 10_000;

    /** Which I/O manager. */
    @Param({"plain", "tee"})
    public String io = "plain";

    /** Every node reads the one before it, or all read the first. */
    @Param({"chain", "fan"})
    public String shape = "chain";

    private final DataCatalog catalog = DataCatalog.builder().build();
    private final Providers providers = Providers.discover();
    private List<Node> nodes = List.of();
    private Pipeline pipeline = Pipeline.of();

    /** Makes the pipeline. */
    @Setup
    public void makePipeline() {
        List<Node> made = new ArrayList<>();
        DatasetRef<Integer> first = DatasetRef.of("d0", Integer.class);
        made.add(Node.named("n0").readsNothing().writes(first).by(() -> 0));
        DatasetRef<Integer> before = first;
        for (int i = 1; i < NODES; i++) {
            DatasetRef<Integer> next = DatasetRef.of("d" + i, Integer.class);
            made.add(Node.named("n" + i)
                    .reads(shape.equals("fan") ? first : before)
                    .writes(next)
                    .by(x -> x + 1));
            before = next;
        }
        nodes = made;
        pipeline = Pipeline.of(made);
    }

    /** A run, per node. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public PipelineResult run() {
        return new SequentialRunner()
                .run(RunRequest.of(pipeline, catalog).withProviders(providers).withIo(io))
                .orElseThrow();
    }

    /** Building and validating the pipeline, per node. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Pipeline build() {
        return Pipeline.of(nodes);
    }
}
