package dev.contraflow.it.golden;

import dev.contraflow.it.golden.GoldenErrors.Rule;
import java.util.List;

/** How the messages about a pipeline say what kind of mistake it is. */
final class PipelineErrors {
    static final List<Rule> RULES = List.of(
            Rule.of("INVALID_NODE_NAME", "^Invalid node name '"),
            Rule.of("INVALID_TAG", "^Invalid tag '"),
            Rule.of("INVALID_DATASET_NAME", "(^|: )Invalid dataset name '.*it needs at least one character"),
            Rule.of("BAD_TRANSCODING", "(^|: )Invalid dataset name '.*it has at most one '@'"),
            Rule.of("INVALID_NAMESPACE", "^Invalid namespace '"),
            Rule.of("NO_INPUTS_AND_OUTPUTS", "neither reads nor writes a dataset"),
            Rule.of("DUPLICATE_OUTPUT_IN_NODE", "^Node '.*' writes dataset '.*' twice\\."),
            Rule.of("INPUT_IS_OUTPUT", "reads and writes dataset"),
            Rule.of("PARAMETER_AS_OUTPUT", "writes the parameter"),
            Rule.of("DUPLICATE_NODE_NAME", "^Two nodes have the name"),
            Rule.of("TRANSCODING_MIXED", "is used both by its plain name and as a view"),
            Rule.of("DUPLICATE_OUTPUT", "^Dataset '.*' is written (by two nodes|twice by node)"),
            Rule.of("DUPLICATE_CONFIRM", "is confirmed by two nodes|confirms dataset '.*' twice"),
            Rule.of("CYCLE", "^The pipeline has a cycle:"),
            Rule.of("UNKNOWN_NODE", "^The pipeline has no node '"),
            Rule.of("UNKNOWN_DATASET", "^The pipeline has no dataset '"),
            Rule.of("UNKNOWN_NAMESPACE", "^The pipeline has no namespace '"),
            Rule.of("EMPTY_RESULT", "^No node of the pipeline is left|^The pipeline is empty: there is nothing to run"),
            Rule.of("UNKNOWN_MAPPED_NAME", "^The mapping names what the pipeline does not have"),
            Rule.of("MAPPED_PARAMETER_AS_INPUT", "is a parameter, but is mapped as an input"),
            Rule.of("MAPPED_INPUT_IS_PRODUCED", "is mapped as an input, but node"),
            Rule.of("MAPPED_OUTPUT_IS_FREE_INPUT", "is mapped as an output, but no node"),
            Rule.of("MAPPED_ONE_FORMAT_ONLY", "^The mapping names only the view"));

    private PipelineErrors() {}
}
