package dev.contraflow.internal.run;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.Suggestion;
import dev.contraflow.io.Location;
import dev.contraflow.run.RunOptions;
import dev.contraflow.spi.Providers;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The place that {@code state} in {@code run.yml} names.
 *
 * @param location {@code location}: where runs keep their records; a path is relative to the project's root
 * @param credentials {@code credentials}: the name of those that its storage needs
 */
record StatePlace(Optional<String> location, Optional<String> credentials) {
    /**
     * Reads the section. Opens nothing.
     *
     * @param section the section
     * @param providers the storages there are
     * @param wanted what the request says: if it brings another place, the storage of this one need not be there
     * @return the place
     * @throws dev.contraflow.CatalogException if the section is wrong: all of its mistakes
     */
    static StatePlace read(ConfigSection section, Providers providers, RunOptions wanted) {
        return section.readWhole(options -> {
            Optional<String> location = options.text("location");
            if (wanted.state().isEmpty()) {
                location.ifPresent(text -> checkStorage(options, text, providers));
            }
            return new StatePlace(location, options.text("credentials"));
        });
    }

    private static void checkStorage(ConfigSection options, String location, Providers providers) {
        String scheme;
        try {
            scheme = Location.parse(location, Path.of("")).scheme();
        } catch (InvalidPathException e) {
            options.refuse("location", "is not a path: " + e.getReason() + ".");
            return;
        }
        if (providers.storage(scheme).isEmpty()) {
            options.refuse(
                    "location",
                    "is in a storage '" + scheme + "' that is not known."
                            + Suggestion.didYouMean(scheme, providers.schemes()) + " Known: "
                            + String.join(", ", providers.schemes()) + ".");
        }
    }
}
