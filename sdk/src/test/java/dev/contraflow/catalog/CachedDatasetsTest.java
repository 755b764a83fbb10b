package dev.contraflow.catalog;

import static dev.contraflow.catalog.CatalogFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.ObjectNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedDatasetsTest {
    private static final DatasetRef<String> CARS = text("cars");
    private static final DatasetRef<List<String>> NAMES = DatasetRef.listOf("names", String.class);

    private CatalogFixture project;

    @BeforeEach
    void makeProject(@TempDir Path root) {
        project = new CatalogFixture(root).with("catalog.yml", """
                        cars: {type: CachedDataset, copy_mode: assign, dataset: {type: text, filepath: x}}
                        plain: {type: text, filepath: x}
                        """);
    }

    @Test
    void aFileIsReadOnceAndNotAtAllAfterASave() throws IOException {
        try (DataCatalog catalog = project.load()) {
            catalog.save(text("plain"), "stored");
            Dataset<String> cars = cars(catalog);
            assertThat(cars.exists()).isTrue();
            assertThat(cars.load()).isEqualTo("stored");
            assertThat(cars.load()).isEqualTo("stored").isNotSameAs(cars.load());
            assertThat(project.files.reads).isEqualTo(1);
            cars.save("new");
            assertThat(cars.load()).isEqualTo("new");
            assertThat(catalog.load(text("plain"))).as("written through").isEqualTo("new");
            assertThat(project.files.reads).isEqualTo(2);
        }
    }

    @Test
    void releaseForgets() throws IOException {
        try (DataCatalog catalog = project.load()) {
            Dataset<String> cars = cars(catalog);
            cars.save("one");
            catalog.save(text("plain"), "behind its back");
            assertThat(cars.load()).isEqualTo("one");
            cars.release();
            assertThat(cars.load()).isEqualTo("behind its back");
        }
    }

    @Test
    void aFailedSaveLeavesNothingRemembered() throws IOException {
        try (DataCatalog catalog = project.load()) {
            Dataset<String> cars = cars(catalog);
            cars.save("one");
            try (Content content = ((EncodedDataset<String>) cars).encode("two", Grant.unbounded());
                    var write = ((EncodedDataset<String>) cars)
                            .beginWrite(new dev.contraflow.io.WriteSpec(
                                    "r", 1, dev.contraflow.io.WriteSpec.Existing.MUST_NOT_EXIST))) {
                write.transfer(content);
                assertThatThrownBy(write::commit).isInstanceOf(IOException.class);
            }
            assertThat(project.files.reads).isZero();
            assertThat(cars.load()).isEqualTo("one");
            assertThat(project.files.reads).isEqualTo(1);
        }
    }

    @Test
    void itIsWhatItWraps() {
        try (DataCatalog catalog = project.load()) {
            Dataset<String> cars = cars(catalog);
            Dataset<String> plain =
                    catalog.bind(CatalogFixture.writing("plain")).dataset(text("plain"));
            assertThat(cars).isInstanceOf(EncodedDataset.class);
            assertThat(cars.target()).isEqualTo(plain.target());
            assertThat(cars.isPersistent()).isTrue();
            assertThat(cars.isExact()).isTrue();
            assertThat(cars.describe()).isEqualTo(plain.describe());
            assertThat(catalog.type("cars")).contains("cached");
        }
        assertThat(CachedDatasets.cached(CARS, new MemoryDataset<>("cars")).isPersistent())
                .isFalse();
    }

    @Test
    void anOpaqueValueIsRememberedFrozen() throws IOException {
        Counting inner = new Counting();
        Dataset<List<String>> names = CachedDatasets.cached(NAMES, inner);
        assertThat(names).isNotInstanceOf(EncodedDataset.class);
        assertThat(names.exists()).isFalse();
        assertThatThrownBy(names::load).isInstanceOf(ObjectNotFoundException.class);
        List<String> mine = new ArrayList<>(List.of("a"));
        names.save(mine);
        mine.add("b");
        assertThat(names.exists()).isTrue();
        assertThat(names.load()).containsExactly("a").isSameAs(names.load());
        assertThat(inner.loads).as("one failed").isEqualTo(1);
        names.release();
        assertThat(names.exists()).isFalse();
    }

    /** A dataset in memory that counts. */
    private static final class Counting extends ForwardingDataset<List<String>> {
        int loads;

        Counting() {
            super(new MemoryDataset<>("names"));
        }

        @Override
        public List<String> load() throws IOException {
            loads++;
            return super.load();
        }
    }

    private static Dataset<String> cars(DataCatalog catalog) {
        return catalog.bind(CatalogFixture.writing("cars")).dataset(CARS);
    }
}
