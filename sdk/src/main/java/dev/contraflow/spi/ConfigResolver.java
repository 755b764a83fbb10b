package dev.contraflow.spi;

import dev.contraflow.config.ConfigValue;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives the values of references of its own to configuration files: {@code ${today:}} or {@code ${vault:db/password, version 2}}. Given to
 * {@link dev.contraflow.config.ConfigSource#withResolver}, or found by {@link java.util.ServiceLoader}. Asked once for each reference, and
 * again where another reference leads through it, so it should give the same answer each time. Thread-safe.
 */
public interface ConfigResolver {
    /**
     * What stands before the colon. Names of the resolvers that are built in ({@code globals}, {@code oc.env} and so on) are taken.
     *
     * @return its name: letters, digits and {@code _}, with dots between the parts, no part beginning with a digit
     */
    String name();

    /**
     * Answers one reference.
     *
     * @param arguments what stands behind the colon, separated by commas: texts, booleans, numbers, null, lists and maps
     *     ({@link ConfigValue#plain}); references in them have been followed, and their positions are those of the reference
     * @return a text, boolean, number, list or map with text keys, or null
     * @throws IOException if the value cannot be had; the configuration is then refused. In credentials, its message is not shown
     * @throws IllegalArgumentException if the arguments are wrong; as above
     */
    @Nullable
    Object resolve(List<ConfigValue> arguments) throws IOException;
}
