package dev.contraflow.it.golden;

import dev.contraflow.it.golden.GoldenErrors.Rule;
import java.util.List;

/** How the messages about a run say what kind of mistake it is. */
final class RunErrors {
    private static final String KNOWN_OTHERWISE =
            "nothing has been saved yet|no such object|has no file|no version of it|"
                    + "exists already, and a version|is in the way|cannot be a version|it is not a file but a folder";

    static final List<Rule> RULES = List.of(
            Rule.of("NODE_FAILED", "^Node '[^']*' failed: "),
            Rule.of("OUTPUT_MISMATCH", "did not return what its outputs need"),
            Rule.of("NULL_OUTPUT", "returned null for dataset"),
            Rule.of("LOAD_FAILED", "^Cannot load dataset (?!.*(" + KNOWN_OTHERWISE + "))"),
            Rule.of("SAVE_FAILED", "^Cannot save dataset (?!.*(" + KNOWN_OTHERWISE + "))"),
            Rule.of("HOOK_FAILED", "^Interceptor .* failed (?!.* cannot be cast to )"),
            Rule.of("BAD_HOOK_RESULT", "^Interceptor .* failed .* cannot be cast to "),
            Rule.of("NODE_INPUTS_MISMATCH", "an interceptor replaced '.*', which the node does not read"),
            Rule.of(
                    "MISSING_INPUT",
                    "is read, but no node of the run writes it|does not exist\\. Put it there|There is no parameter '"),
            Rule.of("TRANSCODED_IN_MEMORY", "is a view, so it needs an entry"),
            Rule.of("DATASET_NOT_FOUND", "^Cannot confirm dataset .*: the catalog does not have it"),
            Rule.of("UNKNOWN_PIPELINE", " has no pipeline '"));

    private RunErrors() {}
}
