package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.config.Config;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of parameters that were given for a run and that nothing uses. Such a mistake refuses nothing: interceptors and plugins may read them. */
final class MisspeltParameters {
    private static final Logger LOG = LoggerFactory.getLogger(MisspeltParameters.class);

    private MisspeltParameters() {}

    static void warn(Project project, Pipeline pipeline, Config config) {
        Set<String> read = new TreeSet<>();
        addParameters(pipeline, read);
        project.pipelines()
                .values()
                .forEach(other -> addParameters(other, read)); // one run's parameters may serve several pipelines
        config.unusedRuntimeParameters(read).forEach(LOG::warn);
    }

    private static void addParameters(Pipeline pipeline, Set<String> read) {
        pipeline.datasets().stream()
                .filter(DatasetRef::isParameter)
                .map(DatasetRef::parameterKey)
                .forEach(read::add);
    }
}
