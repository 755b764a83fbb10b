package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.FileFolder;
import dev.contraflow.formats.core.SlowDatasets.Delays;
import dev.contraflow.formats.core.SlowDatasets.SlowEncoded;
import dev.contraflow.formats.core.SlowDatasets.SlowOpaque;
import dev.contraflow.io.Content;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.testkit.DatasetContract;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SlowDatasetTest {
    private static final Location AT = new Location("map", "", "/orders.json");
    private static final Duration LOAD = Duration.ofMillis(3);
    private static final Duration SAVE = Duration.ofHours(5);
    private static final WriteSpec SPEC = new WriteSpec("run", 1, WriteSpec.Existing.OVERWRITE);
    private static final DatasetRef<List<String>> REF = DatasetRef.listOf("orders", String.class);

    private final List<Duration> pauses = new ArrayList<>();
    private final Delays recorded = new Delays(LOAD, SAVE, pauses::add);

    private static EncodedDataset<List<String>> file() {
        return new FileDataset<>(
                new MapStorage(),
                AT,
                new JsonFormatProvider().create(new TypeRef<List<String>>() {}, FormatOptions.none()));
    }

    /** A dataset without bytes, that keeps its value in memory. */
    private static final class Opaque implements Dataset<List<String>> {
        private @Nullable List<String> value;

        @Override
        public List<String> load() throws IOException {
            if (value == null) {
                throw new ObjectNotFoundException(AT, null);
            }
            return value;
        }

        @Override
        public void save(List<String> saved) {
            value = saved;
        }

        @Override
        public boolean exists() {
            return value != null;
        }

        @Override
        public boolean isPersistent() {
            return false;
        }

        @Override
        public boolean isSerial() {
            return true;
        }

        @Override
        public void release() {
            value = null;
        }

        @Override
        public String describe() {
            return "opaque";
        }
    }

    @Nested
    class AroundAFile extends DatasetContract<List<String>> {
        private final EncodedDataset<List<String>> inner = file();

        @Override
        protected Dataset<List<String>> newDataset() {
            return new SlowEncoded<>(inner, recorded);
        }

        @Override
        protected Optional<Dataset<List<String>>> wrapped() {
            return Optional.of(inner);
        }

        @Override
        protected Power power() {
            return Power.ENCODED;
        }

        @Override
        protected List<String> value() {
            return List.of("a");
        }

        @Override
        protected List<String> otherValue() {
            return List.of("a", "b");
        }
    }

    @Nested
    class AroundAnOpaqueDataset extends DatasetContract<List<String>> {
        private final Opaque inner = new Opaque();

        @Override
        protected Dataset<List<String>> newDataset() {
            return new SlowOpaque<>(inner, recorded);
        }

        @Override
        protected Optional<Dataset<List<String>>> wrapped() {
            return Optional.of(inner);
        }

        @Override
        protected Power power() {
            return Power.OPAQUE;
        }

        @Override
        protected List<String> value() {
            return List.of("a");
        }

        @Override
        protected List<String> otherValue() {
            return List.of("b");
        }
    }

    @Test
    void onlyFetchAndTransferOfAFileWait() throws IOException {
        EncodedDataset<List<String>> slow = new SlowEncoded<>(file(), recorded);
        assertThat(slow.describe()).isEqualTo("json at map:///orders.json");
        assertThat(slow.exists()).isFalse();
        try (Content content = slow.encode(List.of("a"), Grant.unbounded());
                PendingWrite write = slow.beginWrite(SPEC)) {
            assertThat(pauses).isEmpty();
            write.transfer(content);
            assertThat(pauses).containsExactly(SAVE);
            write.commit();
        }
        assertThat(slow.exists()).isTrue();
        assertThat(pauses).containsExactly(SAVE);
        try (Content content = slow.fetch(Grant.unbounded())) {
            assertThat(pauses).containsExactly(SAVE, LOAD);
            assertThat(slow.decode(content)).containsExactly("a");
        }
        assertThat(pauses).containsExactly(SAVE, LOAD);
        slow.save(List.of());
        assertThat(slow.load()).isEmpty();
        assertThat(pauses).containsExactly(SAVE, LOAD, SAVE, LOAD);
    }

    @Test
    void loadAndSaveOfAnOpaqueDatasetWait() throws IOException {
        Dataset<List<String>> slow = new SlowOpaque<>(new Opaque(), recorded);
        slow.save(List.of("a"));
        assertThat(slow.exists()).isTrue();
        assertThat(slow.load()).containsExactly("a");
        slow.release();
        assertThat(slow.describe()).isEqualTo("opaque");
        assertThat(pauses).containsExactly(SAVE, LOAD);
    }

    @Test
    void anInterruptEndsTheWaitAndKeepsTheFlag() throws IOException {
        EncodedDataset<List<String>> inner = file();
        Dataset<List<String>> slow = SlowDatasets.slow((Dataset<List<String>>) inner, SAVE, SAVE);
        assertThat(slow).isInstanceOf(EncodedDataset.class);
        assertInterruptible(() -> slow.save(List.of("a")));
        assertThat(inner.exists()).isFalse();
        assertInterruptible(slow::load);
        Opaque opaque = new Opaque();
        assertInterruptible(() -> SlowDatasets.slow(opaque, SAVE, SAVE).save(List.of("a")));
        assertThat(opaque.exists()).isFalse();
    }

    private static void assertInterruptible(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(call)
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessage("Interrupted while a slow dataset waited for PT5H");
        } finally {
            assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        }
    }

    @Test
    void reallyWaits() throws IOException {
        Duration delay = Duration.ofMillis(20);
        Dataset<List<String>> slow = SlowDatasets.slow(new Opaque(), delay, delay);
        long begin = System.nanoTime();
        slow.save(List.of());
        slow.load();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(delay.multipliedBy(2));
    }

    @Test
    void negativeDelaysAreRefused() {
        assertThatThrownBy(() -> SlowDatasets.slow(new Opaque(), Duration.ofMillis(-1), SAVE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A delay is negative: load PT-0.001S, save PT5H");
    }

    /** A catalog of one entry. */
    private record Entry(ConfigSection options, Dataset<?> inner) implements DatasetConfig {
        @Override
        public <T> FileFolder<T> files(DatasetRef<T> ref, String key, String folder) {
            throw new UnsupportedOperationException("there are no files");
        }

        @Override
        @SuppressWarnings("unchecked") // the tests ask for what they gave
        public <T> Dataset<T> nested(DatasetRef<T> ref, String key) {
            options.allow(key);
            assertThat(key).isEqualTo("dataset");
            return (Dataset<T>) inner;
        }
    }

    @Test
    void isMadeFromItsEntryWithoutWaiting() {
        DatasetProvider provider = ServiceLoader.load(DatasetProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.typeId().equals("slow"))
                .findFirst()
                .orElseThrow();
        ConfigSection options = ConfigSection.of(
                "orders",
                Map.<String, Object>of("load_delay", "1h", "save_delay", 3600, "dataset", Map.of("type", "json")));
        assertThat(provider.create(REF, new Entry(options, file()))).isInstanceOf(SlowEncoded.class);
        assertThat(provider.create(REF, new Entry(options, new Opaque()))).isInstanceOf(SlowOpaque.class);
        options.allow("type");
        options.rejectOtherKeys();
    }

    @Test
    void aWrongDelayIsAnErrorOfTheCatalog() {
        ConfigSection options = ConfigSection.of("orders", Map.of("load_delay", "soon"));
        assertThatThrownBy(() -> new SlowDatasetProvider().create(REF, new Entry(options, file())))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(code): 'load_delay' in 'orders' is not a duration. Write 250ms, 10s, 5m or 1h.");
    }
}
