package dev.contraflow.catalog;

import static dev.contraflow.catalog.CatalogFixture.reading;
import static dev.contraflow.catalog.CatalogFixture.text;
import static dev.contraflow.catalog.CatalogFixture.writing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that keep their versions, bound for runs. */
class VersionedDatasetsTest {
    private static final DatasetRef<String> CARS = text("cars");
    private static final String ENTRY = "cars: {type: text, filepath: s3://b/data/cars.txt, versioned: true}\n";

    private CatalogFixture project;

    @BeforeEach
    void makeProject(@TempDir Path root) {
        project = new CatalogFixture(root).with("catalog.yml", ENTRY);
    }

    @Test
    void aRunSavesItsOwnVersionInKedrosLayoutAndLoadsIt() throws IOException {
        try (DataCatalog catalog = project.load()) {
            bind(catalog, "v9").save("newer, by another run");
            Dataset<String> cars = bind(catalog, "v2");
            Stored stored = store(cars, "mine", new WriteSpec("v2", 1, WriteSpec.Existing.OVERWRITE));
            assertThat(stored.location()).isEqualTo(new Location("s3", "b", "/data/cars.txt/v2/cars.txt"));
            assertThat(cars.target()).contains(new Location("s3", "b", "/data/cars.txt"));
            assertThat(cars.versions().orElseThrow().toLoad()).isEqualTo("v2");
            assertThat(cars.load()).isEqualTo("mine");
            cars.release();
            assertThat(cars.load()).as("after release").isEqualTo("mine");
            assertThat(bind(catalog, "v3").load()).isEqualTo("newer, by another run");
            assertThat(cars.versions().orElseThrow().stored()).containsExactly("v9", "v2");
        }
    }

    @Test
    void withoutAVersionOneIsMadeOfTheTime() {
        try (DataCatalog catalog = project.load()) {
            BoundDatasets bound = catalog.bind(writing("cars"));
            assertThat(bound.saveVersion())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d\\.\\d{3}Z-[0-9a-z]{4}");
            assertThat(bound.dataset(CARS).versions().orElseThrow().toSave()).isEqualTo(bound.saveVersion());
            assertThat(catalog.bind(writing("cars")).saveVersion()).isNotEqualTo(bound.saveVersion());
        }
    }

    @Test
    void theNewestVersionCostsOneListingUntilItIsReleased() throws IOException {
        try (DataCatalog catalog = project.load()) {
            bind(catalog, "v1").save("one");
            Dataset<String> cars = bind(catalog, "v7");
            assertThat(cars.exists()).isTrue();
            assertThat(cars.load()).isEqualTo("one");
            assertThat(cars.load()).isEqualTo("one");
            assertThat(project.buckets.listings).isEqualTo(1);
            assertThat(project.buckets.reads).isEqualTo(2);
            assertThat(project.buckets.questions).isZero();
            bind(catalog, "v2").save("two");
            assertThat(cars.load()).isEqualTo("one");
            cars.release();
            assertThat(cars.load()).isEqualTo("two");
            assertThat(project.buckets.listings).isEqualTo(2);
        }
    }

    @Test
    void aSaveCostsOneWriteAndALoadAfterItOneRead() throws IOException {
        try (DataCatalog catalog = project.load()) {
            Dataset<String> cars = bind(catalog, "v1");
            cars.save("one");
            assertThat(project.buckets.listings + project.buckets.questions + project.buckets.reads)
                    .isZero();
            cars.load();
            assertThat(project.buckets.reads).isEqualTo(1);
            assertThat(project.buckets.listings + project.buckets.questions).isZero();
        }
    }

    @Test
    void aPinnedVersionIsLoadedWithoutAListing() throws IOException {
        try (DataCatalog catalog = project.load()) {
            bind(catalog, "v1").save("one");
            bind(catalog, "v2").save("two");
            Dataset<String> cars = pinned(catalog, "v1");
            assertThat(cars.exists()).isTrue();
            assertThat(cars.load()).isEqualTo("one");
            assertThat(project.buckets.listings).isZero();
            assertThat(pinned(catalog, "").load())
                    .as("an empty text pins nothing")
                    .isEqualTo("two");
            assertThat(pinned(catalog, "v0").exists()).isFalse();
            assertThatThrownBy(() -> pinned(catalog, "v0").load())
                    .isInstanceOf(ObjectNotFoundException.class)
                    .hasMessage("version 'v0' has no file. Versions that have, the newest first: v2, v1");
        }
    }

    @Test
    void aRunsPinGoesBeforeTheCatalogs() throws IOException {
        try (DataCatalog catalog = DataCatalog.builder(project.config(), project.providers)
                .loadVersions(Map.of("cars", "v1"))
                .build()) {
            bind(catalog, "v1").save("one");
            bind(catalog, "v2").save("two");
            assertThat(bind(catalog, "v3").load()).isEqualTo("one");
            assertThat(pinned(catalog, "v2").load()).isEqualTo("two");
            assertThat(catalog.load(CARS)).isEqualTo("one");
            assertThat(catalog.load(CARS, "v2")).isEqualTo("two");
        }
    }

