package dev.contraflow.io;

import dev.contraflow.config.ConfigSection;
import java.util.Objects;

/**
 * The options of a format, from a dataset's entry in the catalog. Immutable.
 *
 * @param load its {@code load_args}
 * @param save its {@code save_args}
 */
public record FormatOptions(ConfigSection load, ConfigSection save) {
    /** Checks that nothing is null. */
    public FormatOptions {
        Objects.requireNonNull(load, "load is null");
        Objects.requireNonNull(save, "save is null");
    }

    /** @return no options at all */
    public static FormatOptions none() {
        return new FormatOptions(ConfigSection.empty("load_args"), ConfigSection.empty("save_args"));
    }
}
