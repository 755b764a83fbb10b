package dev.contraflow.datasets.s3;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the client when it is first needed: that takes a second and may look for a region on the network. Thread-safe. */
final class ClientHolder implements AutoCloseable {
    private final S3Options options;
    private final @Nullable AwsCredentialsProvider credentials;
    private final Requests requests;
    private @Nullable S3Client client;
    private @Nullable SdkHttpClient http;
    private boolean closed;

    ClientHolder(S3Options options, @Nullable AwsCredentialsProvider credentials, Requests requests) {
        this.options = options;
        this.credentials = credentials;
        this.requests = requests;
    }

    synchronized S3Client get() {
        if (closed) {
            throw new IllegalStateException("The storage is closed");
        }
        S3Client made = client;
        if (made == null) {
            made = make();
            client = made;
        }
        return made;
    }

    private S3Client make() {
        SdkHttpClient transport = http;
        if (transport == null) {
            transport = new AbortableHttpClient(
                    Apache5HttpClient.builder()
                            .maxConnections(options.connections())
                            .connectionTimeout(options.connectTimeout())
                            // the attempt's timeout decides, which knows how many bytes there are
                            .socketTimeout(options.deadline())
                            .tcpKeepAlive(true)
                            .expectContinueEnabled(false)
                            .build(),
                    requests);
            http = transport;
        }
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(transport)
                .serviceConfiguration(c -> c.pathStyleAccessEnabled(options.pathStyle())
                        // checksums go in headers; chunks would cost two buffers of 128 KiB for each object, however
                        // small
                        .chunkedEncodingEnabled(false))
                .requestChecksumCalculation(options.requestChecksums())
                .responseChecksumValidation(options.responseChecksums())
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()));
        if (credentials != null) {
            builder.credentialsProvider(credentials);
        }
        if (options.endpoint() != null) {
            builder.endpointOverride(options.endpoint());
        }
        if (options.region() != null) {
            builder.region(Region.of(options.region()));
        } else if (options.endpoint() != null) {
            builder.region(Region.US_EAST_1); // other servers than Amazon's rarely care, but something must be signed
        }
        return builder.build();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
        if (http != null) {
            http.close();
        }
    }

    /** Tells which HTTP request an attempt sends, so that it can be aborted from another thread. */
    private record AbortableHttpClient(SdkHttpClient delegate, Requests requests) implements SdkHttpClient {
        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            ExecutableHttpRequest executable = delegate.prepareRequest(request);
            requests.sending(executable);
            return executable;
        }

        @Override
        public String clientName() {
            return delegate.clientName();
        }

        @Override
        public void close() {
            delegate.close();
        }
    }
}