    @Test
    void wrongVersionsAreRefusedWhenTheRunIsBound() {
        try (DataCatalog catalog = project.load()) {
            BindRequest request =
                    reading("cars").withSaveVersion("a/b").withLoadVersions(Map.of("cars", "..", "casr", "v1"));
            assertThatThrownBy(() -> catalog.bind(request))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("""
                            The version to save: 'a/b' cannot be a version: it must be one part of a path, so without '/' and '\\', not empty, '.' or '..', and at most 200 characters long.
                            The version to load of dataset 'cars': '..' cannot be a version: it must be one part of a path, so without '/' and '\\', not empty, '.' or '..', and at most 200 characters long.
                            A version to load is given for dataset 'casr', which the catalog does not have. Did you mean 'cars'? Correct the name, or add it to the catalog.""");
        }
        assertThatThrownBy(() -> DataCatalog.builder(project.config(), project.providers)
                        .loadVersions(Map.of("casr", "v1"))
                        .build())
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("Did you mean 'cars'?");
    }

    @Test
    void versionsMayBePinnedForWhatAPatternProvides() {
        project.with("catalog.yml", "\"{any}\": {type: text, filepath: \"{any}\", versioned: true}\n");
        try (DataCatalog catalog = project.load()) {
            BindRequest request = reading("cars").withLoadVersions(Map.of("cars", "v1", "unused", "v1"));
            assertThat(catalog.bind(request)
                            .dataset(CARS)
                            .versions()
                            .orElseThrow()
                            .pinned())
                    .contains("v1");
        }
    }

    @Test
    void aSecondSaveOfARunIsRefusedAndARepeatedOneIsNot() throws IOException {
        WriteSpec first = new WriteSpec("v1", 1, WriteSpec.Existing.OVERWRITE);
        WriteSpec second = new WriteSpec("v1", 2, WriteSpec.Existing.OVERWRITE);
        WriteSpec stranger = new WriteSpec("v0", 1, WriteSpec.Existing.OVERWRITE);
        try (DataCatalog catalog = project.load()) {
            Stored one = store(bind(catalog, "v1"), "one", first);
            assertThat(store(bind(catalog, "v1"), "one", first))
                    .as("the same bytes")
                    .isEqualTo(one);
            assertThatThrownBy(() -> store(bind(catalog, "v1"), "two", first))
                    .isInstanceOf(ObjectExistsException.class)
                    .hasMessage("version 'v1' exists already, and a version is never replaced");
            assertThatThrownBy(() -> store(bind(catalog, "v1"), "one", stranger))
                    .as("another run")
                    .isInstanceOf(ObjectExistsException.class);
            Dataset<String> cars = bind(catalog, "v1");
            assertThat(cars.load()).isEqualTo("one");
            cars.release();
            store(cars, "other bytes", second);
            assertThat(cars.load())
                    .as("a later attempt of the run replaces its own")
                    .isEqualTo("other bytes");
        }
    }

