package dev.contraflow.catalog;

import static dev.contraflow.catalog.CatalogFixture.reading;
import static dev.contraflow.catalog.CatalogFixture.text;
import static dev.contraflow.catalog.CatalogFixture.writing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.Resolution.Origin;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.io.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dataset factories: entries whose names have placeholders. */
class CatalogPatternsTest {
    private static final SourcePosition LINE_1 = new SourcePosition("conf/base/catalog.yml", 1, 1);

    private CatalogFixture project;

    @BeforeEach
    void makeProject(@TempDir Path root) {
        project = new CatalogFixture(root);
    }

    @Test
    void anEntryGoesBeforeAPatternAndThatBeforeTheCatchAll() {
        project.with("catalog.yml", """
                "{region}.{name}_raw": {type: text, filepath: "data/{region}/{name}.txt"}
                "{any}": {type: text, filepath: "other/{any}.txt"}
                eu.cars_raw: {type: text, filepath: mine.txt}
                """);
        try (DataCatalog catalog = project.load()) {
            assertThat(catalog.patterns()).containsExactly("{region}.{name}_raw", "{any}");
            assertThat(catalog.names()).containsExactly("eu.cars_raw");
            BoundDatasets bound = catalog.bind(reading("eu.cars_raw", "us.cars_raw", "cars"));
            assertThat(target(bound, "eu.cars_raw")).isEqualTo(at("mine.txt"));
            assertThat(target(bound, "us.cars_raw")).isEqualTo(at("data/us/cars.txt"));
            assertThat(target(bound, "cars")).isEqualTo(at("other/cars.txt"));
            assertThat(bound.resolution("eu.cars_raw").map(Resolution::origin)).contains(Origin.ENTRY);
            assertThat(bound.resolution("us.cars_raw"))
                    .contains(new Resolution("us.cars_raw", Origin.PATTERN, "{region}.{name}_raw", LINE_1));
            assertThat(bound.resolution("cars").map(Resolution::origin)).contains(Origin.CATCH_ALL);
            assertThat(bound.resolution("nobody")).isEmpty();
            assertThat(catalog.resolution("anything").map(Resolution::origin)).contains(Origin.CATCH_ALL);
            assertThat(catalog.position("us.cars_raw")).contains(LINE_1);
        }
    }

    @Test
    void saysOfEveryNameHowItWasFound() {
        project.with("parameters.yml", "rate: 3\n").with("catalog.yml", "\"{x}_m\": {type: memory}\n");
        DatasetRef<Integer> rate = DatasetRef.parameter("rate", Integer.class);
        try (DataCatalog catalog = DataCatalog.builder(project.config(), project.providers)
                .value(text("given"), "v")
                .build()) {
            BoundDatasets bound = catalog.bind(new BindRequest(
                    Set.of(rate, text("given"), text("kept"), text("a_m")),
                    Set.of("params:rate", "given"),
                    Set.of("kept", "a_m")));
            assertThat(bound.resolution("params:rate").map(Resolution::origin)).contains(Origin.PARAMETER);
            assertThat(bound.resolution("given").map(Resolution::origin)).contains(Origin.ADDED);
            assertThat(bound.resolution("kept")).contains(new Resolution("kept", Origin.MEMORY, null, null));
            assertThat(bound.resolution("a_m").map(Resolution::pattern)).contains("{x}_m");
        }
    }

