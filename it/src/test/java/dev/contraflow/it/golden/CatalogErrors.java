package dev.contraflow.it.golden;

import dev.contraflow.it.golden.GoldenErrors.Rule;
import java.util.List;

/** How the messages about a catalog say what kind of mistake it is. */
final class CatalogErrors {
    static final List<Rule> RULES = List.of(
            Rule.of("INVALID_PATTERN", "is not a dataset pattern"),
            Rule.of("UNKNOWN_PLACEHOLDER", "\\} is not a placeholder of the pattern '"),
            Rule.of("MULTIPLE_CATCH_ALL", "' both match every name"),
            Rule.of("NOT_A_DATASET_CONFIG", "must be a map with a 'type'"),
            Rule.of("MISSING_TYPE", "needs the key 'type'"),
            Rule.of("UNKNOWN_TYPE", "'type' in '[^']*' is '[^']*', (which is not known|a type of Kedro)"),
            Rule.of("UNKNOWN_ARGUMENT", ": unknown key '[^']*' in '"),
            Rule.of("UNKNOWN_CREDENTIALS", "which no credentials\\*\\.yml of the environment"),
            Rule.of("UNKNOWN_LOAD_VERSION_KEY", "A version to load is given for dataset '"),
            Rule.of("DATASET_NOT_FOUND", "There is no dataset '[^']*' in the catalog"),
            Rule.of("VERSION_EXISTS", "exists already, and a version is never replaced"),
            Rule.of("INVALID_VERSION", "' cannot be a version: "),
            Rule.of("UNVERSIONED_FILE_IN_THE_WAY", "a file without versions is in the way"),
            Rule.of("NO_VERSION_FOUND", "no version of it is stored"),
            Rule.of("FILE_NOT_FOUND", "' has no file|that version has no file|no such object"),
            Rule.of("IS_A_DIRECTORY", "it is not a file but a folder"),
            Rule.of("NOT_SAVED_YET", "nothing has been saved yet"),
            Rule.of("CONFIRM_UNSUPPORTED", "cannot be confirmed"));

    private CatalogErrors() {}
}
