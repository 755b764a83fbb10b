package dev.contraflow.it;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * The S3 server that the integration tests run on, one for the JVM. {@code -Dcontraflow.it.s3=localstack | embedded | <endpoint url>} chooses
 * it; for an endpoint, {@code contraflow.it.access-key}, {@code contraflow.it.secret-key} and {@code contraflow.it.region} stand beside it.
 * By default it is LocalStack where a Docker engine answers, else the server inside the JVM.
 */
final class TestS3 {
    /** The last tag that starts without an account. */
    private static final DockerImageName IMAGE = DockerImageName.parse("localstack/localstack:4.14.0");

    private static @Nullable TestS3 instance;

    private final String description;
    private final URI endpoint;
    private final String accessKey;
    private final String secretKey;
    private final String region;
    private final S3Client client;

    private TestS3(String description, URI endpoint, String accessKey, String secretKey, String region) {
        this.description = description;
        this.endpoint = endpoint;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.region = region;
        this.client = S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.of(region))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .build();
    }

    static synchronized TestS3 get() {
        TestS3 server = instance;
        if (server == null) {
            server = start();
            instance = server;
        }
        return server;
    }

    /** What the tests of this JVM ran on, or null if none asked for a server. */
    static synchronized @Nullable String usedServer() {
        return instance == null ? null : instance.description;
    }

    private static TestS3 start() {
        String wanted = System.getProperty("contraflow.it.s3", "");
        return switch (wanted) {
            case "localstack" -> localStack();
            case "embedded" -> embedded("the S3 server inside the JVM, as asked for");
            case "" -> whatThereIs();
            default ->
                new TestS3(
                        wanted,
                        URI.create(wanted),
                        System.getProperty("contraflow.it.access-key", "test"),
                        System.getProperty("contraflow.it.secret-key", "test"),
                        System.getProperty("contraflow.it.region", "us-east-1"));
        };
    }

    private static TestS3 whatThereIs() {
        try {
            if (DockerClientFactory.instance().isDockerAvailable()) {
                return localStack();
            }
        } catch (RuntimeException e) { // an engine that answers, but cannot get the images
            return embedded("the S3 server inside the JVM: DOCKER COULD NOT START LOCALSTACK (" + e.getMessage() + ")");
        }
        return embedded("the S3 server inside the JVM: NO DOCKER ENGINE ANSWERED, so LocalStack was not used");
    }

    private static TestS3 localStack() {
        LocalStackContainer container = new LocalStackContainer(IMAGE)
                .withServices("s3")
                .withEnv("EAGER_SERVICE_LOADING", "1")
                .withEnv("DISABLE_EVENTS", "1")
                .withEnv("SKIP_SSL_CERT_DOWNLOAD", "1")
                .withEnv("DNS_ADDRESS", "0");
        container.start(); // stopped by Testcontainers when the JVM ends
        return new TestS3(
                "LocalStack " + IMAGE.getVersionPart() + " in Docker",
                container.getEndpoint(),
                container.getAccessKey(),
                container.getSecretKey(),
                container.getRegion());
    }

    private static TestS3 embedded(String description) {
        try {
            EmbeddedS3 server = EmbeddedS3.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(server)));
            return new TestS3(description, server.endpoint(), server.accessKey(), server.secretKey(), server.region());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void closeQuietly(EmbeddedS3 server) {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("the embedded S3 server did not close: " + e);
        }
    }

    URI endpoint() {
        return endpoint;
    }

    S3Client client() {
        return client;
    }

    /** A new, empty bucket. */
    String newBucket() {
        String bucket = "it-" + UUID.randomUUID();
        client.createBucket(b -> b.bucket(bucket));
        return bucket;
    }

    /** The options of a storage for an endpoint: this server's own, or that of a gate in front of it. */
    Map<String, Object> options(URI at) {
        return Map.of("endpoint", at.toString(), "region", region, "path_style", true);
    }

    Map<String, Object> credentials() {
        return Map.of("access_key_id", accessKey, "secret_access_key", secretKey);
    }

    /** A storage on this server, or on a gate in front of it. */
    Storage storage(URI at, Map<String, Object> moreOptions) {
        Map<String, Object> options = new java.util.HashMap<>(options(at));
        options.putAll(moreOptions);
        return Providers.discover()
                .storage("s3")
                .orElseThrow()
                .open(new StorageConfig(
                        "s3",
                        ConfigSection.of("s3", options),
                        ConfigSection.of("credentials", credentials()),
                        Path.of("")));
    }

    String secretKey() {
        return secretKey;
    }

    boolean holds(String bucket, String key) {
        return client.listObjectsV2(b -> b.bucket(bucket).prefix(key)).contents().stream()
                .anyMatch(object -> object.key().equals(key));
    }

    List<String> openUploads(String bucket) {
        return client.listMultipartUploads(b -> b.bucket(bucket)).uploads().stream()
                .map(MultipartUpload::key)
                .toList();
    }
}
