package dev.contraflow.internal.run;

import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of catalog entries that look misspelt: no pipeline of the project uses them, and a dataset of nearly that name lives in memory for
 * want of an entry, or has only the entry of base that this one would have replaced. Such a mistake refuses nothing by itself.
 */
final class MisspeltEntries {
    private static final Logger LOG = LoggerFactory.getLogger(MisspeltEntries.class);
    private static final int LOOKED_AT = 20; // each costs a look at every candidate
    private static final int CANDIDATES = 1000;

    private MisspeltEntries() {}

    static void warn(Project project, DataCatalog catalog) {
        find(project, catalog).forEach(LOG::warn);
    }

    static List<String> find(Project project, DataCatalog catalog) {
        Set<String> used = new TreeSet<>();
        for (Pipeline pipeline : project.pipelines().values()) {
            pipeline.datasets().stream().filter(ref -> !ref.isParameter()).forEach(ref -> used.add(ref.name()));
        }
        List<String> unused = catalog.names().stream()
                .filter(name -> !used.contains(name))
                .limit(LOOKED_AT)
                .toList();
        if (unused.isEmpty()) {
            return List.of();
        }
        Set<String> notInEnvironment = used.stream()
                .filter(name -> !isInEnvironment(catalog.position(name)))
                .limit(CANDIDATES)
                .collect(Collectors.toSet());
        List<String> found = new ArrayList<>();
        for (String name : unused) {
            Optional<SourcePosition> at = catalog.position(name);
            Suggestion.nearest(name, notInEnvironment)
                    .filter(near -> catalog.position(near).isEmpty() || isInEnvironment(at))
                    .ifPresent(near -> found.add(at.map(position -> position + ": ")
                                    .orElse("")
                            + "no pipeline of the project uses the dataset '" + name + "'. Did you mean '" + near
                            + "', which "
                            + catalog.position(near)
                                    .map(other -> "is described at " + other)
                                    .orElse("has no entry and lives in memory only")
                            + "?"));
        }
        return found;
    }

    private static boolean isInEnvironment(Optional<SourcePosition> at) {
        return at.filter(position -> !position.file().startsWith("conf/base/")).isPresent();
    }
}
