package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetMapping;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.NodeGroup;
import dev.contraflow.Outputs;
import dev.contraflow.Pipeline;
import dev.contraflow.PipelineFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/pipelines.md}. */
class PipelinesDocTest {
    /** A row. */
    record Trip(String zone, double km) {}

    /** Two results of one function. */
    record Halves(List<Trip> near, List<Trip> far) {}

    static final DatasetRef<List<Trip>> TRIPS = DatasetRef.listOf("trips", Trip.class);
    static final DatasetRef<Double> LIMIT = DatasetRef.parameter("limit", Double.class);
    static final DatasetRef<List<Trip>> NEAR = DatasetRef.listOf("near", Trip.class);
    static final DatasetRef<List<Trip>> FAR = DatasetRef.listOf("far", Trip.class);
    static final DatasetRef<Integer> COUNT = DatasetRef.of("count", Integer.class);
    static final DatasetRef<Double> SUM = DatasetRef.of("sum", Double.class);

    private static Halves halves(List<Trip> trips, double limit) {
        return new Halves(
                trips.stream().filter(trip -> trip.km() <= limit).toList(),
                trips.stream().filter(trip -> trip.km() > limit).toList());
    }

    private static double sum(List<Trip> trips) {
        return trips.stream().mapToDouble(Trip::km).sum();
    }

    private static Node[] shapes() {
        // one output; several, named by the parts of a record; several, side by side; none
        Node count = Node.named("count").reads(TRIPS).writes(COUNT).by(List::size);
        Node split = Node.named("split")
                .reads(TRIPS, LIMIT)
                .writesParts(NEAR.from(Halves::near), FAR.from(Halves::far))
                .by(PipelinesDocTest::halves);
        Node measure =
                Node.named("measure").reads(TRIPS).writes(COUNT, SUM).by(trips -> Outputs.of(trips.size(), sum(trips)));
        Node tell = Node.named("tell").reads(COUNT).runs(n -> System.out.println(n + " trips"));
        return new Node[] {count, split, measure, tell};
    }

    private static Node[] many() {
        Map<String, DatasetRef<List<Trip>>> parts = Map.of("near", NEAR, "far", FAR);
        Node sums = Node.named("sums")
                .readsMap(parts)
                .writes(SUM)
                .by(byName -> byName.values().stream()
                        .mapToDouble(PipelinesDocTest::sum)
                        .sum());
        Node labelled = sums.withTags("nightly").withTimeLimit(Duration.ofMinutes(5));
        return new Node[] {sums, labelled};
    }

    @Test
    void nodesOfManyShapes() {
        Node[] nodes = shapes();
        assertThat(nodes[1].outputs()).extracting(DatasetRef::name).containsExactly("near", "far");
        assertThat(Pipeline.of(nodes[0], nodes[1], nodes[3]).inputs())
                .extracting(DatasetRef::name)
                .containsExactly("params:limit", "trips");
        assertThat(nodes[2].outputs()).hasSize(2);
        assertThat(many()[1].tags()).containsExactly("nightly");
    }

    private static Pipeline pipeline() {
        Node[] nodes = shapes();
        return Pipeline.of(
                nodes[1],
                many()[1],
                Node.named("count").reads(FAR).writes(COUNT).by(List::size));
    }

    @Test
    void partsAndSums() {
        Pipeline all = pipeline();
        Pipeline other = Pipeline.of(Node.named("tell").reads(COUNT).runs(n -> {}));
        Pipeline both = all.plus(other); // minus, and, Pipeline.sum
        Pipeline upTo = all.toOutputs("sum"); // fromInputs, fromNodes, toNodes
        Pipeline some = all.onlyTagged("nightly", "weekly"); // one of them is enough; onlyNodes, onlyNamespaces
        Pipeline few = all.filtered(PipelineFilter.all().tagged("nightly").toOutputs("sum")); // all conditions at once
        assertThat(both.nodes()).hasSize(4);
        assertThat(upTo.nodes()).extracting(Node::name).containsExactly("split", "sums");
        assertThat(some.nodes()).extracting(Node::name).containsExactly("sums");
        assertThat(few.nodes()).extracting(Node::name).containsExactly("sums");
    }

    @Test
    void usedAgain() {
        Pipeline all = pipeline();
        Pipeline north = all.withNamespace(
                "north",
                DatasetMapping.none()
                        .input("trips", "northern_trips")
                        .parameter("limit")
                        .output("sum"));
        List<NodeGroup> groups = north.groups(); // one for each top namespace, with what it needs
        assertThat(north.inputs()).extracting(DatasetRef::name).containsExactly("northern_trips", "params:limit");
        assertThat(north.outputs()).extracting(DatasetRef::name).containsExactly("north.count", "sum");
        assertThat(groups).extracting(NodeGroup::name).containsExactly("north");
    }

    @Test
    void looks() {
        Pipeline all = pipeline();
        List<String> shown = new ArrayList<>();
        shown.add(all.describe()); // a line for each node, in order
        shown.add(all.toJson()); // in the form of Kedro's to_json
        shown.add(all.toMermaid()); // to be drawn
        assertThat(shown.get(0)).contains("split([trips, params:limit]) -> [near, far]");
        assertThat(shown.get(1)).startsWith("{");
        assertThat(shown.get(2)).startsWith("flowchart TD");
    }
}
