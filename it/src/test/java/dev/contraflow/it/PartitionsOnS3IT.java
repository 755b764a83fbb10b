package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.DatasetContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** Partitions on S3: the contract, and what they cost in requests. */
@Timeout(120)
class PartitionsOnS3IT {
    private static final DatasetRef<Map<String, String>> PARTS = DatasetRef.mapOf("parts", String.class);
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();

    @TempDir
    Path folder;

    private DataCatalog catalog(URI endpoint) {
        CatalogConfig config = new CatalogConfig(
                folder,
                Map.of(
                        "parts",
                        Map.of(
                                "type", "partitioned",
                                "path", "s3://" + bucket + "/parts/",
                                "dataset", "text",
                                "filename_suffix", ".txt",
                                "overwrite", true,
                                "credentials", "mine"),
                        "out",
                        Map.of("type", "text", "filepath", "s3://" + bucket + "/out", "credentials", "mine")),
                Map.of("mine", s3.credentials()),
                Map.of("s3", s3.options(endpoint)),
                Map.of(),
                null);
        return DataCatalog.of(config, Providers.discover());
    }

    @Nested
    class TheContract extends DatasetContract<Map<String, String>> {
        private DataCatalog catalog;

        @SuppressWarnings("NullAway.Init") // newDataset runs before each test
        TheContract() {}

        @Override
        protected Dataset<Map<String, String>> newDataset() {
            catalog = catalog(s3.endpoint());
            return catalog.bind(new BindRequest(Set.of(PARTS), Set.of(), Set.of("parts")))
                    .dataset(PARTS);
        }

        @AfterEach
        void close() {
            catalog.close();
        }

        @Override
        protected Power power() {
            return Power.ENCODED;
        }

        @Override
        protected Map<String, String> value() {
            return Map.of("a", "1", "b/c", "2");
        }

        @Override
        protected Map<String, String> otherValue() {
            return Map.of("a", "3");
        }
    }

    private Map<Operation, Integer> run(S3Gate gate, Map<String, String> parts) {
        gate.clearRecord();
        try (DataCatalog catalog = catalog(gate.endpoint())) {
            Node make = Node.named("make").readsNothing().writes(PARTS).by(() -> parts);
            Node next = Node.named("next").reads(PARTS).writes(OUT).by(read -> String.join(",", read.keySet()));
            PipelineResult result = new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(make, next), catalog)
                            .withIo("tee")
                            .withStateFolder(folder.resolve("state")));
            result.orElseThrow();
        }
        Map<Operation, Integer> counts = new TreeMap<>();
        gate.requests().stream().map(S3Request::operation).forEach(one -> counts.merge(one, 1, Integer::sum));
        return counts;
    }

    @Test
    void onePutForEachPartitionAndOneListing() throws IOException {
        Map<String, String> twenty = new HashMap<>();
        IntStream.range(0, 20).forEach(i -> twenty.put("day=" + i + "/part", "text " + i));
        try (S3Gate gate = S3Gate.inFrontOf(s3.endpoint())) {
            assertThat(run(gate, twenty))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(Operation.PUT_OBJECT, 21, Operation.LIST_OBJECTS, 1));
            assertThat(run(gate, twenty))
                    .as("the same again: one look at each dataset")
                    .containsExactlyInAnyOrderEntriesOf(Map.of(Operation.LIST_OBJECTS, 1, Operation.HEAD_OBJECT, 1));
            s3.client().putObject(b -> b.bucket(bucket).key("parts/day=1/part.txt"), RequestBody.fromString("changed"));
            run(gate, twenty);
            assertThat(load()).isEqualTo(twenty);
            run(gate, Map.of("only", "one"));
            assertThat(load()).isEqualTo(Map.of("only", "one"));
        }
    }

    private Map<String, String> load() throws IOException {
        try (DataCatalog catalog = catalog(s3.endpoint())) {
            return catalog.load(PARTS);
        }
    }

    @Test
    void aListingOfMoreThanOnePageIsReadToItsEnd() throws IOException {
        Map<String, String> many = new TreeMap<>();
        IntStream.range(0, 1_100).forEach(i -> many.put("p" + i, "text " + i));
        try (DataCatalog catalog = catalog(s3.endpoint())) {
            catalog.save(PARTS, many);
            assertThat(catalog.load(PARTS)).isEqualTo(many);
            catalog.save(PARTS, Collections.singletonMap("p7", "again"));
            assertThat(Arrays.asList(catalog.load(PARTS).values().toArray())).isEqualTo(List.of("again"));
        }
    }
}
