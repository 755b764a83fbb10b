package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** raw -(first)-> a -(second, rate)-> b -(third)-> c. */
class MadeFromTest {
    private static final DatasetRef<Double> RATE = DatasetRef.parameter("rate", Double.class);
    private static final Node FIRST =
            Node.named("first").reads(ref("raw")).writes(ref("a")).by(raw -> raw);
    private static final Node SECOND =
            Node.named("second").reads(ref("a"), RATE).writes(ref("b")).by((a, rate) -> a + rate);
    private static final Node THIRD =
            Node.named("third").reads(ref("b")).writes(ref("c")).by(b -> b);
    private static final Map<String, String> INPUTS = Map.of("raw", "r1", "params:rate", "p1");
    private static final Map<String, String> BEFORE = marks("1", INPUTS, Map.of());

    private static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    private static Map<String, String> marks(String code, Map<String, String> inputs, Map<String, Integer> attempts) {
        return marks(Pipeline.of(THIRD, SECOND, FIRST), code, inputs, attempts);
    }

    private static Map<String, String> marks(
            Pipeline pipeline, String code, Map<String, String> inputs, Map<String, Integer> attempts) {
        return new MadeFrom(pipeline, RunFacts.of(code, pipeline, inputs, Set.of()))
                .all(node -> attempts.getOrDefault(node.name(), 1));
    }

    private static Map<String, String> with(String input, String mark) {
        Map<String, String> changed = new HashMap<>(INPUTS);
        changed.put(input, mark);
        return changed;
    }

    /** Fails unless just these nodes have other marks than before. */
    private static void assertChanged(Map<String, String> now, String... changed) {
        assertThat(BEFORE.keySet().stream().filter(node -> !Objects.equals(BEFORE.get(node), now.get(node))))
                .containsExactlyInAnyOrder(changed);
    }

    @Test
    void theSameFactsGiveTheSameMarkInEveryProcess() {
        assertThat(BEFORE).containsOnlyKeys("first", "second", "third");
        assertChanged(marks("1", new HashMap<>(INPUTS), Map.of()));
        assertThat(BEFORE.get("first")) // what older versions have written stays readable
                .isEqualTo("491cd672a352510ca21bb0ed0cedb080fc01f0685c823acb72b758df7a875156");
    }

    @Test
    void everyFactChangesTheMarkOfWhatDescendsFromIt() {
        assertChanged(marks("2", INPUTS, Map.of()), "first", "second", "third");
        assertChanged(marks("1", with("raw", "r2"), Map.of()), "first", "second", "third");
        assertChanged(marks("1", with("params:rate", "p2"), Map.of()), "second", "third");
    }

    @Test
    void anotherAttemptOfAParentIsAnotherParent() {
        assertChanged(marks("1", INPUTS, Map.of("first", 2)), "second", "third");
        assertChanged(marks("1", INPUTS, Map.of("second", 2)), "third");
        assertChanged(marks("1", INPUTS, Map.of("third", 2)));
    }

    @Test
    void aNodeThatReadsOrWritesSomethingElseIsAnotherOne() {
        Node other = Node.named("third").reads(ref("b"), RATE).writes(ref("c")).by((b, rate) -> b);
        assertChanged(marks(Pipeline.of(FIRST, SECOND, other), "1", INPUTS, Map.of()), "third");
    }

    @Test
    void whatIsMadeOfAnInputWithoutMarkHasNone() {
        assertThat(marks("1", with("params:rate", ""), Map.of())).containsOnlyKeys("first");
        assertThat(marks("1", Map.of("params:rate", "p1"), Map.of())).isEmpty();
    }
}
