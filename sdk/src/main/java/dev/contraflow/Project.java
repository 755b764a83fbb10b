package dev.contraflow;

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
}
