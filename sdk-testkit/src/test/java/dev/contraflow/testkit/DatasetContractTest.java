package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.CachedDatasets;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingEncodedDataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract holds for files, with versions and in a cache; and ways to break it make the test fail that is meant for it. */
class DatasetContractTest {
    private static final DatasetRef<List<String>> REF = DatasetRef.listOf("lines", String.class);

    private abstract static class Lines extends DatasetContract<List<String>> {
        @Override
        protected Power power() {
            return Power.ENCODED;
        }

        @Override
        protected List<String> value() {
            return List.of("a", "b");
        }

        @Override
        protected List<String> otherValue() {
            return List.of("c");
        }
    }

    /** Rows in a cache, which does not keep them. */
    @Nested
    class CachedRows extends DatasetContract<Rows<String>> {
        private final ScriptedStorage storage = new ScriptedStorage(new InMemoryStorage());
        private final Location at = new Location("memory", "", "/rows");
        private final EncodedDataset<Rows<String>> inner = new FileDataset<>(storage, at, new LineRowsFormat());

        @Override
        protected Dataset<Rows<String>> newDataset() {
            return CachedDatasets.cached(DatasetRef.rowsOf("rows", String.class), inner);
        }

        @Override
        protected Power power() {
            return Power.ENCODED;
        }

        @Override
        protected Rows<String> value() {
            return Rows.of(List.of("a", "b"));
        }

        @Override
        protected Rows<String> otherValue() {
            return Rows.of(List.of());
        }

        @Override
        protected Optional<Dataset<Rows<String>>> wrapped() {
            return Optional.of(inner);
        }

        @Test
        void rowsAreReadFromTheStorageEachTime() throws IOException {
            Dataset<Rows<String>> cached = newDataset();
            cached.save(value());
            assertThat(cached.load().count() + cached.load().count()).isEqualTo(4);
            assertThat(storage.count(at, ScriptedStorage.Call.READ)).isEqualTo(2);
            assertThat(storage.openContents()).isZero();
        }
    }

    private static EncodedDataset<List<String>> file() {
        return new FileDataset<>(
                new InMemoryStorage(), new Location("memory", "", "/lines"), new LinesFormat(LinesFormat.Form.EXACT));
    }

    /** A dataset with versions, of a catalog. */
    private static Dataset<List<String>> versioned(Map<String, Object> entry) {
        Providers providers = Providers.builder()
                .format(new LinesProvider())
                .storage(new InMemoryProvider())
                .build();
        CatalogConfig config =
                new CatalogConfig(Path.of(""), Map.of("lines", entry), Map.of(), Map.of(), Map.of(), "v1");
        BindRequest request = new BindRequest(Set.of(REF), Set.of(), Set.of("lines"));
        return DataCatalog.of(config, providers).bind(request).dataset(REF);
    }

    @Nested
    class AFile extends Lines {
        @Override
        protected Dataset<List<String>> newDataset() {
            return file();
        }
    }

    @Nested
    class AFileWithVersions extends Lines {
        @Override
        protected Dataset<List<String>> newDataset() {
            return versioned(Map.of("type", "lines", "filepath", "memory://x/lines", "versioned", true));
        }

        @Override
        protected boolean keepsVersions() {
            return true;
        }
    }

    @Nested
    class AFileInACache extends Lines {
        private final EncodedDataset<List<String>> inner = file();

        @Override
        protected Dataset<List<String>> newDataset() {
            return CachedDatasets.cached(REF, inner);
        }

        @Override
        protected Optional<Dataset<List<String>>> wrapped() {
            return Optional.of(inner);
        }
    }

    @Nested
    class AFileWithVersionsInACache extends Lines {
        @Override
        protected Dataset<List<String>> newDataset() {
            return versioned(Map.of(
                    "type",
                    "cached",
                    "versioned",
                    true,
                    "dataset",
                    Map.of("type", "lines", "filepath", "memory://x/lines")));
        }

        @Override
        protected boolean keepsVersions() {
            return true;
        }
    }

    /** A contract over one dataset, for calling its tests by hand. */
    private static final class Over extends Lines {
        private final Dataset<List<String>> dataset;
        private final Dataset<List<String>> inner;
        private final boolean hasVersions;

        Over(Dataset<List<String>> dataset, Dataset<List<String>> inner, boolean hasVersions) throws Exception {
            this.dataset = dataset;
            this.inner = inner;
            this.hasVersions = hasVersions;
            open();
        }

        @Override
        protected Dataset<List<String>> newDataset() {
            return dataset;
        }

        @Override
        protected Optional<Dataset<List<String>>> wrapped() {
            return Optional.of(inner);
        }

        @Override
        protected boolean keepsVersions() {
            return hasVersions;
        }
    }

    @Test
    void aWrapperThatHidesTheBytesFails() throws Exception {
        EncodedDataset<List<String>> inner = file();
        Over contract = new Over(new Hiding(inner), inner, false);
        assertFails(contract::aWrapperHidesNothingOfWhatItWraps, "can be encoded as what it wraps");
        assertFails(contract::hasThePowersThatItSays, "can be encoded");
    }

    @Test
    void aWrapperThatHidesTheVersionsFails() throws Exception {
        EncodedDataset<List<String>> inner = (EncodedDataset<List<String>>)
                versioned(Map.of("type", "lines", "filepath", "memory://x/lines", "versioned", true));
        Dataset<List<String>> hiding = new ForwardingEncodedDataset<>(inner) {
            @Override
            public Optional<Versions> versions() {
                return Optional.empty();
            }
        };
        assertFails(new Over(hiding, inner, true)::aWrapperHidesNothingOfWhatItWraps, "keeps versions");
        assertFails(new Over(hiding, inner, true)::keepsVersionsOrSaysThatItDoesNot, "keeps versions");
    }

    @Test
    void aDatasetThatReplacesItsVersionFails() throws Exception {
        EncodedDataset<List<String>> file = file();
        assertFails(new Over(file, file, true)::aSecondSaveReplacesTheFirst, "");
        assertThatCode(new Over(file, file, false)::keepsVersionsOrSaysThatItDoesNot)
                .doesNotThrowAnyException();
    }

    private static void assertFails(ThrowingCallable test, String message) {
        assertThatThrownBy(test).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    /** What a careless wrapper looks like. */
    private record Hiding(Dataset<List<String>> inner) implements Dataset<List<String>> {
        @Override
        public List<String> load() throws IOException {
            return inner.load();
        }

        @Override
        public void save(List<String> value) throws IOException {
            inner.save(value);
        }

        @Override
        public boolean exists() throws IOException {
            return inner.exists();
        }

        @Override
        public String describe() {
            return inner.describe();
        }
    }

    private static final class LinesProvider implements FormatProvider {
        @Override
        public String typeId() {
            return "lines";
        }

        @Override
        @SuppressWarnings("unchecked") // the tests have lists of texts only
        public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
            return (Format<T>) new LinesFormat(LinesFormat.Form.EXACT);
        }
    }

    private static final class InMemoryProvider implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("memory");
        }

        @Override
        public Storage open(StorageConfig config) {
            return new InMemoryStorage();
        }
    }
}
