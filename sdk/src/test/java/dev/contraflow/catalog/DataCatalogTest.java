package dev.contraflow.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.Fakes.Broken;
import dev.contraflow.catalog.Fakes.MapStorages;
import dev.contraflow.catalog.Fakes.TextFormats;
import dev.contraflow.catalog.Fakes.Wrappers;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Location;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

class DataCatalogTest {
    private static final DatasetRef<String> ORDERS = DatasetRef.of("orders", String.class);
    private static final DatasetRef<String> CLEAN = DatasetRef.of("clean", String.class);

    @TempDir
    Path root;

    private final TextFormats text = new TextFormats("text", String.class);
    private final TextFormats lines = new TextFormats("lines", List.class);
    private final MapStorages files = new MapStorages("file");
    private final MapStorages buckets = new MapStorages("s3");
    private final Providers providers = Providers.builder()
            .format(text)
            .format(lines)
            .storage(files)
            .storage(buckets)
            .dataset(new Wrappers())
            .dataset(new Broken())
            .build();

    @BeforeEach
    void makeBase() throws IOException {
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
    }

    @Test
    void bindsAnEntryToAFileInItsStorage() throws IOException {
        write("catalog.yml", "orders: {type: text, filepath: data/orders.txt, metadata: {layer: raw}}\n");
        try (DataCatalog catalog = load()) {
            BoundDatasets bound = catalog.bind(reading(ORDERS));
            Dataset<String> orders = bound.dataset(ORDERS);
            assertThat(orders).isInstanceOf(EncodedDataset.class);
            assertThat(orders.target()).contains(Location.file(root.resolve("data/orders.txt")));
            orders.save("one");
            assertThat(catalog.bind(reading(ORDERS)).dataset(ORDERS).load()).isEqualTo("one");
            assertThat(bound.position("orders")).contains(new SourcePosition("conf/base/catalog.yml", 1, 1));
            assertThat(bound.position("nobody")).isEmpty();
            assertThat(bound.dataset(ORDERS)).isSameAs(orders);
        }
        assertThat(files.closed).containsExactly("file1");
    }

    @Test
    void makesOnlyWhatIsBound() {
        write(
                "catalog.yml",
                "orders: {type: text, filepath: a}\nb: {type: lines, filepath: s3://b/k}\nc: {type: broken}\n");
        try (DataCatalog catalog = load()) {
            assertThat(catalog.names()).containsExactly("b", "c", "orders");
            assertThat(text.created + lines.created + files.opened.size()).isZero();
            catalog.bind(reading(ORDERS));
            assertThat(text.created).isEqualTo(1);
            assertThat(lines.created + buckets.opened.size()).isZero();
        }
        assertThat(buckets.closed).isEmpty();
    }

    @Test
    void sharesStoragesByOptionsAndCredentials() {
        write("storages.yml", "s3: {region: eu}\n");
        write("credentials.yml", "one: {key: a}\ntwo: {key: a}\n");
        write("catalog.yml", """
                a: {type: text, filepath: s3://b/a}
                b: {type: text, filepath: s3://c/b, fs_args: {region: eu}}
                c: {type: text, filepath: s3://b/c, fs_args: {region: us}}
                d: {type: text, filepath: s3://b/d, credentials: one}
                e: {type: text, filepath: s3://b/e, credentials: one}
                f: {type: text, filepath: s3://b/f, credentials: two}
                """);
        try (DataCatalog catalog = load()) {
            catalog.bind(reading("a", "b", "c", "d", "e", "f"));
            catalog.bind(reading("a", "b", "c", "d", "e", "f"));
        }
        assertThat(buckets.opened).hasSize(4);
        assertThat(buckets.opened.get(0).options().plain()).isEqualTo(Map.of("region", "eu"));
        assertThat(buckets.opened.get(1).options().plain()).isEqualTo(Map.of("region", "us"));
        assertThat(buckets.opened.get(2).credentials().plain()).isEqualTo(Map.of("key", "a"));
        assertThat(buckets.opened.get(2).credentials().name()).isEqualTo("credentials.one");
        assertThat(buckets.opened.get(0).credentials().isEmpty()).isTrue();
        assertThat(buckets.opened.get(0).root()).isEqualTo(root);
        assertThat(buckets.closed).containsExactly("s31", "s32", "s33", "s34");
    }

