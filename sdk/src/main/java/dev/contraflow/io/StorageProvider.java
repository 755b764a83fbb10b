package dev.contraflow.io;

import dev.contraflow.config.ConfigSection;
import java.util.Set;

/**
 * Opens storages of one kind. Found by {@link java.util.ServiceLoader}, or added to a registry by hand. Stateless and thread-safe; being on
 * the class path does nothing until a catalog names one of its schemes.
 */
public interface StorageProvider {
    /** @return the schemes that it serves, lower case: {@code s3} */
    Set<String> schemes();

    /**
     * Checks options, also where no dataset needs the storage. Opens nothing. By default nothing is checked before {@link #open}.
     *
     * @param options the section of {@code storages.yml} that belongs to one of its schemes
     * @throws dev.contraflow.CatalogException if an option is wrong
     */
    default void check(ConfigSection options) {}

    /**
     * Opens a storage. Does no I/O: an endpoint that cannot be reached shows at the first request.
     *
     * @param config its options and credentials; the provider refuses those it does not know
     * @return the storage; the catalog that asked for it closes it
     * @throws dev.contraflow.CatalogException if an option is wrong
     */
    Storage open(StorageConfig config);
}
