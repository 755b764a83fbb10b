package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.testkit.StorageContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of storages, on a third party's S3 server. */
class S3StorageTest extends StorageContract {
    static final int PART = 5 << 20;
    private static final AtomicInteger ROOTS = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // start runs first
    private static EmbeddedS3 server;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedS3.start("contract");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    static Storage open(URI endpoint, EmbeddedS3 server, Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(Map.of(
                "endpoint", endpoint.toString(),
                "part_size", "5MiB",
                "multipart_threshold", "5MiB",
                "range_size", "1MiB"));
        options.putAll(more);
        return new S3StorageProvider()
                .open(new StorageConfig(
                        "s3",
                        ConfigSection.of("storages.s3", options),
                        ConfigSection.of(
                                "credentials.test", Map.of("key", server.accessKey(), "secret", server.secretKey())),
                        Path.of("")));
    }

    @Override
    protected Storage openStorage() {
        return open(server.endpoint(), server, Map.of());
    }

    @Override
    protected Location freshRoot() {
        return new Location("s3", "contract", "/root-" + ROOTS.incrementAndGet() + "-");
    }

    @Override
    protected void assertNothingDangling() {
        assertThat(server.openUploads("contract")).isEmpty();
    }

    @Override
    protected Unanswerable unanswerable() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        return new Unanswerable(
                open(URI.create("http://127.0.0.1:" + free), server, Map.of("attempts", 1)), freshRoot());
    }

    @Override
    protected List<Integer> interestingSizes() {
        return List.of(1 << 20, PART, 2 * PART);
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(StorageProvider.class)).singleElement().isInstanceOf(S3StorageProvider.class);
    }
}
