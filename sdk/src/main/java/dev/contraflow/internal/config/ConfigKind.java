package dev.contraflow.internal.config;

import dev.contraflow.config.MergeStrategy;
import java.util.List;

/**
 * One kind of configuration files: those that Kedro's loader knows, {@code storages} and {@code run}, and what a project adds.
 *
 * @param name its name in messages: {@code catalog}
 * @param patterns which files it reads, of those below an environment's folder
 * @param merge how an environment's entries replace those of base
 */
record ConfigKind(String name, List<FilePattern> patterns, MergeStrategy merge) {
    static final String GLOBALS = "globals";
    static final String CATALOG = "catalog";
    static final String PARAMETERS = "parameters";
    static final String CREDENTIALS = "credentials";
    static final String RUNTIME = "runtime parameters";

    boolean readsFile(String path) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }

    boolean isGlobals() {
        return name.equals(GLOBALS);
    }

    boolean isParameters() {
        return name.equals(PARAMETERS);
    }

    /** Whether it stands for what is given for a run, and has no files. */
    boolean isRuntime() {
        return name.equals(RUNTIME);
    }

    /** Nothing of their values is ever printed, references reach within one file only, and environment variables may be used. */
    boolean isCredentials() {
        return name.equals(CREDENTIALS);
    }

    Quoting quoting() {
        return isCredentials() ? Quoting.NOTHING : Quoting.VALUES;
    }

    /** Anchors and values for references stand below keys that begin with '_'; only parameters keep them. */
    boolean keepsKey(String key) {
        return isParameters() || !key.startsWith("_");
    }

    /** As in Kedro, files may share a map of parameters as long as they share no parameter. */
    Trees.Sharing sharing() {
        return isParameters() ? Trees.Sharing.MAPS : Trees.Sharing.NOTHING;
    }
}
