package dev.contraflow.it.golden;

import dev.contraflow.it.golden.GoldenErrors.Rule;
import java.util.List;

/** How the messages about a configuration say what kind of mistake it is. */
final class ConfigErrors {
    static final List<Rule> RULES = List.of(
            Rule.of("MISSING_DIRECTORY", "^No folder \\S+ "),
            Rule.of("NO_FILES", "^No files for '"),
            Rule.of("UNKNOWN_CONFIG_KEY", "no kind of configuration files '"),
            Rule.of("BAD_MERGE_STRATEGY", "no merge strategy '"),
            Rule.of("DUPLICATE_KEY", "key '[^']+' is already set at \\S+:\\d+:\\d+"),
            Rule.of("DUPLICATE_KEY_IN_FILE", "key '[^']+' is already set at line \\d+"),
            Rule.of("SEVERAL_DOCUMENTS", ": a second document begins here"),
            Rule.of(
                    "BAD_YAML",
                    "^\\S+:\\d+:\\d+: this is not valid (YAML|JSON)|: the file is not UTF-8|: the tag '|: a lone '=' has no value"),
            Rule.of("BAD_KEY", "a key is missing, or is null|are one key, since keys are texts"),
            Rule.of("NOT_A_MAPPING", ": the file must hold a map"),
            Rule.of("INCOMPATIBLE_MERGE", "cannot take its place"),
            Rule.of("GLOBALS_PRIVATE_KEY", "globals whose names begin with '_' are private"),
            Rule.of("GLOBALS_KEY_MISSING", "no value for 'globals:"),
            Rule.of("RUNTIME_PARAM_MISSING", "no value for 'runtime_params:"),
            Rule.of("INTERPOLATION_KEY_MISSING", "no value for (?!'globals:|'runtime_params:)"),
            Rule.of("ENV_VAR_MISSING", "the environment variable '[^']+' is not set"),
            Rule.of(
                    "RESOLVER_NOT_ALLOWED",
                    "unknown resolver|cannot refer to runtime parameters|is allowed in credentials\\*\\.yml only"),
            Rule.of("INTERPOLATION_CYCLE", "references in a circle"),
            Rule.of("INTERPOLATION_FAILED", "a value that is still to be given"),
            Rule.of("BAD_INTERPOLATION", "a '\\$\\{' is not closed|cannot stand inside a text|has no valid key"),
            Rule.of(
                    "BAD_OPTION",
                    "has no '='|has no name before the '='|has an empty name|has no ':'|has a bracket without its counterpart"
                            + "|cannot be set one by one"),
            Rule.of("BAD_PARAM_VALUE", "has a value that cannot be read"),
            Rule.of("INVALID_VERSION", "cannot be a version of '"),
            Rule.of("AMBIGUOUS_PARAMETER", "means this value and also the one at"));

    private ConfigErrors() {}
}
