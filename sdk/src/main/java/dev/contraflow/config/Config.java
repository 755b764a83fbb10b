package dev.contraflow.config;

import dev.contraflow.internal.config.ConfigKind;
import dev.contraflow.internal.config.ConfigLoader;
import java.nio.file.Path;
import java.util.Map;

/**
 * A project's configuration, read and resolved: what holds for one environment and one set of runtime parameters. Immutable.
 *
 * <p>Layout and merging are Kedro's: {@code conf/base} first, then {@code conf/<environment>}, whose top-level keys replace those of base;
 * keys that begin with {@code _} only hold anchors and values to refer to, except in parameters. Unlike there, runtime parameters leave
 * their siblings alone whichever environment has them.
 */
public final class Config {
    private final ConfigSource source;
    private final Map<ConfigKind, ConfigSection> sections;

    private Config(ConfigSource source, Map<ConfigKind, ConfigSection> sections) {
        this.source = source;
        this.sections = sections;
    }

    /**
     * Reads a configuration. All files of the environment are read and all references followed, once, now.
     *
     * @param source where from
     * @return the configuration
     * @throws dev.contraflow.CatalogException if a folder is missing, or a file is wrong; says where. Values of credentials are never in it
     */
    public static Config load(ConfigSource source) {
        return new Config(source, ConfigLoader.load(source));
    }

    /** @return a configuration with nothing in it, whose root is the working directory */
    public static Config empty() {
        return new Config(ConfigSource.of(Path.of("")), Map.of());
    }

    /** @return the project's folder, absolute; relative paths of datasets start here */
    public Path root() {
        return source.root();
    }

    /** @return the environment */
    public String environment() {
        return source.environment();
    }

    /** @return the datasets by name, from {@code catalog*.yml} */
    public ConfigSection catalog() {
        return section(ConfigKind.CATALOG);
    }

    /** @return the parameters, from {@code parameters*.yml} and the run */
    public ConfigSection parameters() {
        return section(ConfigKind.PARAMETERS);
    }

    /** @return the credentials by name, from {@code credentials*.yml}; secret */
    public ConfigSection credentials() {
        return section(ConfigKind.CREDENTIALS);
    }

    /** @return the options of storages by scheme, from {@code storages*.yml} */
    public ConfigSection storages() {
        return section(ConfigKind.STORAGES);
    }

    /** @return the options of runs, from {@code run.yml} */
    public ConfigSection run() {
        return section(ConfigKind.RUN);
    }

    /** A new section for each caller, since a section remembers what it was asked for. */
    private ConfigSection section(ConfigKind kind) {
        ConfigSection section = sections.get(kind);
        return section == null
                ? ConfigSection.empty(kind.title())
                : new ConfigSection(section.name(), section.position(), section.entries());
    }

    /** @return folder and environment, never a value */
    @Override
    public String toString() {
        return source.toString();
    }
}
