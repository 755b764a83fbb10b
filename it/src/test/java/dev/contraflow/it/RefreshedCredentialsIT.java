package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Credentials that expire in the middle of a run. The profile has a command that gives new ones ({@code credential_process}); the server
 * accepts no others from that moment.
 */
class RefreshedCredentialsIT {
    private static final DatasetRef<byte[]> BEFORE = DatasetRef.of("before", byte[].class);
    private static final DatasetRef<byte[]> AFTER = DatasetRef.of("after", byte[].class);
    private static final DatasetRef<byte[]> LAST = DatasetRef.of("last", byte[].class);
    private static final String FILE_PROPERTY = "aws.sharedCredentialsFile";

    @TempDir
    Path folder;

    private final CountDownLatch isStored = new CountDownLatch(1);
    private EmbeddedS3 server;
    private S3Gate gate;
    private Path credentials;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedS3.start("bucket");
        gate = S3Gate.inFrontOf(server.endpoint());
        credentials = folder.resolve("credentials.json");
        write(server.accessKey(), server.secretKey());
        Path profiles =
                Files.writeString(folder.resolve("profiles"), "[shop]\ncredential_process = cat " + credentials + "\n");
        System.setProperty(FILE_PROPERTY, profiles.toString());
    }

    @AfterEach
    void stop() throws IOException {
        System.clearProperty(FILE_PROPERTY);
        gate.close();
        server.close();
    }

    /** So near to their end that the client asks for new ones before each request. */
    private void write(String accessKey, String secretKey) throws IOException {
        Files.writeString(
                credentials,
                new ObjectMapper()
                        .createObjectNode()
                        .put("Version", 1)
                        .put("AccessKeyId", accessKey)
                        .put("SecretAccessKey", secretKey)
                        .put("Expiration", Instant.now().plusSeconds(5).toString())
                        .toString());
    }

    private PipelineResult run(Step between) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (DatasetRef<byte[]> ref : List.of(BEFORE, AFTER, LAST)) {
            entries.put(
                    ref.name(),
                    Map.of("type", "bytes", "filepath", "s3://bucket/" + ref.name(), "credentials", "shop"));
        }
        CatalogConfig config = new CatalogConfig(
                folder,
                entries,
                Map.of("shop", Map.of("profile", "shop")),
                Map.of(
                        "s3",
                        Map.of(
                                "endpoint",
                                gate.endpoint().toString(),
                                "multipart_threshold",
                                "5MiB",
                                "part_size",
                                "5MiB")),
                Map.of(),
                null);
        try (DataCatalog catalog = DataCatalog.of(config, Providers.discover())) {
            Pipeline pipeline = Pipeline.of(
                    Node.named("first").readsNothing().writes(BEFORE).by(() -> new byte[12 << 20]),
                    Node.named("second").reads(BEFORE).writes(AFTER).by(before -> {
                        assertThat(isStored.await(60, TimeUnit.SECONDS)).isTrue();
                        between.run(catalog);
                        gate.clearRecord();
                        return before;
                    }),
                    Node.named("third").reads(AFTER).writes(LAST).by(after -> new byte[] {1}));
            return new SequentialRunner()
                    .run(RunRequest.of(pipeline, catalog)
                            .withIo("tee")
                            .withStateFolder(folder.resolve("state"))
                            .withListener(event -> {
                                if (event instanceof RunEvent.DatasetDurable durable
                                        && durable.dataset().equals("before")) {
                                    isStored.countDown();
                                }
                            }));
        }
    }

    private interface Step {
        void run(DataCatalog catalog) throws IOException;
    }

    @Test
    void newCredentialsAreUsedOnceTheOldOnesAreAboutToExpire() throws IOException {
        PipelineResult result = run(catalog -> {
            write("next-access-key", "next-secret-key");
            BooleanSupplier isUsed = server.rotate("next-access-key", "next-secret-key");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!isUsed.getAsBoolean()) { // the client keeps them for a second at most
                assertThat(catalog.exists(BEFORE)).isTrue();
                assertThat(System.nanoTime() - deadline).as("used in time").isNegative();
            }
        });
        assertThat(result.exitCode()).as(result.summary()).isZero();
        assertThat(gate.count(request -> request.is(Operation.UPLOAD_PART)))
                .as("parts sent with the new ones")
                .isEqualTo(3);
        assertThat(result.datasets().values())
                .extracting(DatasetResult::state)
                .containsOnly(DatasetResult.State.DURABLE)
                .hasSize(3);
    }

    /** The control: the old ones really do not count any more. */
    @Test
    void credentialsThatNobodyRefreshesFailTheNextSave() {
        PipelineResult result = run(catalog -> {
            server.rotate("next-access-key", "next-secret-key");
            try (S3Client other = S3Client.builder()
                    .endpointOverride(server.endpoint())
                    .region(Region.of(server.region()))
                    .forcePathStyle(true)
                    .credentialsProvider(StaticCredentialsProvider.create(
                            AwsBasicCredentials.create("next-access-key", "next-secret-key")))
                    .build()) {
                other.headObject(head -> head.bucket("bucket").key("before"));
            }
        });
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.failures())
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageContaining("the server does not accept the credentials (403 InvalidAccessKeyId)"))
                .extracting(failure -> ((DatasetException) failure).dataset())
                .containsAnyOf("after", "last")
                .doesNotContain("before");
    }
}