    @Test
    void reportsAllMistakesThatNeedNoJavaType() {
        write("credentials.yml", "warehouse: {key: hunter2}\nplain: hunter2\n");
        write("catalog.yml", """
                a: {type: txt, filepath: x}
                b: {type: text}
                c: {filepath: x}
                d: {type: text, filepath: x, credentials: warehose}
                e: {type: text, filepath: x, filpath: z}
                f: just text
                g: {type: memory, credentials: nowhere}
                """);
        assertThatThrownBy(this::load).isInstanceOf(CatalogException.class).hasMessage("""
                        conf/base/catalog.yml:1:5: 'type' in 'a' is 'txt', which is not known. Did you mean 'text'? Known types: broken, cached, lines, memory, partitioned, text, wrapper.
                        conf/base/catalog.yml:2:1: 'b' needs the key 'filepath'.
                        conf/base/catalog.yml:3:1: 'c' needs the key 'type'.
                        conf/base/catalog.yml:4:30: 'credentials' in 'd' is 'warehose', which no credentials*.yml of the environment 'local' has. Did you mean 'warehouse'?
                        conf/base/catalog.yml:5:30: unknown key 'filpath' in 'e'. Did you mean 'filepath'? Known keys: credentials, filepath, fs_args, load_args, metadata, save_args, type, versioned.
                        and 2 more""");
    }

    @Test
    void aSingleMistakeIsOneLine() {
        write("catalog.yml", "f: just text\n");
        assertThatThrownBy(this::load)
                .hasMessage("conf/base/catalog.yml:1:1: 'f' must be a map with a 'type', but is a text."
                        + " If it is not a dataset, let its name begin with '_'.");
        write("catalog.yml", "params:x: {type: memory}\n");
        assertThatThrownBy(this::load)
                .hasMessage("conf/base/catalog.yml:1:1: 'params:x' is the name of a parameter."
                        + " Set parameters in parameters.yml, not in the catalog.");
        write("catalog.yml", "'a@b@c': {type: memory}\n");
        assertThatThrownBy(this::load)
                .hasMessage(
                        "conf/base/catalog.yml:1:1: Invalid dataset name 'a@b@c': it has at most one '@', before the"
                                + " name of a view.");
        write("catalog.yml", "a: {type: text, filepath: \"x\\0y\"}\n");
        assertThatThrownBy(this::load)
                .hasMessage("conf/base/catalog.yml:1:17: 'filepath' in 'a' is not a path: Nul character not allowed.");
    }

    @Test
    void credentialsMustBeAMapAndAreNeverPrinted() {
        write("credentials.yml", "plain: hunter2\n");
        write("catalog.yml", "a: {type: text, filepath: x, credentials: plain}\n");
        assertThatThrownBy(this::load)
                .hasMessage("conf/base/credentials.yml:1:1: the credentials 'plain' must be a map, but are a text.");
    }

    @Test
    void saysWhichArtifactServesAScheme() {
        write("catalog.yml", "\norders:\n  type: text\n  filepath: s3://b/k\n");
        Providers local = Providers.builder().format(text).storage(files).build();
        assertThatThrownBy(() -> DataCatalog.load(config(), local))
                .isInstanceOf(CatalogException.class)
                .hasMessage("conf/base/catalog.yml:4:3: no storage for scheme 's3' (dataset 'orders')."
                        + " Storages found: file. Add the contraflow-datasets-s3 artifact to the class path.");
        write("catalog.yml", "orders: {type: text, filepath: s4://b/k}\n");
        assertThatThrownBy(this::load)
                .hasMessage(
                        "conf/base/catalog.yml:1:22: no storage for scheme 's4' (dataset 'orders')."
                                + " Did you mean 's3'? Storages found: file, s3. Add an artifact that serves it to the class path.");
    }

