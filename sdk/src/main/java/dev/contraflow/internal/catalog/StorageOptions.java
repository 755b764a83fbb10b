package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.Reason;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.spi.Providers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The options of storages as {@code storages.yml} has them, by scheme. They are checked whether a dataset needs the storage or not.
 *
 * @param sections the options by scheme
 * @param providers the storages
 */
public record StorageOptions(Map<String, ConfigValue> sections, Providers providers) {
    /**
     * Checks all options. Opens nothing.
     *
     * @param problems gets the mistakes; a scheme that looks misspelt is one
     * @return for each other scheme that nothing on the class path serves, what there is to be said: its options may be meant for others
     */
    public List<String> check(Problems problems) {
        List<String> unserved = new ArrayList<>();
        sections.forEach((scheme, written) -> {
            Optional<StorageProvider> provider = providers.storage(scheme);
            if (provider.isPresent()) {
                problems.check(() -> check(provider.get(), scheme, written));
            } else if (Suggestion.nearest(scheme, providers.schemes()).isPresent()) {
                problems.add(() -> new CatalogException(written.position(), unknown(scheme)));
            } else {
                unserved.add(written.position() + ": " + unknown(scheme) + " Its options are not used.");
            }
        });
        return unserved;
    }

    private void check(StorageProvider provider, String scheme, ConfigValue written) {
        try {
            provider.check(options(scheme, written));
        } catch (LinkageError e) {
            throw new CatalogException(
                    written.position(), "the storage of the scheme '" + scheme + "'" + missingLibrary(e), e);
        }
    }

    /**
     * What is said if an artifact is on the class path without what it depends on.
     *
     * @param failure how that showed
     * @return the end of a message
     */
    static String missingLibrary(LinkageError failure) {
        return " cannot be made, since a library is missing or does not fit: "
                + Reason.lineOf(failure)
                + ". Add to the class path what its artifact depends on.";
    }

    /** A new section, since each remembers what it was asked for. */
    private ConfigSection options(String scheme, ConfigValue written) {
        return new ConfigSection("storages", written.position(), sections).section(scheme);
    }

    private String unknown(String scheme) {
        String known = providers.schemes().isEmpty() ? "none" : String.join(", ", providers.schemes());
        return "no storage serves the scheme '" + scheme + "'."
                + Suggestion.didYouMean(scheme.toLowerCase(Locale.ROOT), providers.schemes()) + " Storages found: "
                + known + ".";
    }
}
