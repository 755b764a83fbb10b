package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** -(first)-> a, more -(second)-> m -(third)-> b. */
class RestoredOutputsTest {
    private static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    private static final Node FIRST = Node.named("first")
            .readsNothing()
            .writes(ref("a"), ref("more"))
            .by(() -> {
                throw new AssertionError("it is not called");
            })
            .withNamespace("part");
    private static final Node SECOND =
            Node.named("second").reads(ref("a")).writes(ref("m")).by(a -> a);
    private static final Node THIRD = Node.named("third")
            .reads(ref("m"), ref("raw"))
            .writes(ref("b"))
            .by((m, raw) -> m)
            .withConfirms(ref("raw"));
    private static final Pipeline PIPELINE = Pipeline.of(FIRST, SECOND, THIRD);

    private static RestoredOutputs restored(Map<Node, List<DatasetRef<?>>> outputs) {
        return new RestoredOutputs(PIPELINE, outputs, SpooledOutputs.NONE);
    }

    @Test
    void aStandInWritesOnlyWhatIsNotDurableAndReadsNothing() {
        Node standIn = restored(Map.of(FIRST, List.of(ref("more")))).inPlaceOf(FIRST);
        assertThat(standIn.name()).isEqualTo("part.first");
        assertThat(standIn.namespace()).isEqualTo("part");
        assertThat(standIn.inputs()).isEmpty();
        assertThat(standIn.outputs()).isEqualTo(List.of(ref("more")));
    }

    @Test
    void itComesAfterTheOthersThatItDescendsFromEvenThroughMemory() {
        RestoredOutputs both = restored(Map.of(FIRST, List.of(ref("a"), ref("more")), THIRD, List.of(ref("b"))));
        Node standIn = both.inPlaceOf(THIRD);
        assertThat(standIn.inputs()).isEqualTo(List.of(ref("a")));
        assertThat(standIn.confirms()).containsExactly(ref("raw"));
        assertThat(both.count()).isEqualTo(2);
    }

    @Test
    void othersAreLeftAsTheyAre() {
        RestoredOutputs one = restored(Map.of(FIRST, List.of(ref("a"))));
        assertThat(one.inPlaceOf(SECOND)).isSameAs(SECOND);
        assertThat(one.why(SECOND)).isEmpty();
        assertThat(one.why(FIRST)).isPresent();
    }
}
