package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;

/** What versions cost on S3, counted in requests. */
@Timeout(120)
class VersionsOnS3IT {
    private static final DatasetRef<String> CARS = DatasetRef.of("cars", String.class);

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();
    private S3Gate gate;
    private DataCatalog catalog;

    @BeforeEach
    void open() throws IOException {
        gate = S3Gate.inFrontOf(s3.endpoint());
        catalog = DataCatalog.of(
                new CatalogConfig(
                        Path.of(""),
                        Map.of(
                                "cars",
                                Map.of(
                                        "type",
                                        "text.TextDataset",
                                        "filepath",
                                        "s3://" + bucket + "/data/cars.txt",
                                        "versioned",
                                        true,
                                        "credentials",
                                        "mine")),
                        Map.of("mine", s3.credentials()),
                        Map.of("s3", s3.options(gate.endpoint())),
                        Map.of(),
                        "2030-01-01T00.00.00.000Z"),
                Providers.discover());
    }

    @AfterEach
    void close() {
        catalog.close();
        gate.close();
    }

    @Test
    void aThousandVersionsCostOneListing() {
        IntStream.range(0, 1000).parallel().forEach(i -> put(version(i), "text " + i));
        assertThat(catalog.load(CARS)).isEqualTo("text 999");
        assertThat(operations()).containsExactly(S3Request.Operation.LIST_OBJECTS, S3Request.Operation.GET_OBJECT);
        gate.clearRecord();
        assertThat(catalog.exists(CARS)).isTrue();
        assertThat(catalog.load(CARS)).isEqualTo("text 999");
        assertThat(operations()).containsExactly(S3Request.Operation.HEAD_OBJECT, S3Request.Operation.GET_OBJECT);
        gate.clearRecord();
        assertThat(catalog.versions(CARS)).hasSize(1000).first().isEqualTo(version(999));
        assertThat(operations()).containsExactly(S3Request.Operation.LIST_OBJECTS);
        gate.clearRecord();
        assertThat(catalog.load(CARS, version(7))).isEqualTo("text 7");
        assertThat(operations()).containsExactly(S3Request.Operation.GET_OBJECT);
    }

    @Test
    void aSaveIsOneRequestAndNeverReplacesAVersion() {
        catalog.save(CARS, "mine");
        assertThat(operations()).containsExactly(S3Request.Operation.PUT_OBJECT);
        assertThat(s3.holds(bucket, "data/cars.txt/2030-01-01T00.00.00.000Z/cars.txt"))
                .isTrue();
        assertThatThrownBy(() -> catalog.save(CARS, "again"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(
                        "version '2030-01-01T00.00.00.000Z' exists already, and a version is never replaced.");
        assertThat(catalog.load(CARS)).isEqualTo("mine");
    }

    @Test
    void whatIsNotAVersionIsNotCounted() {
        put("2024-01-01T00.00.00.000Z/deep", "too deep");
        s3.client().putObject(b -> b.bucket(bucket).key("data/cars.txt/README"), RequestBody.fromString("x"));
        s3.client().putObject(b -> b.bucket(bucket).key("data/cars.txt2/v/cars.txt"), RequestBody.fromString("x"));
        s3.client().putObject(b -> b.bucket(bucket).key("data/cars.txt/"), RequestBody.fromString(""));
        s3.client().putObject(b -> b.bucket(bucket).key("data/cars.txt/v1/other"), RequestBody.fromString("x"));
        assertThat(catalog.exists(CARS)).isFalse();
        assertThat(catalog.versions(CARS)).isEmpty();
        put("v1", "one");
        catalog.release("cars");
        assertThat(catalog.loadVersion(CARS)).contains("v1");
    }

    private static String version(int number) {
        return "2024-01-01T00.00.00.%03dZ".formatted(number);
    }

    private void put(String version, String text) {
        s3.client()
                .putObject(
                        b -> b.bucket(bucket).key("data/cars.txt/" + version + "/cars.txt"),
                        RequestBody.fromString(text));
    }

    private List<S3Request.Operation> operations() {
        return gate.requests().stream().map(S3Request::operation).toList();
    }
}
