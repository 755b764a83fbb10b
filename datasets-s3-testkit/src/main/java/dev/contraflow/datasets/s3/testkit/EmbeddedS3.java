package dev.contraflow.datasets.s3.testkit;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * An S3 server inside this JVM, on a free port of the loopback address, which keeps its objects in memory: S3Proxy with a transient store.
 * It checks signatures and conditions, and knows multipart uploads; it does not echo checksums, ignores full-object checksums and {@code
 * x-amz-mp-object-size}, and refuses a few odd keys. Thread-safe. Whoever started it closes it; its objects are gone then.
 */
public final class EmbeddedS3 implements AutoCloseable {
    private final S3Proxy server;
    private final TransientNio2BlobStore store;
    private final String accessKey;
    private final String secretKey;

    private EmbeddedS3(S3Proxy server, TransientNio2BlobStore store, String accessKey, String secretKey) {
        this.server = server;
        this.store = store;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /**
     * Starts a server.
     *
     * @param buckets the buckets that it has from the start
     * @return the server, which answers already
     * @throws IOException if it cannot listen
     */
    public static EmbeddedS3 start(String... buckets) throws IOException {
        String accessKey = "test-access-key";
        String secretKey = UUID.randomUUID().toString();
        TransientNio2BlobStore store = new TransientNio2BlobStore();
        S3Proxy server = S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                // the SDK sends headers (x-amz-mp-object-size, ...) that S3Proxy would answer with 501
                .ignoreUnknownHeaders(true)
                .build();
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("The S3 server in this JVM cannot start: " + e.getMessage(), e);
        }
        EmbeddedS3 s3 = new EmbeddedS3(server, store, accessKey, secretKey);
        List.of(buckets).forEach(s3::createBucket);
        return s3;
    }

    /** @return where it listens: {@code http://127.0.0.1:<port>}; address it in path style */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** @return the access key id that it accepts until they are {@linkplain #rotate rotated} */
    public String accessKey() {
        return accessKey;
    }

    /** @return the secret access key that it accepts, another one in each server */
    public String secretKey() {
        return secretKey;
    }

    /**
     * Accepts other credentials from now on, and those that it started with until these have been used for the first time: then they have
     * expired.
     *
     * @param newAccessKey the access key id
     * @param newSecretKey its secret
     * @return tells whether they have been used
     */
    public BooleanSupplier rotate(String newAccessKey, String newSecretKey) {
        AtomicBoolean isUsed = new AtomicBoolean();
        server.setBlobStoreLocator((identity, container, blob) -> {
            if (newAccessKey.equals(identity)) {
                isUsed.set(true);
                return new AccessGrant(newSecretKey, store);
            }
            return accessKey.equals(identity) && !isUsed.get() ? new AccessGrant(secretKey, store) : null;
        });
        return isUsed::get;
    }

    /** @return the region that its clients sign for */
    public String region() {
        return "us-east-1";
    }

    /**
     * Makes a bucket. If it exists, nothing happens.
     *
     * @param bucket its name
     */
    public void createBucket(String bucket) {
        if (!store.containerExists(bucket)) {
            store.createContainer(bucket);
        }
    }

    /**
     * Removes a bucket with all its objects, without a request for each. If it does not exist, nothing happens.
     *
     * @param bucket its name
     */
    public void removeBucket(String bucket) {
        if (store.containerExists(bucket)) {
            store.deleteContainer(bucket);
        }
    }

    /**
     * The multipart uploads that were begun and neither completed nor aborted.
     *
     * @param bucket a bucket
     * @return their keys
     */
    public List<String> openUploads(String bucket) {
        return store.listMultipartUploads(bucket).stream()
                .map(MultipartUpload::key)
                .toList();
    }

    /**
     * Stops the server. Calling it again does nothing.
     *
     * @throws IOException if it does not stop
     */
    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("The S3 server in this JVM cannot stop: " + e.getMessage(), e);
        }
        store.close();
    }
}
