package dev.contraflow.catalog;

import static dev.contraflow.catalog.CatalogFixture.reading;
import static dev.contraflow.catalog.CatalogFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.Resolution.Origin;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.io.ObjectNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog without a run: in tests and notebooks. */
class CatalogSessionTest {
    private static final DatasetRef<String> ORDERS = text("orders");

    private CatalogFixture project;

    @BeforeEach
    void makeProject(@TempDir Path root) {
        project = new CatalogFixture(root);
    }

    @Test
    void loadsWhatWasSaved() throws IOException {
        project.with("parameters.yml", "rate: 3\n")
                .with("catalog.yml", "orders: {type: text, filepath: x}\nkept: {type: memory}\n");
        try (DataCatalog catalog = project.load()) {
            assertThat(catalog.exists(ORDERS)).isFalse();
            assertThat(catalog.exists(text("nobody"))).isFalse();
            catalog.save(ORDERS, "a");
            assertThat(catalog.exists(ORDERS)).isTrue();
            assertThat(catalog.load(ORDERS)).isEqualTo("a");
            assertThat(catalog.load(DatasetRef.parameter("rate", Integer.class)))
                    .isEqualTo(3);
            catalog.save(text("kept"), "b");
            assertThat(catalog.load(text("kept"))).isEqualTo("b");
            BoundDatasets run = catalog.bind(CatalogFixture.writing("kept"));
            assertThat(run.dataset(text("kept")).exists()).as("in a run").isFalse();
        }
    }

