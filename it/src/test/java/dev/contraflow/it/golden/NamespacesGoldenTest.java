package dev.contraflow.it.golden;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Pipelines used again under a namespace. */
class NamespacesGoldenTest {
    @TestFactory
    Stream<DynamicTest> namespaces() {
        return Golden.file("namespaces.json")
                .tests(asked ->
                        PipelineAnswers.used(PipelineSpec.of(asked.input().path("pipeline"))));
    }
}