    @Test
    void viewsOfOneFileKnowOfEachOthersSaves() throws IOException {
        project.with("catalog.yml", """
                cars@a: {type: text, filepath: s3://b/cars.txt, versioned: true}
                cars@b: {type: text, filepath: s3://b/cars.txt, versioned: true}
                """);
        BindRequest request = new BindRequest(Set.of(text("cars@a"), text("cars@b")), Set.of(), Set.of("cars@a"));
        try (DataCatalog catalog = project.load()) {
            catalog.bind(request.withSaveVersion("v9")).dataset(text("cars@a")).save("newer");
            BoundDatasets bound = catalog.bind(request.withSaveVersion("v1"));
            bound.dataset(text("cars@a")).save("mine");
            assertThat(bound.dataset(text("cars@b")).load()).isEqualTo("mine");
        }
        project.with("catalog.yml", """
                cars@a: {type: text, filepath: s3://b/cars.txt, versioned: true}
                cars@b: {type: text, filepath: s3://b/cars.txt}
                """);
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.bind(request))
                    .hasMessage("Datasets 'cars@a' (conf/base/catalog.yml:1:1) and 'cars@b' (conf/base/catalog.yml:2:1)"
                            + " are views of one dataset, but only the first is versioned. Set 'versioned' to the same"
                            + " for both.");
        }
    }

    @Test
    void aFileWithAndOneWithoutVersionsAreOnePlace() {
        project.with("catalog.yml", ENTRY + "plain: {type: text, filepath: s3://b/data/cars.txt}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.bind(writing("cars", "plain")))
                    .hasMessageContaining("have the same file, s3://b/data/cars.txt, and the run writes it.");
        }
    }

    @Test
    void aFileWhereTheVersionOfAnotherIsGoingToBeIsRefused() {
        project.with("catalog.yml", ENTRY + "plain: {type: text, filepath: s3://b/data/cars.txt/v2/cars.txt}\n");
        try (DataCatalog catalog = project.load()) {
            BindRequest request = new BindRequest(Set.of(CARS, text("plain")), Set.of("plain"), Set.of("cars"));
            assertThatThrownBy(() -> catalog.bind(request.withSaveVersion("v2")))
                    .hasMessage("Dataset 'plain' (conf/base/catalog.yml:2:1) has the file"
                            + " s3://b/data/cars.txt/v2/cars.txt, where the run saves its version of 'cars'"
                            + " (conf/base/catalog.yml:1:1). Give it another file.");
            assertThatCode(() -> catalog.bind(request.withSaveVersion("v3")))
                    .as("a version of an earlier run may be read as it is")
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aVersionIsWholeOnlyWithItsFileAndNeverAPath() throws IOException {
        project.with("catalog.yml", ENTRY + """
                other: {type: text, filepath: s3://b/data/cars.txt/v8/other.txt}
                deep: {type: text, filepath: s3://b/data/cars.txt/v9/deep/cars.txt}
                beside: {type: text, filepath: s3://b/data/cars.txt/cars.txt}
                longer: {type: text, filepath: s3://b/data/cars.txt2/v9/cars.txt2}
                """);
        try (DataCatalog catalog = project.load()) {
            BoundDatasets bound = catalog.bind(writing("cars", "other", "deep", "beside", "longer"));
            for (String name : new String[] {"other", "deep", "beside", "longer"}) {
                bound.dataset(text(name)).save("x");
            }
            Dataset<String> cars = bound.dataset(CARS);
            assertThat(cars.exists()).isFalse();
            assertThat(cars.versions().orElseThrow().stored()).isEmpty();
            assertThatThrownBy(cars::load)
                    .isInstanceOf(ObjectNotFoundException.class)
                    .hasMessage("no version of it is stored");
        }
    }

    @Test
    void aFileWithoutVersionsIsMentioned() {
        project.with("catalog.yml", ENTRY + "plain: {type: text, filepath: s3://b/data/cars.txt}\n");
        try (DataCatalog catalog = project.load()) {
            catalog.save(text("plain"), "plain");
            assertThatThrownBy(() -> catalog.load(CARS))
                    .hasMessageContaining("no version of it is stored; there is a file without versions at its path,"
                            + " which is read without 'versioned: true'.");
        }
    }

    @Test
    void wrappersKeepTheVersions() throws IOException {
        project.with("catalog.yml", """
                cars: {type: cached, versioned: true, dataset: {type: text, filepath: s3://b/cars.txt}}
                wrong: {type: CachedDataset, dataset: {type: text, filepath: x, versioned: true}}
                """);
        try (DataCatalog catalog = project.load()) {
            Dataset<String> cars = bind(catalog, "v1");
            cars.save("one");
            assertThat(cars).isInstanceOf(EncodedDataset.class);
            assertThat(cars.versions().orElseThrow().stored()).containsExactly("v1");
            assertThat(cars.target()).contains(new Location("s3", "b", "/cars.txt"));
            assertThatThrownBy(() -> catalog.bind(reading("wrong")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "conf/base/catalog.yml:2:65: 'versioned' in 'wrong.dataset' belongs to the cached dataset"
                                    + " around it. Move it up, beside 'dataset', as in Kedro.");
        }
    }

    @Test
    void whatKeepsNoVersionsRefusesTheKeyOrIgnoresThePin() {
        project.with("catalog.yml", "cars: {type: memory, versioned: true}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatThrownBy(() -> catalog.bind(writing("cars"))).hasMessageContaining("unknown key 'versioned'");
        }
        project.with("catalog.yml", "cars: {type: text, filepath: x, versioned: maybe}\n");
        assertThatThrownBy(project::load)
                .hasMessage("conf/base/catalog.yml:1:33: 'versioned' in 'cars' must be true or false, but is a text.");
        project.with("catalog.yml", "cars: {type: text, filepath: s3://b/folder/, versioned: true}\n");
        assertThatThrownBy(project::load)
                .hasMessageContaining("ends with a slash, so it names no file to keep versions of.");
        project.with("catalog.yml", "cars: {type: text, filepath: x, versioned: false}\n");
        try (DataCatalog catalog = project.load()) {
            assertThatCode(() -> pinned(catalog, "v1")).doesNotThrowAnyException();
        }
    }

    private static Dataset<String> bind(DataCatalog catalog, String version) {
        return catalog.bind(writing("cars").withSaveVersion(version)).dataset(CARS);
    }

    private static Dataset<String> pinned(DataCatalog catalog, String version) {
        return catalog.bind(reading("cars").withLoadVersions(Map.of("cars", version)))
                .dataset(CARS);
    }

    private static Stored store(Dataset<String> dataset, String value, WriteSpec spec) throws IOException {
        EncodedDataset<String> encoded = (EncodedDataset<String>) dataset;
        try (Content content = encoded.encode(value, Grant.unbounded());
                PendingWrite write = encoded.beginWrite(spec)) {
            write.transfer(content);
            return write.commit();
        }
    }
}