    @Test
    void whatStaysInMemoryIsFrozen() {
        DatasetRef<List<String>> names = DatasetRef.listOf("names", String.class);
        project.with("catalog.yml", "names: {type: memory}\n");
        try (DataCatalog catalog = project.load()) {
            List<String> mine = new ArrayList<>(List.of("a"));
            catalog.save(names, mine);
            mine.add("b");
            assertThat(catalog.load(names)).containsExactly("a");
            assertThatThrownBy(() -> catalog.load(text("names")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "Dataset 'names' lives in memory as List<String>, so it cannot be used as String. Use one"
                                    + " type.");
        }
    }

    @Test
    void failuresNameTheDatasetAndKeepTheCause() {
        project.with("catalog.yml", "orders: {type: text, filepath: x}\nkept: {type: memory}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.load(ORDERS))
                    .isInstanceOf(DatasetException.class)
                    .hasMessage("Cannot load dataset 'orders' (text at file://" + project.root
                            + "/x): no such object.\nIt is described at conf/base/catalog.yml:1:1.")
                    .hasCauseInstanceOf(ObjectNotFoundException.class)
                    .satisfies(e ->
                            assertThat(((DatasetException) e).operation()).isEqualTo(DatasetException.Operation.LOAD))
                    .satisfies(e -> assertThat(((DatasetException) e).node()).isEmpty());
            assertThatThrownBy(() -> catalog.load(text("kept")))
                    .hasMessage("Cannot load dataset 'kept' (memory): nothing has been saved yet to the memory dataset"
                            + " 'kept'.\nIt is described at conf/base/catalog.yml:2:1.");
            assertThatThrownBy(() -> catalog.confirm(ORDERS))
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith("Cannot confirm dataset 'orders' (text at file://")
                    .hasMessageContaining("datasets of this kind cannot be confirmed.");
            assertThatThrownBy(() -> catalog.load(text("ordres")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("There is no dataset 'ordres' in the catalog. Did you mean 'orders'? Add it to"
                            + " conf/base/catalog.yml, or put it there by the program.");
            assertThatThrownBy(() -> catalog.release("ordres")).isInstanceOf(CatalogException.class);
            assertThatThrownBy(() -> catalog.load(ORDERS, "v1"))
                    .isInstanceOf(CatalogException.class)
                    .hasMessageContaining("keeps no versions, so version 'v1' of it cannot be loaded");
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a caller without null checks
    void aNullIsNotSaved() {
        project.with("catalog.yml", "orders: {type: text, filepath: x}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.save(ORDERS, null))
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("'orders'")
                    .hasMessageContaining("the value is null, and a dataset always has a value.");
        }
    }

    @Test
    void releasesAndConfirms() {
        List<String> confirmed = new ArrayList<>();
        try (DataCatalog catalog =
                DataCatalog.builder().add(ORDERS, new Confirmable(confirmed)).build()) {
            catalog.save(ORDERS, "a");
            catalog.confirm(ORDERS);
            assertThat(confirmed).containsExactly("confirmed");
            catalog.release("orders");
            assertThat(catalog.exists(ORDERS)).isFalse();
        }
    }

    private static final class Confirmable extends ForwardingDataset<String> {
        private final List<String> confirmed;

        Confirmable(List<String> confirmed) {
            super(new MemoryDataset<>("orders"));
            this.confirmed = confirmed;
        }

        @Override
        public boolean isConfirmable() {
            return true;
        }

        @Override
        public void confirm() {
            confirmed.add("confirmed");
        }
    }

    @Test
    void whatIsPutReplacesTheEntryAndAllThatBelongsToIt() {
        project.with("catalog.yml", "orders: {type: text, filepath: x, versioned: true, metadata: {a: 1}}\n");
        try (DataCatalog catalog = DataCatalog.builder(project.config(), project.providers)
                .loadVersions(Map.of("orders", "v1"))
                .build()) {
            catalog.exists(ORDERS);
            catalog.putValue(ORDERS, "mine");
            assertThat(catalog.load(ORDERS)).isEqualTo("mine");
            assertThat(catalog.resolution("orders")).contains(new Resolution("orders", Origin.ADDED, null, null));
            assertThat(catalog.config("orders")).isEmpty();
            assertThat(catalog.metadata("orders")).isEmpty();
            assertThat(catalog.versions(ORDERS)).isEmpty();
            assertThat(catalog.loadVersion(ORDERS)).isEmpty();
            assertThat(catalog.type("orders")).contains("value");
            assertThat(catalog.toConfig().entries()).isEmpty();
            assertThat(catalog.toConfig().loadVersions()).isEmpty();
            MemoryDataset<String> other = new MemoryDataset<>("orders");
            catalog.put(ORDERS, other);
            assertThat(catalog.bind(reading("orders")).dataset(ORDERS)).isSameAs(other);
            catalog.putValue(text("new"), "n");
            assertThat(catalog.names()).containsExactly("new", "orders");
        }
    }

    @Test
    void namesAreFilteredByNameAndType() {
        project.with("catalog.yml", """
                raw_a: {type: text, filepath: a}
                raw_b: {type: kedro.io.MemoryDataset}
                clean_a: {type: text, filepath: c}
                "{x}_p": {type: memory}
                """);
        try (DataCatalog catalog = project.load()) {
            assertThat(catalog.names(Pattern.compile("^raw_").asPredicate(), type -> true))
                    .containsExactly("raw_a", "raw_b");
            assertThat(catalog.names(name -> true, "text"::equals)).containsExactly("clean_a", "raw_a");
            assertThat(catalog.names(name -> name.endsWith("b"), "memory"::equals))
                    .containsExactly("raw_b");
            assertThat(catalog.type("any_p")).contains("memory");
            assertThat(catalog.type("nobody")).isEmpty();
        }
    }

    @Test
    void describesTheDatasetsOfAPipeline() {
        project.with("catalog.yml", """
                orders: {type: text, filepath: a}
                "{x}_p": {type: text, filepath: "{x}"}
                "{x}_m": {type: memory}
                """);
        Set<DatasetRef<?>> refs = Set.of(
                ORDERS, text("b_p"), text("a_p"), text("a_m"), text("z"), DatasetRef.parameter("q", String.class));
        try (DataCatalog catalog = project.load()) {
            assertThat(catalog.describe(refs))
                    .isEqualTo(new PipelineDatasets(
                            new java.util.TreeMap<>(Map.of("text", List.of("orders"))),
                            new java.util.TreeMap<>(Map.of("memory", List.of("a_m"), "text", List.of("a_p", "b_p"))),
                            new java.util.TreeMap<>(Map.of("memory", List.of("z")))));
        }
    }

    @Test
    void theConfigurationRoundTripsWithCredentialsApart() {
        project.with("storages.yml", "s3: {region: eu}\n")
                .with(
                        "credentials.yml",
                        "one: {key: hunter2}\nother: {key: hunter3}\norders_credentials: {key: nope}\n")
                .with("catalog.yml", """
                        cars: {type: text, filepath: s3://b/cars, credentials: one}
                        orders: {type: text, filepath: s3://b/orders, credentials: {key: hunter4}, versioned: true}
                        "{x}_p": {type: text, filepath: "{x}.txt"}
                        gone: {type: text, filepath: x}
                        """);
        CatalogConfig config;
        try (DataCatalog catalog = DataCatalog.builder(project.config(), project.providers)
                .value(text("gone"), "replaced")
                .loadVersions(Map.of("orders", "v1"))
                .saveVersion("v2")
                .build()) {
            config = catalog.toConfig();
            assertThat(catalog.config("orders").orElseThrow()).containsEntry("credentials", "(secret)");
        }
        assertThat(config.entries().keySet()).containsExactly("cars", "orders", "{x}_p");
        assertThat(config.entries().get("orders")).asString().contains("credentials=orders_credentials_2");
        assertThat(config.credentials())
                .isEqualTo(Map.of("one", Map.of("key", "hunter2"), "orders_credentials_2", Map.of("key", "hunter4")));
        assertThat(config.toString()).doesNotContain("hunter");
        try (DataCatalog again = DataCatalog.of(config, project.providers)) {
            again.bind(reading("orders"));
            assertThat(project.buckets.opened.get(0).credentials().plain()).isEqualTo(Map.of("key", "hunter4"));
            assertThat(project.buckets.opened.get(0).options().plain()).isEqualTo(Map.of("region", "eu"));
            assertThat(again.bind(reading("x_p")).dataset(text("x_p")).target())
                    .contains(dev.contraflow.io.Location.file(project.root.resolve("x.txt")));
            assertThat(again.toConfig()).isEqualTo(config);
        }
    }

    @Test
    void unknownCredentialsAreFoundAtAnyDepthOfAnyEntry() {
        project.with("credentials.yml", "known: {key: hunter2}\n").with("catalog.yml", """
                a: {type: wrapper, dataset: {type: text, filepath: x, credentials: knwn}}
                b: {type: memory, metadata: {list: [1, {credentials: gone}]}}
                c: {type: wrapper, other: [{credentials: known}], dataset: {type: memory}}
                """);
        assertThatThrownBy(project::load).isInstanceOf(CatalogException.class).hasMessage("""
                        conf/base/catalog.yml:1:55: 'credentials' in 'a.dataset' is 'knwn', which no credentials*.yml of the environment 'local' has. Did you mean 'known'?
                        conf/base/catalog.yml:2:41: 'credentials' in 'b.metadata.list[1]' is 'gone', which no credentials*.yml of the environment 'local' has. Add it to conf/local/credentials.yml.""");
    }

    @Test
    void providersSeeCredentialsAndAbsolutePathsAndPeopleDoNot() {
        project.with("credentials.yml", "known: {key: hunter2}\n").with("catalog.yml", """
                a:
                  type: seeing
                  path: data/parts
                  keep: {filepath: s3://b/k, filename: /abs, path: [{path: deep}], credentials: known}
                """);
        List<Map<String, ?>> seen = new ArrayList<>();
        try (DataCatalog catalog =
                DataCatalog.load(project.config(), project.providers.withDataset(new Fakes.Seeing(seen)))) {
            catalog.bind(CatalogFixture.writing("a"));
            assertThat(catalog.config("a").orElseThrow().toString())
                    .contains("credentials=known")
                    .doesNotContain("hunter");
        }
        assertThat(seen.get(0))
                .isEqualTo(Map.of(
                        "type", "seeing",
                        "path", project.root.resolve("data/parts").toString(),
                        "keep",
                                Map.of(
                                        "filepath",
                                        "s3://b/k",
                                        "filename",
                                        "/abs",
                                        "path",
                                        List.of(Map.of(
                                                "path",
                                                project.root.resolve("deep").toString())),
                                        "credentials",
                                        Map.of("key", "hunter2"))));
    }

    @Test
    void typesOfKedroThatNothingStandsForNameTheNearest() {
        project.with("catalog.yml", """
                a: {type: pandas.GenericDataset, filepath: x}
                b: {type: kedro_datasets.text.TextDataset, filepath: x}
                c: {type: my.own.Dataset, filepath: x}
                d: {type: MemoryDataset, copy_mode: assign}
                """);
        DataCatalog catalog = project.load(); // they may be entries that nobody uses here
        assertThatThrownBy(() -> catalog.bind(CatalogFixture.reading("a", "b", "c")))
                .hasMessage("""
                        conf/base/catalog.yml:1:5: 'type' in 'a' is 'pandas.GenericDataset', a type of Kedro that nothing on the class path can stand for. Known types: cached, lines, memory, partitioned, text, wrapper.
                        conf/base/catalog.yml:2:5: 'type' in 'b' is 'kedro_datasets.text.TextDataset', a type of Kedro that nothing on the class path can stand for. The nearest type is 'text'. Known types: cached, lines, memory, partitioned, text, wrapper.
                        conf/base/catalog.yml:3:5: 'type' in 'c' is 'my.own.Dataset', which is not known. Known types: cached, lines, memory, partitioned, text, wrapper.""");
    }

    @Test
    void valuesAreNeverCopied() {
        project.with("catalog.yml", "a: {type: MemoryDataset, copy_mode: deepcopy}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.bind(CatalogFixture.writing("a")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "conf/base/catalog.yml:1:26: 'copy_mode' in 'a' is 'deepcopy', but values are never copied:"
                                    + " nodes share them, frozen where that is possible. Remove it, and let nodes return"
                                    + " immutable values.");
        }
    }
}
