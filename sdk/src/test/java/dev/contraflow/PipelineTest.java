package dev.contraflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final DatasetRef<String> A = DatasetRef.of("a", String.class);
    private static final DatasetRef<String> B = DatasetRef.of("b", String.class);
    private static final DatasetRef<String> C = DatasetRef.of("c", String.class);
    private static final DatasetRef<String> D = DatasetRef.of("d", String.class);

    private static Node node(String name, DatasetRef<String> from, DatasetRef<String> to) {
        return Node.named(name).reads(from).writes(to).by(x -> x);
    }

    private static final Node AB = node("ab", A, B);
    private static final Node BC = node("bc", B, C).withTags("late");
    private static final Node BD = node("bd", B, D);
    private static final Node CD = Node.named("end").reads(C, D).runs((c, d) -> {});

    private static List<String> names(Pipeline pipeline) {
        return pipeline.nodes().stream().map(Node::name).toList();
    }

    private static Set<String> refs(Set<DatasetRef<?>> refs) {
        return refs.stream().map(DatasetRef::name).collect(Collectors.toSet());
    }

    @Test
    void ordersLevelByLevelAndEachLevelByNameWhateverTheOrderGiven() {
        List<Node> nodes = new ArrayList<>(List.of(CD, BD, BC, AB));
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(nodes, new Random(seed));
            assertThat(names(Pipeline.of(nodes))).containsExactly("ab", "bc", "bd", "end");
        }
    }

    @Test
    void knowsItsInputsAndOutputs() {
        Pipeline pipeline = Pipeline.of(AB, BC, BD);
        assertThat(refs(pipeline.inputs())).containsExactly("a");
        assertThat(refs(pipeline.outputs())).containsExactlyInAnyOrder("c", "d");
        assertThat(refs(pipeline.datasets())).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void slicesByNodeTagAndDataset() {
        Pipeline all = Pipeline.of(AB, BC, BD, CD);
        assertThat(names(all.fromNodes("bc"))).containsExactly("bc", "end");
        assertThat(names(all.toNodes("bd"))).containsExactly("ab", "bd");
        assertThat(names(all.onlyNodes("bd", "ab"))).containsExactly("ab", "bd");
        assertThat(names(all.onlyTagged("late", "never"))).containsExactly("bc");
        assertThat(names(all.fromInputs("c"))).containsExactly("end");
        assertThat(names(all.toOutputs("d"))).containsExactly("ab", "bd");
        assertThat(names(all.minus(Pipeline.of(CD)))).containsExactly("ab", "bc", "bd");
        assertThat(names(Pipeline.of(AB).plus(Pipeline.of(AB, BC)))).containsExactly("ab", "bc");
    }

    @Test
    void suggestsTheNodeThatWasMeant() {
        assertThatThrownBy(() -> Pipeline.of(AB, BC).fromNodes("bcc"))
                .isInstanceOf(PipelineException.class)
                .hasMessage("The pipeline has no node 'bcc'. Did you mean 'bc'? Its nodes: ab, bc.");
        assertThatThrownBy(() -> Pipeline.of(AB).toOutputs("zz"))
                .hasMessage("The pipeline has no dataset 'zz'. Its datasets: a, b.");
    }

    @Test
    void refusesTwoWritersAndNamesBoth() {
        assertThatThrownBy(() -> Pipeline.of(AB, node("other", C, B)))
                .isInstanceOf(PipelineException.class)
                .hasMessage(
                        "Dataset 'b' is written by two nodes: 'ab' and 'other'. A dataset has one writer; give one of them"
                                + " another output.");
    }

    @Test
    void refusesACycleAndPrintsIt() {
        assertThatThrownBy(() ->
                        Pipeline.of(AB, BC, node("ca", C, A), node("before", D, DatasetRef.of("e", String.class))))
                .isInstanceOf(PipelineException.class)
                .hasMessage("The pipeline has a cycle: ab -> b -> bc -> c -> ca -> a -> ab."
                        + " Let one of these nodes write another dataset.");
    }

    @Test
    void refusesTwoTypesOfOneDataset() {
        Node reader =
                Node.named("reader").reads(DatasetRef.listOf("b", String.class)).runs(b -> {});
        assertThatThrownBy(() -> Pipeline.of(AB, reader))
                .hasMessage("Dataset 'b' is written as String by node 'ab' but read as List<String> by node 'reader'."
                        + " Use one DatasetRef for both.");
    }

    @Test
    void refusesTwoNodesOfOneNameEvenIfTheyAreEqual() {
        assertThatThrownBy(() -> Pipeline.of(AB, node("ab", C, D)))
                .hasMessage("Two nodes have the name 'ab': ab([a]) -> [b] and ab([c]) -> [d]. Give one of them another"
                        + " name, or put it below a namespace.");
        assertThatThrownBy(() -> Pipeline.of(AB, AB)).hasMessageStartingWith("Two nodes have the name 'ab'");
    }

    @Test
    void unitesEqualNodesWithTheLabelsOfBoth() {
        Pipeline left = Pipeline.of(AB.withTags("l").withConfirms(A), BC);
        Pipeline right = Pipeline.of(AB.withTags("r").withConfirms(D), BD);
        Node both = left.plus(right).node("ab");
        assertThat(both.tags()).containsExactly("l", "r");
        assertThat(refs(new java.util.HashSet<>(both.confirms()))).containsExactlyInAnyOrder("a", "d");
        assertThat(names(left.and(right))).containsExactly("ab");
        assertThat(left.and(right).node("ab").tags()).containsExactly("l", "r");
        assertThat(names(Pipeline.sum(List.of(left, right, Pipeline.of(CD))))).containsExactly("ab", "bc", "bd", "end");
    }

    @Test
    void isFilteredByAllConditionsOnTheWhole() {
        Pipeline all = Pipeline.of(AB, BC, BD, CD);
        assertThat(names(all.filtered(PipelineFilter.all().named("ab", "end").from("bc"))))
                .containsExactly("end");
        assertThatThrownBy(() -> all.filtered(PipelineFilter.all().tagged("lat")))
                .isInstanceOf(PipelineException.class)
                .hasMessageStartingWith("No node of the pipeline is left:")
                .hasMessageContaining("tags=[lat]")
                .hasMessageContaining("Tags: late. Nodes: ab, bc, bd, end.");
        assertThatThrownBy(() -> Pipeline.of().filtered(PipelineFilter.all()))
                .hasMessage("The pipeline is empty: there is nothing to run.");
    }

    @Test
    void isUsedAgainBelowANamespace() {
        Node train = Node.named("train")
                .reads(A, DatasetRef.parameter("rate", Double.class))
                .writes(B)
                .by((a, rate) -> a + rate)
                .withConfirms(A);
        Pipeline pipeline = Pipeline.of(train, BC);
        Pipeline used = pipeline.withNamespace(
                "ns", DatasetMapping.none().input("a").output("c", "final").parameter("rate", "other.rate"));
        assertThat(used.toString()).isEqualTo("""
                ns.train([a, params:other.rate]) -> [ns.b]
                ns.bc([ns.b]) -> [final]""");
        assertThat(used.node("ns.train").confirms()).containsExactly(A);
        assertThat(pipeline.withDatasets(DatasetMapping.none().input("a", "z")).toString())
                .isEqualTo("""
                train([z, params:rate]) -> [b]
                bc([b]) -> [c]""");
        assertThatThrownBy(
                        () -> pipeline.withNamespace("ns", DatasetMapping.none().input("aa")))
                .hasMessage("The mapping names what the pipeline does not have: 'aa'. Did you mean 'a'?"
                        + " The pipeline has: a, b, c, params:rate.");
        assertThatThrownBy(() -> used.onlyNodes("train"))
                .hasMessage("The pipeline has no node 'train'. Did you mean 'ns.train'? Its nodes: ns.bc, ns.train.");
    }

    @Test
    void groupsByTopNamespaceAndKnowsWhichIsInterrupted() {
        Pipeline pipeline = Pipeline.of(AB.withNamespace("ns.x"), BC, CD.withNamespace("ns"), BD);
        assertThat(pipeline.groups())
                .extracting(NodeGroup::name, NodeGroup::isNamespace, NodeGroup::dependencies)
                .containsExactly(
                        tuple("ns", true, Set.of("bc", "bd")),
                        tuple("bc", false, Set.of("ns")),
                        tuple("bd", false, Set.of("ns")));
        assertThat(pipeline.interruptedNamespaces()).containsExactly("ns");
    }

    @Test
    void saysWhatItIs() {
        Pipeline pipeline = Pipeline.of(AB, BC.withNamespace("ns"));
        assertThat(pipeline.describe()).isEqualTo("""
                Inputs: a

                ab([a]) -> [b]
                ns.bc([b]) -> [c]  #late

                Outputs: c
                """);
        assertThat(pipeline.toJson().replaceAll("\\s", ""))
                .isEqualTo(
                        "{\"pipeline\":[{\"name\":\"ab\",\"inputs\":[\"a\"],\"outputs\":[\"b\"],\"tags\":[]},"
                                + "{\"name\":\"ns.bc\",\"inputs\":[\"b\"],\"outputs\":[\"c\"],\"tags\":[\"late\"],\"namespace\":\"ns\"}]}");
        assertThat(pipeline.toMermaid()).isEqualTo("""
                flowchart TD
                  n0["ab"]
                  n1["ns.bc"]
                  d0(["a"])
                  d1(["b"])
                  d2(["c"])
                  d0 --> n0
                  n0 --> d1
                  d1 --> n1
                  n1 --> d2
                """);
    }

    @Test
    void viewsOfOneDatasetAreOneEdgeButNotBesideThePlainName() {
        Node write = Node.named("write")
                .reads(A)
                .writes(DatasetRef.of("t@csv", String.class))
                .by(x -> x);
        Node read =
                Node.named("read").reads(DatasetRef.of("t@text", String.class)).runs(x -> {});
        assertThat(names(Pipeline.of(read, write))).containsExactly("write", "read");
        Node plain = Node.named("plain").reads(DatasetRef.of("t", String.class)).runs(x -> {});
        assertThatThrownBy(() -> Pipeline.of(write, plain))
                .hasMessage("Dataset 't' is used both by its plain name and as a view ('t@...')."
                        + " Use views everywhere, or nowhere.");
    }

    @Test
    void refusesValuesThatCanBeReadOnlyOnce() {
        assertThatThrownBy(() -> DatasetRef.of("s", java.util.stream.Stream.class))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("Dataset 's' cannot have the type Stream: such a value can be read only once");
    }

    @Test
    void refusesInvalidNames() {
        assertThatThrownBy(() -> DatasetRef.of("", String.class)).hasMessageContaining("Invalid dataset name ''");
        assertThatThrownBy(() -> DatasetRef.of("a\n", String.class)).hasMessageContaining("no control characters");
        assertThatThrownBy(() -> DatasetRef.of("a@b@c", String.class)).hasMessageContaining("at most one '@', before");
        assertThatThrownBy(() -> Node.named("x y")).hasMessageContaining("Invalid node name 'x y'");
        assertThatThrownBy(() -> AB.withTags("no tag")).hasMessageContaining("Invalid tag 'no tag' of node 'ab'");
    }

    @Test
    void composedTypesEqualThoseThatJavacRecords() {
        assertThat(DatasetRef.listOf("x", String.class).type()).isEqualTo(new TypeRef<List<String>>() {});
        assertThat(new TypeRef<List<String>>() {})
                .isEqualTo(DatasetRef.listOf("x", String.class).type());
        assertThat(DatasetRef.listOf("x", String.class).type()).hasSameHashCodeAs(new TypeRef<List<String>>() {});
        assertThat(DatasetRef.parameter("a.b", double.class).type().rawType()).isEqualTo(Double.class);
    }
}
