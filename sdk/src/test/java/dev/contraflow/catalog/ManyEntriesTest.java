package dev.contraflow.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.Fakes.MapStorages;
import dev.contraflow.catalog.Fakes.TextFormats;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large catalogs. Work is counted in what is made and in bytes allocated, which unlike time are the same on every machine. */
class ManyEntriesTest {
    private static final int MANY = 10_000;

    @TempDir
    Path root;

    private final TextFormats text = new TextFormats("text", String.class);
    private final MapStorages files = new MapStorages("file");
    private final Providers providers =
            Providers.builder().format(text).storage(files).build();

    @Test
    void tenThousandEntriesCostTenTimesAThousand() throws IOException {
        write(1_000, "c");
        work(); // what is made once, by the first use of a class
        long few = work();
        write(MANY, "c");
        long many = work();
        assertThat(many).isLessThan(15 * few);
        assertThat(text.created).isEqualTo(3);
        assertThat(files.opened).hasSize(3);
    }

    @Test
    void tenThousandMistakesAreSixLinesAndFewSuggestions() throws IOException {
        write(1_000, "cc");
        long few = failing();
        write(MANY, "cc");
        long many = failing();
        assertThat(many).isLessThan(15 * few);
    }

    @Test
    void tenThousandMissingInputsMakeFewSuggestions() throws IOException {
        write(MANY, "c");
        try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
            bindMissing(catalog, 100); // what is made once, by the first use of a class
            long few = bindMissing(catalog, 1_000);
            long many = bindMissing(catalog, MANY);
            assertThat(many).isLessThan(15 * few);
        }
    }

    private static long bindMissing(DataCatalog catalog, int count) {
        Set<DatasetRef<?>> refs = IntStream.range(0, count)
                .mapToObj(i -> DatasetRef.of("missing" + i, String.class))
                .collect(Collectors.toSet());
        Set<String> names = refs.stream().map(DatasetRef::name).collect(Collectors.toSet());
        BindRequest request = new BindRequest(refs, names, Set.of());
        return allocated(() -> assertThatThrownBy(() -> catalog.bind(request)).isInstanceOf(CatalogException.class));
    }

    @Test
    void tenThousandNamesOfPatternsCostTenTimesAThousand() throws IOException {
        StringBuilder catalog = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            catalog.append("\"{region}.p%d_{name}\": {type: text, filepath: \"{region}/{name}\"}\n".formatted(i));
        }
        Files.writeString(Files.createDirectories(root.resolve("conf/base")).resolve("catalog.yml"), catalog);
        try (DataCatalog patterns = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
            resolve(patterns, 100);
            long few = resolve(patterns, 1_000);
            long many = resolve(patterns, MANY);
            assertThat(many).isLessThan(15 * few);
        }
    }

    private static long resolve(DataCatalog catalog, int count) {
        return allocated(() -> {
            for (int i = 0; i < count; i++) {
                assertThat(catalog.resolution("eu.p" + i % 100 + "_cars" + i)).isPresent();
            }
        });
    }

    private long work() {
        DatasetRef<String> one = DatasetRef.of("d77", String.class);
        return allocated(() -> {
            try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
                catalog.bind(new BindRequest(Set.of(one), Set.of("d77"), Set.of()));
            }
        });
    }

    private long failing() {
        return allocated(() -> assertThatThrownBy(() -> DataCatalog.load(Config.load(ConfigSource.of(root)), providers))
                .isInstanceOf(CatalogException.class)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines())
                        .hasSize(6)
                        .last()
                        .asString()
                        .endsWith(" more")));
    }

    private static long allocated(Runnable action) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        action.run();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    private void write(int entries, String credentialsPrefix) throws IOException {
        StringBuilder catalog = new StringBuilder();
        StringBuilder credentials = new StringBuilder();
        for (int i = 0; i < entries; i++) {
            catalog.append("d%d: {type: text, filepath: data/%d.txt, credentials: %s%d}\n"
                    .formatted(i, i, credentialsPrefix, i));
            credentials.append("c%d: {key: k}\n".formatted(i));
        }
        Path base = Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
        Files.writeString(base.resolve("catalog.yml"), catalog);
        Files.writeString(base.resolve("credentials.yml"), credentials);
    }
}
