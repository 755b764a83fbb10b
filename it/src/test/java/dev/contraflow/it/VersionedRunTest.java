package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs over versioned files of every core format: all of a run's files have its id as version, laid out as Kedro lays them out. */
class VersionedRunTest {
    /** A row of the data. */
    public record Car(String name, int doors) {}

    private static final DatasetRef<String> RAW = DatasetRef.of("raw", String.class);
    private static final DatasetRef<List<Car>> TABLE = DatasetRef.listOf("table", Car.class);
    private static final DatasetRef<List<Car>> TREE = DatasetRef.listOf("tree", Car.class);
    private static final DatasetRef<List<Car>> LINES = DatasetRef.listOf("lines", Car.class);
    private static final DatasetRef<Car> FIRST = DatasetRef.of("first", Car.class);
    private static final DatasetRef<byte[]> BLOB = DatasetRef.of("blob", byte[].class);

    private static final Pipeline PIPELINE = Pipeline.of(
            Node.named("parse")
                    .reads(RAW)
                    .writes(TABLE)
                    .by(text -> text.lines()
                            .map(line -> new Car(line, line.length()))
                            .toList()),
            Node.named("copy").reads(TABLE).writes(TREE).by(cars -> cars),
            Node.named("again").reads(TREE).writes(LINES).by(cars -> cars),
            Node.named("take").reads(LINES).writes(FIRST).by(cars -> cars.get(0)),
            Node.named("pack").reads(FIRST).writes(BLOB).by(car -> new byte[] {(byte) car.doors()}));

    @TempDir
    Path root;

    @BeforeEach
    void project() throws IOException {
        write("conf/base/catalog.yml", """
                raw: {type: text.TextDataset, filepath: data/raw.txt, versioned: true}
                table: {type: pandas.CSVDataset, filepath: data/table.csv, versioned: true}
                "{name}_unused": {type: csv, filepath: x}
                tree: {type: json.JSONDataset, filepath: data/tree.json, versioned: true}
                lines: {type: jsonl, filepath: data/lines.jsonl, versioned: true}
                first: {type: CachedDataset, versioned: true, dataset: {type: yaml.YAMLDataset, filepath: data/first.yml}}
                "{any}": {type: bytes, filepath: "data/{any}.bin", versioned: true}
                """);
        write("data/raw.txt/2024-01-15T10.30.00.000Z/raw.txt", "old");
        write("data/raw.txt/2024-03-01T00.00.00.000Z/raw.txt", "trabant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "async", "cache", "tee"})
    void allFilesOfARunHaveItsIdAsVersion(String io) throws IOException {
        PipelineResult first = run(io);
        write("data/raw.txt/2024-03-02T00.00.00.000Z/raw.txt", "wartburg");
        PipelineResult second = run(io);
        Map<String, String> expected = new TreeMap<>(Map.of(
                "data/raw.txt/2024-01-15T10.30.00.000Z/raw.txt", "old",
                "data/raw.txt/2024-03-01T00.00.00.000Z/raw.txt", "trabant",
                "data/raw.txt/2024-03-02T00.00.00.000Z/raw.txt", "wartburg"));
        expected.putAll(written(first, "trabant", 7));
        expected.putAll(written(second, "wartburg", 8));
        assertThat(tree()).isEqualTo(expected);
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(second.datasets().get("table"))
                                        .stored())
                        .location()
                        .path())
                .endsWith("/data/table.csv/" + second.runId() + "/table.csv");
    }

    private static Map<String, String> written(PipelineResult result, String name, int doors) {
        String version = result.runId().value();
        return Map.of(
                "data/table.csv/" + version + "/table.csv", "name,doors\n" + name + "," + doors + "\n",
                "data/tree.json/" + version + "/tree.json",
                        "[\n  {\n    \"name\": \"%s\",\n    \"doors\": %d\n  }\n]".formatted(name, doors),
                "data/lines.jsonl/" + version + "/lines.jsonl",
                        "{\"name\":\"%s\",\"doors\":%d}\n".formatted(name, doors),
                "data/first.yml/" + version + "/first.yml", "name: " + name + "\ndoors: " + doors + "\n",
                "data/blob.bin/" + version + "/blob.bin", String.valueOf((char) doors));
    }

    @Test
    void aMissingVersionedInputIsFoundBeforeTheFirstNode() throws IOException {
        write("conf/base/catalog.yml", "\"{any}\": {type: text, filepath: \"data/{any}.txt\", versioned: true}\n");
        Files.delete(root.resolve("data/raw.txt/2024-01-15T10.30.00.000Z/raw.txt"));
        Files.delete(root.resolve("data/raw.txt/2024-03-01T00.00.00.000Z/raw.txt"));
        DatasetRef<String> out = DatasetRef.of("out", String.class);
        Pipeline pipeline =
                Pipeline.of(Node.named("copy").reads(RAW).writes(out).by(text -> text));
        assertThatThrownBy(() -> run(pipeline, "plain"))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("Dataset 'raw' (text at file://" + root + "/data/raw.txt, versioned), which node"
                        + " 'copy' reads, does not exist.");
        assertThat(tree()).isEmpty();
    }

    private PipelineResult run(String io) {
        return run(PIPELINE, io);
    }

    private PipelineResult run(Pipeline pipeline, String io) {
        try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), Providers.discover())) {
            return new SequentialRunner()
                    .run(RunRequest.of(pipeline, catalog).withIo(io).withStateFolder(root.resolve("state")))
                    .orElseThrow();
        }
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                tree.put(root.relativize(file).toString(), Files.readString(file));
            }
        }
        return tree;
    }
}
