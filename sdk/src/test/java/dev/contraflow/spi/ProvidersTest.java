package dev.contraflow.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.io.ArgumentRules;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatAlias;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {
    @Test
    void alwaysHasMemoryAndCached() {
        assertThat(Providers.builder().build().dataset("memory")).isPresent();
        assertThat(Providers.discover().dataset("memory")).isPresent();
        assertThat(Providers.builder().build().typeIds()).containsExactly("cached", "memory", "partitioned");
    }

    @Test
    void knowsWhatWasAddedByHandSorted() {
        Providers providers = Providers.builder()
                .format(new Csv())
                .storage(new Buckets())
                .dataset(new Tables())
                .plugin(new Tee())
                .build();
        assertThat(providers.formatIds()).containsExactly("csv");
        assertThat(providers.schemes()).containsExactly("s3", "s3a");
        assertThat(providers.datasetIds()).containsExactly("cached", "jdbc-table", "memory", "partitioned");
        assertThat(providers.typeIds()).containsExactly("cached", "csv", "jdbc-table", "memory", "partitioned");
        assertThat(providers.pluginIds()).containsExactly("tee");
        assertThat(providers.format("csv")).get().isInstanceOf(Csv.class);
        assertThat(providers.storage("s3a")).get().isInstanceOf(Buckets.class);
        assertThat(providers.plugin("tee")).get().isInstanceOf(Tee.class);
        assertThat(providers.format("cvs")).isEmpty();
        assertThat(providers.failures()).isEmpty();
    }

    @Test
    void findsATypeByEveryNameThatKedroHasForIt() {
        Providers providers = Providers.builder()
                .format(new Aliased("csv", "pandas.CSVDataset"))
                .build();
        for (String name : List.of(
                "pandas.CSVDataset",
                "pandas.CSVDataSet",
                "kedro_datasets.pandas.CSVDataset",
                "kedro_datasets.pandas.csv_dataset.CSVDataset",
                "kedro.extras.datasets.pandas.CSVDataSet")) {
            assertThat(providers.typeId(name)).as(name).isEqualTo("csv");
            assertThat(providers.format(name)).as(name).get().isInstanceOf(Aliased.class);
            assertThat(providers.formatAlias(name)).as(name).isPresent();
        }
        for (String name : List.of(
                "MemoryDataset",
                "kedro.io.MemoryDataset",
                "kedro.io.memory_dataset.MemoryDataset",
                "kedro.io.core.MemoryDataSet",
                "SharedMemoryDataset")) {
            assertThat(providers.dataset(name)).as(name).isPresent();
            assertThat(providers.typeId(name)).as(name).isEqualTo("memory");
        }
        assertThat(providers.formatAlias("csv")).isEmpty();
        assertThat(providers.format("pandas.mine.CSVDataset")).isEmpty();
        assertThat(providers.typeId("pandas.ExcelDataset")).isEqualTo("pandas.ExcelDataset");
        assertThat(providers.aliases()).contains("pandas.CSVDataset", "MemoryDataset", "CachedDataset");
    }

    @Test
    void twoProvidersOfOneAliasAreRefused() {
        assertThatThrownBy(() -> Providers.builder()
                        .format(new Aliased("csv", "pandas.CSVDataset"))
                        .format(new Aliased("tsv", "pandas.CSVDataset")))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("Two providers for the type 'pandas.CSVDataset': " + Aliased.class.getName());
    }

    @Test
    void withMakesNewProviders() {
        Providers none = Providers.builder().build();
        Providers more = none.withFormat(new Csv())
                .withStorage(new Buckets())
                .withDataset(new Tables())
                .withPlugin(new Tee());
        assertThat(none.typeIds()).containsExactly("cached", "memory", "partitioned");
        assertThat(none.schemes()).isEmpty();
        assertThat(more.typeIds()).containsExactly("cached", "csv", "jdbc-table", "memory", "partitioned");
        assertThat(more.schemes()).containsExactly("s3", "s3a");
        assertThat(more.plugin("tee")).isPresent();
    }

    @Test
    void twoProvidersForOneIdAreRefusedWithTheirOrigins() {
        Providers providers = Providers.builder()
                .format(new Csv())
                .storage(new Buckets())
                .plugin(new Tee())
                .build();
        String here = ProvidersTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        assertThatThrownBy(() -> providers.withFormat(new OtherCsv()))
                .isInstanceOf(CatalogException.class)
                .hasMessage("Two providers for the type 'csv': " + Csv.class.getName() + " (from " + here + ") and "
                        + OtherCsv.class.getName() + " (from " + here + "). Remove one of them from the class path.");
        assertThatThrownBy(() -> providers.withStorage(new Buckets()))
                .hasMessageStartingWith("Two providers for the scheme 's3");
        assertThatThrownBy(() -> providers.withPlugin(new Tee()))
                .hasMessageStartingWith("Two providers for the plugin 'tee'");
        assertThatThrownBy(() -> providers.withDataset(new CsvTables()))
                .hasMessageStartingWith("Two providers for the type 'csv': " + Csv.class.getName());
        assertThatThrownBy(() -> providers.withFormat(new Memory()))
                .hasMessageStartingWith("Two providers for the type 'memory': ");
    }

    @Test
    void discoversAnewByTheContextClassLoader(@TempDir Path folder) throws Exception {
        service(folder, FormatProvider.class, Csv.class.getName());
        service(folder, Plugin.class, Tee.class.getName());
        assertThat(Providers.discover().format("csv")).isEmpty();
        Providers found = discoverIn(folder);
        assertThat(found.format("csv")).get().isInstanceOf(Csv.class);
        assertThat(found.plugin("tee")).get().isInstanceOf(Tee.class);
        assertThat(Providers.discover().format("csv")).isEmpty();
    }

    @Test
    void aBrokenProviderDoesNotHideTheOthers(@TempDir Path folder) throws Exception {
        service(folder, FormatProvider.class, "com.example.Gone", Exploding.class.getName(), Csv.class.getName());
        Providers found = discoverIn(folder);
        assertThat(found.formatIds()).containsExactly("csv");
        assertThat(found.failures())
                .containsExactly(
                        "A FormatProvider on the class path could not be loaded: Provider com.example.Gone not found.",
                        "A FormatProvider on the class path could not be loaded: Provider " + Exploding.class.getName()
                                + " could not be instantiated (no native library).");
    }

    @Test
    void aBrokenProviderIsNamedOnceSomethingIsNotFound(@TempDir Path folder) throws Exception {
        service(folder, FormatProvider.class, "com.example.Gone");
        Path base = Files.createDirectories(folder.resolve("conf/base"));
        Files.createDirectories(folder.resolve("conf/local"));
        Config config = Config.load(ConfigSource.of(folder));
        DataCatalog.load(config, discoverIn(folder)).close();
        Files.writeString(base.resolve("catalog.yml"), "orders: {type: gone, filepath: x}\n");
        Config asking = Config.load(ConfigSource.of(folder));
        Providers found = discoverIn(folder);
        DatasetRef<String> orders = DatasetRef.of("orders", String.class);
        BindRequest reading = new BindRequest(Set.of(orders), Set.of("orders"), Set.of());
        assertThatThrownBy(() -> DataCatalog.load(asking, found).bind(reading))
                .isInstanceOf(CatalogException.class)
                .hasMessage("conf/base/catalog.yml:1:10: 'type' in 'orders' is 'gone', which is not known."
                        + " Known types: cached, memory, partitioned. A FormatProvider on the class path could not be loaded:"
                        + " Provider com.example.Gone not found.");
    }

    @Test
    void fallsBackToItsOwnClassLoaderWhereTheContextDoesNotSeeTheSdk() throws Exception {
        try (URLClassLoader blind = new URLClassLoader(new URL[0], null)) {
            assertThat(discoverWith(blind).dataset("memory")).isPresent();
        }
    }

    private static Providers discoverIn(Path folder) throws IOException {
        URL[] urls = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, ProvidersTest.class.getClassLoader())) {
            return discoverWith(loader);
        }
    }

    private static Providers discoverWith(ClassLoader loader) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return Providers.discover();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void service(Path folder, Class<?> service, String... providers) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.write(services.resolve(service.getName()), Set.of(String.join("\n", providers)));
    }

    /** A format that is only found, never made. */
    public static class Csv implements FormatProvider {
        @Override
        public String typeId() {
            return "csv";
        }

        @Override
        public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
            throw new AssertionError("nobody asked for it");
        }
    }

    /** Another one with the same id. */
    public static final class OtherCsv extends Csv {}

    /** One with the id of what is built in. */
    public static final class Memory extends Csv {
        @Override
        public String typeId() {
            return "memory";
        }
    }

    /** One that cannot be made. */
    public static final class Exploding extends Csv {
        /** Fails. */
        public Exploding() {
            throw new IllegalStateException("no native library");
        }
    }

    private static final class Buckets implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("s3", "s3a");
        }

        @Override
        public Storage open(StorageConfig config) {
            throw new AssertionError("nobody asked for it");
        }
    }

    private static class Tables implements DatasetProvider {
        @Override
        public String typeId() {
            return "jdbc-table";
        }

        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            throw new AssertionError("nobody asked for it");
        }
    }

    private static final class CsvTables extends Tables {
        @Override
        public String typeId() {
            return "csv";
        }
    }

    /** A plugin that is only found. */
    public static final class Tee implements Plugin {
        @Override
        public String id() {
            return "tee";
        }

        @Override
        public void contribute(Contributions contributions) {
            throw new AssertionError("nobody asked for it");
        }
    }

    /** A format with a name of Kedro's. */
    private record Aliased(String typeId, String alias) implements FormatProvider {
        @Override
        public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<FormatAlias> aliases() {
            return List.of(FormatAlias.of(alias, ArgumentRules.of("pandas"), ArgumentRules.of("pandas")));
        }
    }
}
