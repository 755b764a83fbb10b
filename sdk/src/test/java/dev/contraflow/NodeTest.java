package dev.contraflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeTest {
    private static final DatasetRef<String> A = DatasetRef.of("a", String.class);
    private static final DatasetRef<Integer> B = DatasetRef.of("b", Integer.class);
    private static final DatasetRef<String> X = DatasetRef.of("x", String.class);
    private static final DatasetRef<String> Y = DatasetRef.of("y", String.class);

    record Two(String left, String right) {}

    @Test
    void callsFunctionsOfEveryShape() throws Exception {
        assertThat(Node.named("n").readsNothing().writes(X).by(() -> "v").call(new Object[0]))
                .containsExactly("v");
        assertThat(Node.named("n").reads(A, B).writes(X).by((a, b) -> a + b).call(new Object[] {"v", 1}))
                .containsExactly("v1");
        assertThat(Node.named("n")
                        .reads(A)
                        .writes(X, B)
                        .by(a -> Outputs.of(a, 2))
                        .call(new Object[] {"v"}))
                .containsExactly("v", 2);
        assertThat(Node.named("n")
                        .reads(A)
                        .writesParts(X.from(Two::left), Y.from(Two::right))
                        .by(a -> new Two(a + "l", a + "r"))
                        .call(new Object[] {"v"}))
                .containsExactly("vl", "vr");
        assertThat(Node.named("n")
                        .reads(A)
                        .writesList(List.of(X, Y))
                        .by(a -> List.of("1", "2"))
                        .call(new Object[] {"v"}))
                .containsExactly("1", "2");
        assertThat(Node.named("n")
                        .reads(A)
                        .writesMap(Map.of("k", X))
                        .by(a -> Map.of("k", "w"))
                        .call(new Object[] {"v"}))
                .containsExactly("w");
        StringBuilder seen = new StringBuilder();
        assertThat(Node.named("n")
                        .reads(A, A, A, A, A, A, A, A)
                        .runs((a, b, c, d, e, f, g, h) -> seen.append(a).append(h))
                        .call(new Object[] {"1", "", "", "", "", "", "", "8"}))
                .isEmpty();
        assertThat(seen).hasToString("18");
    }

    @Test
    void keepsTheExceptionOfTheFunctionUntouchedAsTheCause() {
        IllegalStateException own = new IllegalStateException("boom");
        Node node = Node.named("n").reads(A).writes(X).by(a -> {
            throw own;
        });
        assertThatThrownBy(() -> node.call(new Object[] {"v"}))
                .isInstanceOf(NodeException.class)
                .hasMessage("Node 'n' failed: java.lang.IllegalStateException: boom")
                .cause()
                .isSameAs(own);
    }

    @Test
    void refusesWhatIsNotWhatTheOutputsNeed() {
        Map<String, String> wrongKey = new HashMap<>(Map.of("other", "v"));
        assertThatThrownBy(() -> Node.named("n")
                        .reads(A)
                        .writesMap(Map.of("k", X))
                        .by(a -> wrongKey)
                        .call(new Object[] {"v"}))
                .hasMessage("Node 'n' did not return what its outputs need: it returned a map with the keys [other],"
                        + " not with [k]");
        assertThatThrownBy(() -> Node.named("n")
                        .reads(A)
                        .writesList(List.of(X, Y))
                        .by(a -> List.of("1"))
                        .call(new Object[] {"v"}))
                .hasMessage("Node 'n' did not return what its outputs need: it returned a list of 1, not of 2: x, y");
    }

    @Test
    void leavesItToTheRunToRefuseNull() throws Exception {
        assertThat(Node.named("n")
                        .reads(A)
                        .writesParts(X.from(Two::left), Y.from((Two two) -> nothing()))
                        .by(a -> new Two("l", "r"))
                        .call(new Object[] {"v"}))
                .containsExactly("l", null);
        assertThat(Node.named("n").reads(A).writes(X).by(a -> nothing()).call(new Object[] {"v"}))
                .containsExactly((Object) null);
    }

    @Test
    void readsAnyNumberOfDatasetsAsAListOrAMap() throws Exception {
        Node list = Node.named("n").readsList(List.of(X, Y, X)).writes(A).by(values -> String.join("+", values));
        assertThat(list.call(new Object[] {"1", "2", "1"})).containsExactly("1+2+1");
        assertThat(list.inputForm()).isEqualTo(Node.Form.LIST);
        Node map = Node.named("n").readsMap(Map.of("k", X)).writes(A).by(values -> values.get("k") + values.size());
        assertThat(map.call(new Object[] {"1"})).containsExactly("11");
        assertThat(map.inputKeys()).containsExactly("k");
        assertThatThrownBy(() ->
                        Node.named("n").readsList(List.of(X)).runs(List::clear).call(new Object[] {"1"}))
                .isInstanceOf(NodeException.class);
    }

    @Test
    void isEqualByNameInputsAndOutputsInTheirForm() {
        Node node = Node.named("n").reads(A).writes(X).by(a -> a);
        assertThat(node)
                .isEqualTo(Node.named("n").reads(A).writes(X).by(a -> a + "!"))
                .hasSameHashCodeAs(Node.named("n").reads(A).writes(X).by(a -> a + "!"))
                .isEqualTo(node.withTags("t").withConfirms(A).withTimeLimit(Duration.ofSeconds(1)))
                .isNotEqualTo(node.withNamespace("ns"))
                .isNotEqualTo(Node.named("n").readsList(List.of(A)).writes(X).by(a -> "v"))
                .isNotEqualTo(Node.named("n").reads(A).writesList(List.of(X)).by(List::of))
                .isNotEqualTo(Node.named("n").reads(A).writes(Y).by(a -> a));
    }

    @Test
    void hasANamespaceBeforeItsName() {
        Node node =
                Node.named("n").reads(A).writes(X).by(a -> a).withNamespace("b").withNamespace("a");
        assertThat(node.name()).isEqualTo("a.b.n");
        assertThat(node.shortName()).isEqualTo("n");
        assertThat(node.namespace()).isEqualTo("a.b");
        assertThat(node.withNamespace("")).isSameAs(node);
        assertThatThrownBy(() -> node.withNamespace("a..b"))
                .hasMessage("Invalid namespace 'a..b': use parts of letters, digits, '_' and '-', with single dots"
                        + " between them.");
    }

    @SuppressWarnings("NullAway") // users' code is not null-checked: this is what it may do
    private static String nothing() {
        return null;
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // what unchecked code of a user may do
    void refusesAValueOfAnotherClassThanTheRefSays() throws Exception {
        DatasetRef raw = DatasetRef.of("x", Integer.class);
        Node node = Node.named("n").reads(A).writes((DatasetRef<String>) raw).by(a -> a);
        assertThatThrownBy(() -> node.call(new Object[] {"v"}))
                .isInstanceOf(NodeException.class)
                .hasMessage("Node 'n' returned a java.lang.String for dataset 'x', which is a Integer.");
    }

    @Test
    void refusesMisuseWhenTheNodeIsMade() {
        assertThatThrownBy(() -> Node.named("n").reads(A).writes(A).by(a -> a))
                .isInstanceOf(PipelineException.class)
                .hasMessage("Node 'n' reads and writes dataset 'a'. Write a dataset of another name.");
        assertThatThrownBy(() -> Node.named("n")
                        .reads(A)
                        .writes(DatasetRef.parameter("p", String.class))
                        .by(a -> a))
                .hasMessage("Node 'n' writes the parameter 'params:p'. Parameters come from the configuration;"
                        + " write a dataset instead.");
        assertThatThrownBy(
                        () -> Node.named("n").reads(A).writesList(List.of(X, X)).by(a -> List.of("1", "2")))
                .hasMessage("Node 'n' writes dataset 'x' twice. Give each output a dataset of its own.");
        assertThatThrownBy(() ->
                        Node.named("n").readsList(List.<DatasetRef<String>>of()).runs(all -> {}))
                .hasMessage("Node 'n' neither reads nor writes a dataset, so nothing says when it runs."
                        + " Let it read or write one.");
        Node node = Node.named("n").reads(A).writes(X).by(a -> a);
        assertThatThrownBy(() -> node.withConfirms(A).withConfirms(DatasetRef.of("a@view", String.class)))
                .hasMessage("Node 'n' confirms dataset 'a' twice. A dataset is confirmed once in a pipeline.");
        assertThatThrownBy(() -> node.withTimeLimit(Duration.ZERO))
                .hasMessage("The time limit of node 'n' is PT0S. Give it more than zero.");
    }
}