    @Test
    void aFreeInputInMemoryIsMissingAlsoIfACatchAllProvidesIt() {
        project.with("catalog.yml", "\"{any}\": {type: memory}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatCode(() -> catalog.bind(writing("a", "b"))).doesNotThrowAnyException();
            assertThatThrownBy(() -> catalog.bind(reading("a")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "conf/base/catalog.yml:1:1: dataset 'a', which the pattern '{any}' provides, is read, but"
                                    + " no node of the run writes it, and a memory dataset begins empty. Store it in a file, or"
                                    + " run the node that writes it.");
            DatasetRef<Integer> rate = DatasetRef.parameter("rate", Integer.class);
            assertThatThrownBy(() -> catalog.bind(new BindRequest(Set.of(rate), Set.of("params:rate"), Set.of())))
                    .isInstanceOf(CatalogException.class)
                    .hasMessageContaining("'params:rate'");
        }
    }

    @Test
    void aPatternCanProvideAParameterThatTheConfigurationLacks() {
        project.with("parameters.yml", "there: x\n")
                .with("catalog.yml", "\"params:{p}\": {type: text, filepath: \"params/{p}.txt\"}\n");
        DatasetRef<String> there = DatasetRef.parameter("there", String.class);
        DatasetRef<String> gone = DatasetRef.parameter("gone", String.class);
        try (DataCatalog catalog = project.load()) {
            BoundDatasets bound =
                    catalog.bind(new BindRequest(Set.of(there, gone), Set.of("params:there", "params:gone"), Set.of()));
            assertThat(bound.resolution("params:there").map(Resolution::origin)).contains(Origin.PARAMETER);
            assertThat(bound.dataset(gone).target()).contains(at("params/gone.txt"));
        }
    }

    @Test
    void viewsMayHaveAPattern() {
        project.with("catalog.yml", "\"{name}@{view}\": {type: text, filepath: \"{name}.txt\"}\n");
        try (DataCatalog catalog = project.load()) {
            BoundDatasets bound = catalog.bind(
                    new BindRequest(Set.of(text("trips@a"), text("trips@b")), Set.of(), Set.of("trips@a")));
            assertThat(target(bound, "trips@a")).isEqualTo(target(bound, "trips@b"));
        }
    }

    @Test
    void placeholdersAreReplacedAtAnyDepthAndOtherBracesAreText() {
        project.with("catalog.yml", """
                "{name}_x":
                  type: text
                  filepath: "{name}/{b.txt"
                  load_args: {encoding: "{name}"}
                  metadata: {"{name}": ["{name}-{name}", 3, null, {deep: "{name}"}], json: "{\\"a\\": 1}", brace: "}"}
                """);
        try (DataCatalog catalog = project.load()) {
            assertThat(catalog.config("cars_x").orElseThrow())
                    .containsEntry("filepath", "cars/{b.txt")
                    .containsEntry("load_args", Map.of("encoding", "cars"));
            assertThat(catalog.metadata("cars_x"))
                    .containsEntry("json", "{\"a\": 1}")
                    .containsEntry("brace", "}")
                    .extractingByKey("{name}")
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                    .containsExactly("cars-cars", 3L, null, Map.of("deep", "cars"));
            assertThat(catalog.config("cars")).isEmpty();
        }
    }

    @Test
    void allMistakesOfPatternsAreFoundWhenTheCatalogIsMade() {
        project.with("catalog.yml", """
                "{}_a": {type: text, filepath: x}
                "{name}_b": {type: text, filepath: "{nam}.txt"}
                "{name}_c": {type: text, filepath: x, metadata: [{deep: "{name!r}"}]}
                "{one}": {type: memory}
                "{two}": {type: memory}
                """);
        assertThatThrownBy(project::load).isInstanceOf(CatalogException.class).hasMessage("""
                        conf/base/catalog.yml:1:1: '{}_a' is not a dataset pattern. Write each placeholder as {name}: one pair of braces around letters, digits and '_', not beginning with a digit.
                        conf/base/catalog.yml:2:26: {nam} is not a placeholder of the pattern '{name}_b'. Did you mean '{name}'? Its placeholders: {name}.
                        conf/base/catalog.yml:3:51: {name!r} is not a placeholder of the pattern '{name}_c'. Write {name}; there are no formats. Its placeholders: {name}.
                        conf/base/catalog.yml:5:1: the patterns '{one}' (conf/base/catalog.yml:4:1) and '{two}' both match every name, and a catalog can have one such pattern. Remove one, or give it a literal part.""");
    }

    @Test
    void patternsAreCheckedLikeEntriesAsFarAsTheirTextsAreKnown() {
        project.with("credentials.yml", "warehouse: {key: a}\n").with("catalog.yml", """
                "{name}_a": {type: txt, filepath: x}
                "{name}_b": {type: text, filepath: "s4://b/{name}"}
                "{name}_c": {type: text, filepath: "{name}", credentials: warehose}
                "{name}_d": {type: text, filepath: "{name}", filpath: x}
                "{name}_e": just text
                "{name}_f": {type: "{name}", filepath: "{name}", credentials: "{name}", unknown: x}
                """);
        assertThatThrownBy(project::load).hasMessage("""
                        conf/base/catalog.yml:1:14: 'type' in '{name}_a' is 'txt', which is not known. Did you mean 'text'? Known types: cached, lines, memory, partitioned, text, wrapper.
                        conf/base/catalog.yml:2:26: no storage for scheme 's4' (dataset '{name}_b'). Did you mean 's3'? Storages found: file, s3. Add an artifact that serves it to the class path.
                        conf/base/catalog.yml:3:46: 'credentials' in '{name}_c' is 'warehose', which no credentials*.yml of the environment 'local' has. Did you mean 'warehouse'?
                        conf/base/catalog.yml:4:46: unknown key 'filpath' in '{name}_d'. Did you mean 'filepath'? Known keys: credentials, filepath, fs_args, load_args, metadata, save_args, type, versioned.
                        conf/base/catalog.yml:5:1: '{name}_e' must be a map with a 'type', but is a text. If it is not a dataset, let its name begin with '_'.""");
    }

    @Test
    void aPatternWithoutATypeIsRefusedWhenItIsUsed() {
        project.with("catalog.yml", "\"{name}_a\": {filepath: x}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.bind(reading("x_a")))
                    .hasMessage("conf/base/catalog.yml:1:1: 'x_a' needs the key 'type'.");
            assertThatThrownBy(() -> catalog.type("x_a")).isInstanceOf(CatalogException.class);
        }
    }

    @Test
    void credentialsAreFoundAfterThePlaceholdersAndNeverChanged() {
        project.with("credentials.yml", "eu_key: {key: \"x{region}y}\"}\n")
                .with(
                        "catalog.yml",
                        "\"{region}_r\": {type: text, filepath: s3://b/k, credentials: \"{region}_key\"}\n");
        try (DataCatalog catalog = project.load()) {
            catalog.bind(reading("eu_r"));
            assertThat(project.buckets.opened.get(0).credentials().plain()).isEqualTo(Map.of("key", "x{region}y}"));
            assertThat(catalog.config("eu_r").orElseThrow()).containsEntry("credentials", "eu_key");
            assertThatThrownBy(() -> catalog.bind(reading("us_r")))
                    .hasMessage("conf/base/catalog.yml:1:48: 'credentials' in 'us_r' is 'us_key', which no"
                            + " credentials*.yml of the environment 'local' has. Did you mean 'eu_key'?");
        }
    }

    @Test
    void manyThreadsResolveTheSameNames() throws Exception {
        project.with("catalog.yml", "\"{region}.{name}\": {type: text, filepath: \"{region}/{name}\"}\n");
        int threads = 8;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (DataCatalog catalog = project.load()) {
            Callable<List<Location>> work = () -> {
                together.await(30, TimeUnit.SECONDS);
                List<Location> found = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    found.add(target(catalog.bind(reading("eu.d" + i)), "eu.d" + i));
                    catalog.exists(text("eu.d" + i));
                }
                return found;
            };
            for (Future<List<Location>> found : pool.invokeAll(java.util.Collections.nCopies(threads, work))) {
                assertThat(found.get()).hasSize(200).last().isEqualTo(at("eu/d199"));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Location target(BoundDatasets bound, String name) {
        return bound.dataset(text(name)).target().orElseThrow();
    }

    private Location at(String path) {
        return Location.file(project.root.resolve(path));
    }
}
