package dev.contraflow;

import dev.contraflow.config.ConfigSource;
import dev.contraflow.internal.run.CodeVersion;
import java.nio.file.Path;
import java.util.Map;

/**
 * The entry from which a run can be built: here, or again on another machine, by the name of its class. So an implementation has a public
 * constructor without parameters, and gives equal pipelines each time.
 */
public interface Project {
    /** @return the project's pipelines by name */
    Map<String, Pipeline> pipelines();

    /** @return the project's root folder, which holds {@code conf/}; by default the working directory */
    default Path root() {
        return Path.of("");
    }

    /**
     * How the project's configuration is read. A project overrides this to name its environments otherwise, to merge them softly, to add
     * kinds of files or resolvers; what a run chooses comes on top.
     *
     * @return by default that of the project's root folder
     */
    default ConfigSource configuration() {
        return ConfigSource.of(root());
    }

    /**
     * The version of the project's code. A run that is resumed uses nothing that other code has made.
     *
     * @return by default a mark of all classes in the jar or folder that the project's own class comes from; a project whose nodes stand
     *     elsewhere gives a version of its own. Empty means that nobody knows: then all code counts as the same
     */
    default String codeVersion() {
        return CodeVersion.of(getClass());
    }
}
