package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import dev.contraflow.examples.spaceflights.RawData;
import dev.contraflow.examples.spaceflights.SpaceflightsProject;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Spaceflights example on S3: what it stores, and what that costs. */
class SpaceflightsIT {
    private static final SpaceflightsProject PROJECT = new SpaceflightsProject(Path.of("../examples/spaceflights"));

    @TempDir
    Path folder;

    private final TestS3 s3 = TestS3.get();
    private final String bucket = s3.newBucket();

    @Test
    void everyRunnerAndIoManagerStoresTheSameBytes() throws IOException {
        Map<String, String> plain = stored(new SequentialRunner(), "plain");
        assertThat(plain).hasSize(3 + 15);
        assertThat(stored(new ThreadRunner(), "plain")).as("threads, plain").isEqualTo(plain);
        assertThat(stored(new SequentialRunner(), "tee")).as("sequential, tee").isEqualTo(plain);
        assertThat(stored(new ThreadRunner(), "tee")).as("threads, tee").isEqualTo(plain);
    }

    /**
     * Kedro 1.7 needs 46 requests for these 20 loads and saves: 6 nodes and one model, with as many rows, all raw data, intermediates and
     * results on S3. Here each of them costs one, and before the first node each of the three raw inputs is looked for (docs/adr/0005).
     */
    @Test
    void aPlainRunCostsOneRequestForEachLoadAndSave() throws IOException {
        assertThat(requestsOfSixNodes("plain"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(Operation.GET_OBJECT, 11L, Operation.PUT_OBJECT, 9L, Operation.HEAD_OBJECT, 3L));
    }

    @Test
    void theTeeLoadsOnlyWhatTheRunDidNotMake() throws IOException {
        assertThat(requestsOfSixNodes("tee"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(Operation.GET_OBJECT, 3L, Operation.PUT_OBJECT, 9L, Operation.HEAD_OBJECT, 3L));
    }

    private Map<Operation, Long> requestsOfSixNodes(String io) throws IOException {
        try (S3Gate gate = S3Gate.inFrontOf(s3.endpoint())) {
            String data = "s3://" + bucket + "/requests-" + io;
            makeRawData(source(data, s3.endpoint()), 77_000);
            RunRequest request = request(source(data, gate.endpoint()), io)
                    .sliced(p -> p.minus(p.onlyNamespaces("candidate_modelling_pipeline")));
            assertThat(request.pipeline().nodes()).hasSize(6);
            assertThat(new SequentialRunner().run(request).orElseThrow().io()).isEqualTo(io);
            return gate.requests().stream()
                    .collect(Collectors.groupingBy(S3Request::operation, TreeMap::new, Collectors.counting()));
        }
    }

    private Map<String, String> stored(PipelineRunner runner, String io) throws IOException {
        String prefix = "/" + runner.id() + "-" + io + "/";
        ConfigSource source = source("s3://" + bucket + prefix + "data", s3.endpoint());
        makeRawData(source, 2000);
        PipelineResult result = runner.run(request(source, io));
        assertThat(result.state()).as(result.summary()).isEqualTo(PipelineResult.State.SUCCEEDED);
        Map<String, String> stored = new TreeMap<>();
        try (Storage storage = s3.storage(s3.endpoint(), Map.of())) {
            for (Listed listed : storage.list(new Location("s3", bucket, prefix))) {
                try (Content content = storage.read(listed.location(), Grant.unbounded())) {
                    stored.put(listed.location().path().substring(prefix.length()), content.sha256());
                }
            }
        }
        return stored;
    }

    private RunRequest request(ConfigSource source, String io) {
        return RunRequest.of(PROJECT, List.of("__default__"), source).withIo(io).withStateFolder(folder);
    }

    private static void makeRawData(ConfigSource source, int rows) {
        try (DataCatalog catalog = DataCatalog.load(Config.load(source), Providers.discover())) {
            RawData.generate(rows, 1).save(catalog);
        }
    }

    private ConfigSource source(String data, URI endpoint) {
        return PROJECT.configuration()
                .withEnvironment("s3")
                .withRuntimeParameter("data", data)
                .withRuntimeParameter("s3_endpoint", endpoint.toString())
                .withRuntimeParameter("s3_region", s3.options(endpoint).get("region"))
                .withRuntimeParameter("s3_access_key_id", s3.credentials().get("access_key_id"))
                .withRuntimeParameter("s3_secret_access_key", s3.credentials().get("secret_access_key"));
    }
}
