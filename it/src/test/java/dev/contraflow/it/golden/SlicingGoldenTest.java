package dev.contraflow.it.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.Pipeline;
import dev.contraflow.PipelineFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Parts of pipelines, and their algebra. */
class SlicingGoldenTest {
    private final Golden corpus = Golden.file("slicing.json");

    @TestFactory
    Stream<DynamicTest> slicing() {
        return corpus.tests(this::answer);
    }

    private Map<String, Object> answer(Golden.Case asked) {
        Pipeline result = result(asked.input());
        Map<String, Object> answer = PipelineAnswers.slice(result);
        if (asked.input().has("pipelines") || asked.input().path("op").asText().equals("tag")) {
            answer.put("tags", PipelineAnswers.tags(result, true));
        }
        return answer;
    }

    private Pipeline pipeline(JsonNode name) {
        return PipelineSpec.of(corpus.whole().path("pipelines").path(name.asText()));
    }

    private Pipeline result(JsonNode input) {
        String op = input.path("op").asText();
        if (input.has("pipelines")) {
            List<Pipeline> operands = new ArrayList<>();
            input.path("pipelines").forEach(name -> operands.add(pipeline(name)));
            return switch (op) {
                case "add", "or" -> operands.get(0).plus(operands.get(1));
                case "and" -> operands.get(0).and(operands.get(1));
                case "subtract" -> operands.get(0).minus(operands.get(1));
                case "sum" -> sum(operands);
                default -> throw new IllegalArgumentException(op);
            };
        }
        Pipeline whole = pipeline(input.path("pipeline"));
        return op.equals("filter")
                ? whole.filtered(filter(input.path("args")))
                : slice(whole, op, texts(input, "args"));
    }

    /** Python's sum adds one by one, and its first error is the answer; a valid sum is the same in one go. */
    private static Pipeline sum(List<Pipeline> operands) {
        Pipeline sum = operands.stream().reduce(Pipeline.of(), Pipeline::plus);
        assertThat(Pipeline.sum(operands).nodes()).isEqualTo(sum.nodes());
        return sum;
    }

    private static Pipeline slice(Pipeline whole, String op, String[] args) {
        return switch (op) {
            case "only_nodes" -> whole.onlyNodes(args);
            case "only_nodes_with_tags" -> whole.onlyTagged(args);
            case "only_nodes_with_namespaces" -> whole.onlyNamespaces(args);
            case "only_nodes_with_inputs" -> whole.onlyReading(args);
            case "only_nodes_with_outputs" -> whole.onlyWriting(args);
            case "from_nodes" -> whole.fromNodes(args);
            case "to_nodes" -> whole.toNodes(args);
            case "from_inputs" -> whole.fromInputs(args);
            case "to_outputs" -> whole.toOutputs(args);
            case "tag" -> whole.withTags(args);
            default -> throw new IllegalArgumentException(op);
        };
    }

    static PipelineFilter filter(JsonNode args) {
        return PipelineFilter.all()
                .tagged(texts(args, "tags"))
                .named(texts(args, "node_names"))
                .from(texts(args, "from_nodes"))
                .to(texts(args, "to_nodes"))
                .fromInputs(texts(args, "from_inputs"))
                .toOutputs(texts(args, "to_outputs"))
                .inNamespaces(texts(args, "node_namespaces"));
    }

    private static String[] texts(JsonNode of, String key) {
        return PipelineSpec.texts(of.path(key)).toArray(String[]::new);
    }
}
