package dev.contraflow.io;

import dev.contraflow.config.ConfigSection;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a storage is opened with. Immutable.
 *
 * @param scheme the scheme that it is opened for
 * @param options the scheme's options from {@code conf/<environment>/storages.yml}, overridden by the dataset's {@code fs_args}
 * @param credentials the named section of {@code credentials.yml}, empty if the dataset names none; never printed
 * @param root the project's root folder
 */
public record StorageConfig(String scheme, ConfigSection options, ConfigSection credentials, Path root) {
    /** Checks that nothing is null. */
    public StorageConfig {
        Objects.requireNonNull(scheme, "scheme is null");
        Objects.requireNonNull(options, "options is null");
        Objects.requireNonNull(credentials, "credentials is null");
        Objects.requireNonNull(root, "root is null");
    }
}
