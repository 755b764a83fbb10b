package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.PipelineDatasets;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/catalog.md, docs/versioning.md and the two pages for authors show does what they say. */
class CatalogDocsTest {
    private static final DatasetRef<String> CARS = DatasetRef.of("cars", String.class);

    /** A row of the data. */
    public record Company(String name, int rating) {}

    @TempDir
    Path root;

    private final Providers providers =
            Providers.discover().withDataset(new LedgerDatasetProvider(new ConcurrentHashMap<>(Map.of("4711", 1250L))));

    @BeforeEach
    void copyProject() throws IOException {
        Files.createDirectories(root.resolve("conf/local"));
        Path base = Files.createDirectories(root.resolve("conf/base"));
        for (String file : List.of("catalog.yml", "credentials.yml")) {
            Files.copy(Path.of("src/test/resources/docs/catalog/conf/base").resolve(file), base.resolve(file));
        }
    }

    @Test
    void aCatalogWithoutARun() throws IOException {
        Path file = root.resolve("data/01_raw/companies.csv");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "name;rating\nacme;5\nzeta;1\n");
        Config config = Config.load(ConfigSource.of(root));
        DatasetRef<List<Company>> companies = DatasetRef.listOf("companies", Company.class);
        try (DataCatalog catalog = DataCatalog.load(config, providers)) {
            if (catalog.exists(companies)) {
                List<Company> rows = catalog.load(companies);
                catalog.save(companies, rows.subList(0, 1));
            }
        }
        assertThat(file).hasContent("name;rating\nacme;5\n");
    }

    @Test
    void lookingAtACatalog() {
        try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
            Set<DatasetRef<?>> refs = Set.of(CARS, DatasetRef.of("eu.cars_raw", String.class));
            Set<String> raw = catalog.names(Pattern.compile("^c").asPredicate(), "csv"::equals);
            List<String> patterns = catalog.patterns(); // in the order in which they are tried
            Map<String, ?> entry = catalog.config("eu.cars_raw").orElseThrow(); // placeholders replaced, secrets not
            PipelineDatasets groups = catalog.describe(refs); // by entry, by pattern, in memory only
            CatalogConfig whole = catalog.toConfig(); // DataCatalog.of(whole, providers) makes it again
            assertThat(raw).containsExactly("companies");
            assertThat(patterns).containsExactly("{name}_features", "{region}.{name}_raw");
            assertThat(entry.get("filepath")).isEqualTo("data/01_raw/eu/cars.csv");
            assertThat(entry.get("credentials")).isEqualTo("eu_bucket");
            assertThat(groups.factories()).containsOnlyKeys("csv");
            assertThat(DataCatalog.of(whole, providers).names()).isEqualTo(catalog.names());
            catalog.putValue(CARS, "given by a test"); // warns that it replaces the entry
            assertThat(catalog.load(CARS)).isEqualTo("given by a test");
        }
    }

    @Test
    void versions() throws IOException {
        Path old = root.resolve("data/08_reporting/cars.txt/2024-01-15T10.30.00.000Z/cars.txt");
        Files.createDirectories(old.getParent());
        Files.writeString(old, "written by Kedro");
        Config config = Config.load(ConfigSource.of(root));
        List<String> seen = new ArrayList<>();
        try (DataCatalog catalog = DataCatalog.load(config, providers)) {
            String newest = catalog.load(CARS);
            catalog.save(CARS, newest + ", read here"); // the version catalog.saveVersion()
            List<String> all = catalog.versions(CARS); // the newest first
            seen.add(catalog.load(CARS, all.get(1))); // another version, this once
            seen.add(catalog.load(CARS)); // what was saved here
        }
        assertThat(seen).containsExactly("written by Kedro", "written by Kedro, read here");
        Map<String, String> pins = Map.of("cars", "2024-01-15T10.30.00.000Z");
        try (DataCatalog catalog =
                DataCatalog.builder(config, providers).loadVersions(pins).build()) {
            seen.add(catalog.load(CARS));
        }
        assertThat(seen).last().isEqualTo("written by Kedro");
    }

    @Test
    void aDatasetOfOnesOwn() {
        try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
            assertThat(catalog.load(DatasetRef.of("balance", BigDecimal.class))).isEqualTo(new BigDecimal("12.50"));
        }
    }

    /** Counts what is read; everything else is as in the dataset it wraps. */
    static final class Counted<T> extends ForwardingEncodedDataset<T> {
        private final List<Long> sizes;

        Counted(EncodedDataset<T> inner, List<Long> sizes) {
            super(inner);
            this.sizes = sizes;
        }

        @Override
        public Content fetch(Grant memory) throws IOException {
            Content content = super.fetch(memory);
            sizes.add(content.size());
            return content;
        }
    }

    @Test
    void aWrapper() throws IOException {
        List<Long> sizes = new ArrayList<>();
        try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
            EncodedDataset<String> cars =
                    (EncodedDataset<String>) catalog.bind(new BindRequest(Set.of(CARS), Set.of(), Set.of("cars")))
                            .dataset(CARS);
            cars.save("four");
            assertThat(new Counted<>(cars, sizes).load()).isEqualTo("four");
        }
        assertThat(sizes).containsExactly(4L);
    }
}
