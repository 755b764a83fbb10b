package dev.contraflow.datasets.s3;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import java.util.Set;

/**
 * Opens the storage of the scheme {@code s3}: Amazon S3, and every server that speaks its protocol. Stateless and thread-safe.
 *
 * <p>Options, all optional:
 *
 * <ul>
 *   <li>{@code region}; else the AWS default chain, or {@code us-east-1} where an endpoint is set
 *   <li>{@code endpoint}: {@code https://host:port} of another server than Amazon's; plain http is accepted for the loopback address, and
 *       elsewhere only with {@code allow_http: true}
 *   <li>{@code path_style}: true or false; true where an endpoint is set
 *   <li>{@code request_checksums}, {@code response_checksums}: {@code when_supported} (default) or {@code when_required}, for servers that
 *       refuse or misunderstand checksums
 *   <li>{@code multipart_threshold} (16MiB): larger objects are written in parts and read in ranges; {@code part_size} (16MiB), which grows
 *       so that 10,000 parts suffice; {@code range_size} (8MiB), which shrinks to 1MiB for objects that would leave connections unused
 *   <li>{@code connections} (64): the most requests in flight
 *   <li>{@code connect_timeout} (5s); {@code attempt_timeout} (30s, and one second more per megabyte); {@code attempts} (5) and {@code
 *       deadline} (10m) of one request with its retries
 * </ul>
 *
 * <p>Credentials: {@code access_key_id}, {@code secret_access_key} and {@code session_token}, or by their Kedro names {@code key}, {@code
 * secret} and {@code token}; or {@code profile}; if empty, the AWS default chain. They never appear in messages or logs.
 */
public final class S3StorageProvider implements StorageProvider {
    /** For {@link java.util.ServiceLoader}. */
    public S3StorageProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("s3");
    }

    @Override
    public void check(ConfigSection options) {
        S3Options.of(options);
    }

    @Override
    public Storage open(StorageConfig config) {
        return S3Storage.open(S3Options.of(config.options()), S3Credentials.of(config.credentials()));
    }
}
