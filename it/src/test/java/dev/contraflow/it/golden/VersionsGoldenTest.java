package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.spi.Providers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Versioned files, with the real local storage and the format text. */
class VersionsGoldenTest {
    private static final DatasetRef<String> DS = DatasetRef.of("ds", String.class);
    /** A version of ours: Kedro's, and a suffix so that two runs of one millisecond do not meet. */
    private static final String GENERATED = "\\d{4}-\\d{2}-\\d{2}T\\d{2}\\.\\d{2}\\.\\d{2}\\.\\d{3}Z-[0-9a-z]{4}";

    @TempDir
    Path scratch;

    @TestFactory
    Stream<DynamicTest> versions() {
        return Golden.folder("versions").tests(asked -> {
            Path root = Files.createTempDirectory(scratch, "case-");
            copy(asked.folder().resolve("tree"), root);
            return answer(asked.input(), root);
        });
    }

    private static Object answer(JsonNode input, Path root) throws IOException {
        Files.createDirectories(root.resolve("conf/local"));
        Path base = Files.createDirectories(root.resolve("conf/base"));
        Files.writeString(base.resolve("catalog.yml"), entry(input));
        Config config = Config.load(ConfigSource.of(root));
        List<Object> results = new ArrayList<>();
        try (DataCatalog catalog = catalog(input, config)) {
            for (JsonNode op : input.path("ops")) {
                results.add(result(op, catalog, root));
            }
        }
        return Map.of("results", results, "tree_after", tree(root));
    }

    private static String entry(JsonNode input) {
        String name = switch (input.path("found_by").asText("")) {
            case "pattern" -> "d{x}";
            case "catch_all" -> "{any}";
            default -> "ds";
        };
        return "\"%s\":\n  type: text.TextDataset\n  filepath: '%s'\n  versioned: %s\n"
                .formatted(name, input.path("filepath").asText(), input.path("versioned"));
    }

    private static DataCatalog catalog(JsonNode input, Config config) {
        Map<String, String> pinned = new TreeMap<>();
        if (input.path("load_version").isTextual()) {
            pinned.put("ds", input.path("load_version").asText());
        }
        input.path("load_versions")
                .properties()
                .forEach(pin -> pinned.put(pin.getKey(), pin.getValue().asText()));
        DataCatalog.Builder builder =
                DataCatalog.builder(config, Providers.discover()).loadVersions(pinned);
        JsonNode saved = input.path("save_version");
        return (saved.isTextual() ? builder.saveVersion(saved.asText()) : builder).build();
    }

    private static Map<String, Object> result(JsonNode op, DataCatalog catalog, Path root) throws IOException {
        PrintStream console = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        Map<String, Object> result;
        try {
            result = result(op, catalog, root, op.path("op").asText());
        } catch (ContraflowException e) {
            result = GoldenErrors.of(e);
        } finally {
            System.setErr(console);
        }
        if (log.toString(StandardCharsets.UTF_8).contains("is pinned for loading")) {
            result = new LinkedHashMap<>(result);
            result.put("warning", "SAVE_AND_LOAD_VERSION_DIFFER");
        }
        return result;
    }

    private static Map<String, Object> result(JsonNode op, DataCatalog catalog, Path root, String name)
            throws IOException {
        switch (name) {
            case "exists":
                return value(catalog.exists(DS));
            case "load":
                return value(
                        op.has("version") ? catalog.load(DS, op.path("version").asText()) : catalog.load(DS));
            case "list_versions":
                return value(catalog.versions(DS).stream()
                        .map(VersionsGoldenTest::shown)
                        .toList());
            case "resolve_load_version":
                return value(catalog.loadVersion(DS).orElse(null));
            case "resolve_save_version":
                return value(catalog.saveVersion());
            case "save":
                catalog.save(DS, op.path("data").asText());
                break;
            case "release":
                catalog.release("ds");
                break;
            case "write":
                Path file = root.resolve(op.path("path").asText());
                Files.createDirectories(file.getParent());
                Files.writeString(file, op.path("data").asText());
                break;
            case "delete":
                Files.delete(root.resolve(op.path("path").asText()));
                break;
            default:
                throw new IllegalArgumentException(name);
        }
        return Map.of("done", true);
    }

    private static Map<String, Object> value(@Nullable Object value) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("value", value);
        return result;
    }

    private static String shown(String version) {
        return version.replaceAll(GENERATED, "<generated>");
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String path = root.relativize(file).toString();
                if (!path.startsWith("conf/")) {
                    tree.put(shown(path), Files.readString(file));
                }
            }
        }
        return tree;
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
