package dev.contraflow.it.golden;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a pipeline says about itself. */
class PipelinesGoldenTest {
    @TestFactory
    Stream<DynamicTest> pipelines() {
        return Golden.file("pipelines.json")
                .tests(asked ->
                        PipelineAnswers.whole(PipelineSpec.of(asked.input().path("pipeline"))));
    }
}
