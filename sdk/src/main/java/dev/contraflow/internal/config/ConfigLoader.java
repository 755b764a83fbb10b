package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the files of a configuration, merges those of one environment, resolves references and lets the environment override base. The
 * order is Kedro's: each environment is resolved by itself, globals are merged first. Stateless but for one load; used by one thread.
 */
public final class ConfigLoader {
    private static final String BASE = "base";

    private final ConfigSource source;
    private final Path conf;
    private final Map<String, ConfigValue> runtimeParameters;

    private ConfigLoader(ConfigSource source) {
        this.source = source;
        this.conf = source.root().resolve("conf");
        Map<String, ConfigValue> tree = Map.of();
        for (Map.Entry<String, ConfigValue> parameter :
                source.runtimeParameters().entrySet()) {
            tree = Trees.with(tree, parameter.getKey(), parameter.getValue());
        }
        this.runtimeParameters = tree;
    }

    /**
     * Loads a configuration.
     *
     * @param source where from
     * @return the resolved entries of every kind; never with those of globals
     * @throws CatalogException if a folder is missing or a file is wrong
     */
    public static Map<ConfigKind, ConfigSection> load(ConfigSource source) {
        return new ConfigLoader(source).load();
    }

    private Map<ConfigKind, ConfigSection> load() {
        checkFolders();
        Map<ConfigKind, ConfigSection> sections = new EnumMap<>(ConfigKind.class);
        Map<String, ConfigValue> globals = entries(ConfigKind.GLOBALS, Map.of());
        for (ConfigKind kind : ConfigKind.values()) {
            if (kind != ConfigKind.GLOBALS) {
                // what is missing is said to be missing in the file where one would write it
                SourcePosition position = new SourcePosition("conf/" + BASE + "/" + kind.title() + ".yml", 0, 0);
                sections.put(kind, new ConfigSection(kind.title(), position, entries(kind, globals)));
            }
        }
        return sections;
    }

    private Map<String, ConfigValue> entries(ConfigKind kind, Map<String, ConfigValue> globals) {
        Map<String, ConfigValue> base = layer(kind, BASE);
        Map<String, ConfigValue> over =
                source.environment().equals(BASE) ? Map.of() : layer(kind, source.environment());
        Interpolation inBase = new Interpolation(kind, base, globals, runtimeParameters, source.variables());
        Interpolation inOver = new Interpolation(kind, over, globals, runtimeParameters, source.variables());
        Map<String, ConfigValue> merged = new LinkedHashMap<>();
        base.forEach((key, value) -> {
            ConfigValue overriding = over.get(key);
            if (kind.keepsKey(key)) {
                merged.put(key, overriding == null ? inBase.resolve(value) : inOver.resolve(overriding));
            }
        });
        over.forEach((key, value) -> {
            if (kind.keepsKey(key) && !base.containsKey(key)) {
                merged.put(key, inOver.resolve(value));
            }
        });
        return kind == ConfigKind.PARAMETERS ? Trees.overlaid(merged, runtimeParameters) : merged;
    }

    /** The files of one kind in one environment, as one map. */
    private Map<String, ConfigValue> layer(ConfigKind kind, String environment) {
        Path folder = conf.resolve(environment);
        YamlReader.Quoting quoting =
                kind == ConfigKind.CREDENTIALS ? YamlReader.Quoting.NOTHING : YamlReader.Quoting.VALUES;
        Map<String, ConfigValue> merged = new LinkedHashMap<>();
        for (String name : files(folder)) {
            if (kind.readsFile(name)) {
                ConfigValue file =
                        YamlReader.readFile(folder.resolve(name), "conf/" + environment + "/" + name, quoting);
                addFile(kind, file, merged);
            }
        }
        return Collections.unmodifiableMap(merged);
    }

    private static void addFile(ConfigKind kind, ConfigValue file, Map<String, ConfigValue> merged) {
        Map<String, ConfigValue> entries = file.value() == null ? Map.of() : file.entries();
        if (entries == null) {
            throw new CatalogException(
                    file.position() + ": the file must hold a map of names, but holds " + file.kind() + ".");
        }
        // as in Kedro, files may share a map of parameters as long as they share no parameter
        Trees.Sharing sharing = kind == ConfigKind.PARAMETERS ? Trees.Sharing.MAPS : Trees.Sharing.NOTHING;
        entries.forEach((key, value) -> merged.merge(key, value, (a, b) -> Trees.united(key, a, b, sharing)));
    }

    private void checkFolders() {
        if (!Files.isDirectory(conf.resolve(BASE))) {
            throw new CatalogException("No folder conf/base in '" + source.root()
                    + "'. Make it and put catalog.yml and parameters.yml into it, or name the project's root folder.");
        }
        String environment = source.environment();
        if (!environment.equals("local") && !Files.isDirectory(conf.resolve(environment))) {
            List<String> found = environments();
            throw new CatalogException(
                    "No folder conf/" + environment + " for the environment '" + environment + "' in '"
                            + source.root() + "'." + Suggestion.didYouMean(environment, found) + " Environments found: "
                            + String.join(", ", found) + ".");
        }
    }

    private List<String> environments() {
        try (Stream<Path> folders = Files.list(conf)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> String.valueOf(folder.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CatalogException("Cannot list the folder '" + conf + "': " + e, e);
        }
    }

    private static List<String> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CatalogException("Cannot list the folder '" + folder + "': " + e, e);
        }
    }
}
