package dev.contraflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.PipelineException;
import dev.contraflow.PipelineFilter;
import dev.contraflow.run.ResumeHint;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountTest {
    @ParameterizedTest
    @CsvSource({"0, 0 nodes", "1, 1 node", "2, 2 nodes", "21, 21 nodes"})
    void oneIsOne(long number, String text) {
        assertThat(Count.of(number, "node")).isEqualTo(text);
    }

    @Test
    void aHintOfOneNode() {
        assertThat(new ResumeHint(List.of("a"), 1, 1))
                .hasToString("To take the run up again: from node a (1 of 1 node is not done).");
        assertThat(new ResumeHint(List.of("a", "b"), 2, 3))
                .hasToString("To take the run up again: from nodes a, b (2 of 3 nodes are not done).");
    }

    @Test
    void aFilterThatHoldsForTheOnlyNode() {
        Pipeline one = Pipeline.of(
                Node.named("a").reads(DatasetRef.of("x", String.class)).runs(x -> {}));
        assertThatThrownBy(() -> one.filtered(PipelineFilter.all().tagged("b")))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining(" holds for none of its nodes. Tags: ");
    }
}