    @Test
    void saysWhatAFormatHoldsAndWhichOthersFit() {
        write("catalog.yml", "orders: {type: lines, filepath: x}\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(reading(ORDERS)))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("conf/base/catalog.yml:1:1: dataset 'orders' of type 'lines' cannot hold String:"
                            + " lines holds List only. Formats found that can: text.");
            assertThat(files.opened).isEmpty();
        }
    }

    @Test
    void refusesOptionsThatTheFormatOrTheStorageDoesNotKnow() {
        write("catalog.yml", "orders:\n  type: text\n  filepath: x\n  load_args:\n    encodng: x\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(reading(ORDERS)))
                    .hasMessage("conf/base/catalog.yml:5:5: unknown key 'encodng' in 'orders.load_args'."
                            + " Did you mean 'encoding'? Known keys: encoding.");
        }
        write("catalog.yml", "orders:\n  type: text\n  filepath: x\n  fs_args:\n    regon: x\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(reading(ORDERS)))
                    .hasMessage("conf/base/catalog.yml:5:5: unknown key 'regon' in 'storages.file'."
                            + " Did you mean 'region'? Known keys: region.");
        }
    }

    @Test
    void wrappersGetTheDatasetBelowAKey() {
        write("catalog.yml", """
                orders: {type: wrapper, label: x, dataset: {type: text, filepath: x}}
                clean: {type: wrapper, dataset: {type: memory}}
                no: {type: wrapper}
                odd: {type: wrapper, lable: x, dataset: {type: memory}}
                wrong: {type: wrapper, dataset: {type: memory, x: 1}}
                """);
        try (DataCatalog catalog = load()) {
            BoundDatasets bound = catalog.bind(reading(ORDERS, CLEAN));
            assertThat(bound.dataset(ORDERS)).isInstanceOf(FileDataset.class);
            assertThat(bound.dataset(CLEAN).describe()).isEqualTo("wrapped memory");
            assertThatThrownBy(() -> catalog.bind(reading("no", "odd", "wrong")))
                    .hasMessage("""
                            conf/base/catalog.yml:3:1: 'no' needs the key 'dataset', a map that describes the dataset it wraps.
                            conf/base/catalog.yml:4:22: unknown key 'lable' in 'odd'. Did you mean 'label'? Known keys: dataset, label, metadata, type.
                            conf/base/catalog.yml:5:48: unknown key 'x' in 'wrong.dataset'. Known keys: copy_mode, metadata, type.""");
        }
    }

    @Test
    void namesTheDatasetThatAProviderFailsOn() {
        write("catalog.yml", "orders: {type: broken}\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(reading(ORDERS)))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("conf/base/catalog.yml:1:1: dataset 'orders' of type 'broken' cannot be made:"
                            + " java.lang.UnsupportedOperationException: not")
                    .hasCauseInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void whatIsWrittenAndHasNoEntryIsInMemoryAndNewForEachRun() throws IOException {
        write("catalog.yml", "clean: {type: memory}\n");
        BindRequest request = new BindRequest(Set.of(ORDERS, CLEAN), Set.of(), Set.of("orders", "clean"));
        try (DataCatalog catalog = load()) {
            BoundDatasets one = catalog.bind(request);
            BoundDatasets two = catalog.bind(request);
            one.dataset(ORDERS).save("a");
            one.dataset(CLEAN).save("b");
            assertThat(one.dataset(ORDERS).load()).isEqualTo("a");
            assertThat(two.dataset(ORDERS).exists()).isFalse();
            assertThat(two.dataset(CLEAN).exists()).isFalse();
            assertThat(one.position("orders")).isEmpty();
        }
    }

    @Test
    void namesEachFreeInputThatNothingProvides() {
        write("catalog.yml", "ordres: {type: text, filepath: x}\nclean: {type: memory}\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(reading("orders", "clean", "zebra")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("""
                            conf/base/catalog.yml:2:1: dataset 'clean' is read, but no node of the run writes it, and a memory dataset begins empty. Store it in a file, or run the node that writes it.
                            Dataset 'orders' is read, but no node of the run writes it and the catalog has no entry for it. Did you mean 'ordres'? Add it to conf/base/catalog.yml, or to the catalog's builder.
                            Dataset 'zebra' is read, but no node of the run writes it and the catalog has no entry for it. Add it to conf/base/catalog.yml, or to the catalog's builder.""");
        }
    }

    @Test
    void oneNameHasOneType() {
        try (DataCatalog catalog = load()) {
            BindRequest request = new BindRequest(
                    Set.of(ORDERS, DatasetRef.listOf("orders", String.class)), Set.of(), Set.of("orders"));
            assertThatThrownBy(() -> catalog.bind(request))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("Dataset 'orders' is used with two types: List<String> and String."
                            + " Use one type, or two views of it ('orders@a').");
        }
    }

    @Test
    void viewsAreEntriesOfTheirOwnWithOnePlace() {
        DatasetRef<String> asText = DatasetRef.of("trips@text", String.class);
        DatasetRef<String> asCopy = DatasetRef.of("trips@copy", String.class);
        BindRequest request = new BindRequest(Set.of(asText, asCopy), Set.of(), Set.of("trips@text"));
        write("catalog.yml", "trips@text: {type: text, filepath: x}\ntrips@copy: {type: text, filepath: ./x}\n");
        try (DataCatalog catalog = load()) {
            assertThatCode(() -> catalog.bind(request)).doesNotThrowAnyException();
        }
        write("catalog.yml", "trips@text: {type: text, filepath: x}\ntrips@copy: {type: text, filepath: z}\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(request))
                    .hasMessage("Datasets 'trips@copy' (conf/base/catalog.yml:2:1) and 'trips@text'"
                            + " (conf/base/catalog.yml:1:1) are views of one dataset, but lead to text at file://"
                            + root
                            + "/z and text at file://" + root + "/x. Give them the same file.");
        }
        write("catalog.yml", "trips@text: {type: memory}\ntrips@copy: {type: memory}\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(request)).hasMessageContaining("but lead to memory and memory.");
        }
        write("catalog.yml", "trips@text: {type: text, filepath: x}\n");
        try (DataCatalog catalog = load()) {
            assertThatThrownBy(() -> catalog.bind(request))
                    .hasMessage(
                            "Dataset 'trips@copy' is a view, so it needs an entry in the catalog that says how to read"
                                    + " the bytes of 'trips'. Add it to conf/base/catalog.yml.");
        }
    }

    @Test
    void twoNamesForOnePlaceAreRefusedIfItIsWritten() {
        write("catalog.yml", "orders: {type: text, filepath: x}\nclean: {type: text, filepath: a/../x}\n");
        try (DataCatalog catalog = load()) {
            assertThatCode(() -> catalog.bind(reading(ORDERS, CLEAN))).doesNotThrowAnyException();
            BindRequest writing = new BindRequest(Set.of(ORDERS, CLEAN), Set.of("orders"), Set.of("clean"));
            assertThatThrownBy(() -> catalog.bind(writing))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "Datasets 'clean' (conf/base/catalog.yml:2:1) and 'orders' (conf/base/catalog.yml:1:1) have"
                                    + " the same file, file://" + root + "/x, and the run writes it."
                                    + " Give them different files, or make them views of one dataset.");
        }
    }

    @Test
    void whatIsAddedByHandWinsAndStaysTheCallers() throws IOException {
        write("catalog.yml", "orders: {type: text, filepath: x}\n");
        MemoryDataset<String> mine = new MemoryDataset<>("orders");
        mine.save("mine");
        DatasetRef<Double> rate = DatasetRef.parameter("rate", Double.class);
        try (DataCatalog catalog = DataCatalog.builder(config(), providers)
                .add(ORDERS, mine)
                .value(rate, 0.5)
                .build()) {
            BoundDatasets bound = catalog.bind(reading(ORDERS, rate));
            assertThat(bound.dataset(ORDERS)).isSameAs(mine);
            bound.dataset(rate).release();
            assertThat(bound.dataset(rate).load()).isEqualTo(0.5);
            assertThat(bound.position("orders")).isEmpty();
            assertThat(catalog.names()).containsExactly("orders", "params:rate");
        }
        assertThat(mine.load()).isEqualTo("mine");
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // the raw ref is what lets a wrong value past javac
    void refusesWhatIsAddedByHandAndDoesNotFit() {
        DatasetRef raw = ORDERS;
        assertThatThrownBy(() -> DataCatalog.builder().value(raw, 5))
                .isInstanceOf(CatalogException.class)
                .hasMessage("The value for dataset 'orders' is of class java.lang.Integer, but the ref says String.");
        assertThatThrownBy(() -> DataCatalog.builder().value(ORDERS, "a").value(ORDERS, "b"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("Dataset 'orders' is added twice. Remove one of the two.");
        try (DataCatalog catalog = DataCatalog.builder().value(ORDERS, "a").build()) {
            assertThatThrownBy(() -> catalog.bind(reading(DatasetRef.of("orders", Integer.class))))
                    .hasMessage(
                            "Dataset 'orders' is used as Integer, but was added to the catalog as String. Use one type.");
            assertThatThrownBy(() -> catalog.bind(new BindRequest(Set.of(ORDERS), Set.of(), Set.of("orders"))))
                    .hasMessage("Dataset 'orders' is written by the run, but was added to the catalog as a value."
                            + " Add a dataset instead, or leave out the node that writes it.");
            assertThatThrownBy(
                            () -> catalog.bind(reading(ORDERS)).dataset(ORDERS).save("b"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("'orders' is a value given to the run; it cannot be written");
        }
    }

    @Test
    void knowsOnlyTheRefsOfTheRequest() {
        try (DataCatalog catalog = DataCatalog.builder().value(ORDERS, "a").build()) {
            BoundDatasets bound = catalog.bind(reading(ORDERS));
            assertThatThrownBy(() -> bound.dataset(CLEAN))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("Dataset 'clean' is not bound for this run. Add it to the request for binding.");
            assertThatThrownBy(() -> bound.dataset(DatasetRef.of("orders", Integer.class)))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("Dataset 'orders' is bound for this run as String, not as Integer.");
        }
    }

    @Test
    void bindsNothingAfterClose() {
        DataCatalog catalog = load();
        catalog.close();
        catalog.close();
        assertThatThrownBy(() -> catalog.bind(reading(ORDERS)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The catalog is closed");
    }

    @Test
    void closesAllStoragesEvenIfOneFails() {
        write("catalog.yml", "orders: {type: text, filepath: x}\nclean: {type: text, filepath: s3://b/x}\n");
        DataCatalog catalog = load();
        catalog.bind(reading(ORDERS, CLEAN));
        files.failOnClose = true;
        buckets.failOnClose = true;
        assertThatThrownBy(catalog::close)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Cannot close the storage for 's3': the line is dead.")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(files.closed).hasSize(1);
        assertThat(buckets.closed).hasSize(1);
    }

    @Test
    void runsOnSeveralThreadsShareOneStorage() throws Exception {
        write("catalog.yml", "orders: {type: text, filepath: x}\n");
        int threads = 8;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (DataCatalog catalog = load()) {
            Callable<BoundDatasets> bind = () -> {
                together.await(30, TimeUnit.SECONDS);
                return catalog.bind(reading(ORDERS));
            };
            for (Future<BoundDatasets> bound : pool.invokeAll(java.util.Collections.nCopies(threads, bind))) {
                assertThat(bound.get().dataset(ORDERS).exists()).isFalse();
            }
            assertThat(files.opened).hasSize(1);
        } finally {
            pool.shutdownNow();
        }
    }

    private static BindRequest reading(String... names) {
        return reading(Arrays.stream(names)
                .map(name -> DatasetRef.of(name, String.class))
                .toArray(DatasetRef<?>[]::new));
    }

    private static BindRequest reading(DatasetRef<?>... refs) {
        Set<DatasetRef<?>> all = Set.of(refs);
        return new BindRequest(
                all, Set.copyOf(all.stream().map(DatasetRef::name).toList()), Set.of());
    }

    private Config config() {
        return Config.load(ConfigSource.of(root));
    }

    private DataCatalog load() {
        return DataCatalog.load(config(), providers);
    }

    private void write(String file, String content) {
        try {
            Files.writeString(root.resolve("conf/base").resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
