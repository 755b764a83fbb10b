package dev.contraflow.datasets.s3;

import dev.contraflow.config.ConfigSection;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;

/** The options of the storage, checked; {@link S3StorageProvider} lists them. Immutable. */
record S3Options(
        @Nullable String region,
        @Nullable URI endpoint,
        boolean pathStyle,
        RequestChecksumCalculation requestChecksums,
        ResponseChecksumValidation responseChecksums,
        long partSize,
        long multipartThreshold,
        int rangeSize,
        int connections,
        Duration connectTimeout,
        Duration attemptTimeout,
        Duration deadline,
        int attempts) {
    private static final long MIB = 1L << 20;
    /** The limits of S3 for one part and one PUT: Amazon S3 user guide, "multipart upload limits". */
    private static final long SMALLEST_PART = 5 * MIB;

    private static final long LARGEST_PART = 5L << 30;
    private static final long BYTES_PER_SECOND = 1_000_000;

    /** Reads the options, and tells all that is wrong with them. */
    static S3Options of(ConfigSection section) {
        return section.readWhole(S3Options::read);
    }

    private static S3Options read(ConfigSection options) {
        URI endpoint = endpoint(options);
        return new S3Options(
                options.text("region").orElse(null),
                endpoint,
                options.flag("path_style").orElse(endpoint != null),
                options.choice("request_checksums", RequestChecksumCalculation.class)
                        .orElse(RequestChecksumCalculation.WHEN_SUPPORTED),
                options.choice("response_checksums", ResponseChecksumValidation.class)
                        .orElse(ResponseChecksumValidation.WHEN_SUPPORTED),
                bytes(options, "part_size", 16 * MIB, SMALLEST_PART, LARGEST_PART),
                bytes(options, "multipart_threshold", 16 * MIB, 1, LARGEST_PART),
                (int) bytes(options, "range_size", 8 * MIB, 1 << 10, 1L << 30),
                options.integer("connections", 1, 10_000).orElse(64),
                duration(options, "connect_timeout", Duration.ofSeconds(5)),
                duration(options, "attempt_timeout", Duration.ofSeconds(30)),
                duration(options, "deadline", Duration.ofMinutes(10)),
                options.integer("attempts", 1, 100).orElse(5));
    }

    /** How long one attempt may take that moves so many bytes. */
    Duration attemptTimeout(long bytes) {
        return attemptTimeout.plusMillis(Math.max(0, bytes) * 1000 / BYTES_PER_SECOND);
    }

    /** Who answers, for messages. */
    String server() {
        return endpoint != null ? endpoint.toString() : "Amazon S3" + (region == null ? "" : " in " + region);
    }

    private static @Nullable URI endpoint(ConfigSection options) {
        boolean allowHttp = options.flag("allow_http").orElse(false);
        String text = options.text("endpoint").orElse(null);
        if (text == null) {
            return null;
        }
        URI endpoint;
        try {
            endpoint = new URI(text);
        } catch (URISyntaxException e) {
            options.refuse("endpoint", "is not a URL. Write https://host:port.");
            return null;
        }
        String problem = problem(endpoint, allowHttp);
        if (problem != null) {
            options.refuse("endpoint", problem);
        }
        return endpoint;
    }

    private static @Nullable String problem(URI endpoint, boolean allowHttp) {
        String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
        String host = endpoint.getHost();
        if (endpoint.getRawUserInfo() != null) {
            return "holds a user name or password. Credentials belong into credentials.yml.";
        }
        if (host == null || !(scheme.equals("http") || scheme.equals("https")) || endpoint.getRawQuery() != null) {
            return "must be of the form https://host:port.";
        }
        if (host.startsWith("169.254.")) {
            return "is a link-local address, which no S3 server has.";
        }
        if (scheme.equals("http") && !allowHttp && !isLoopback(host)) {
            return "is plain http, which shows the data to everybody on the way. Use https, or set 'allow_http: true' if"
                    + " the network is trusted.";
        }
        return null;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }

    private static long bytes(ConfigSection options, String key, long otherwise, long least, long most) {
        long bytes = options.bytes(key).orElse(otherwise);
        if (bytes < least || bytes > most) {
            options.refuse(key, "is " + bytes + ", but must be from " + least + " to " + most + " bytes.");
        }
        return bytes;
    }

    private static Duration duration(ConfigSection options, String key, Duration otherwise) {
        Duration duration = options.duration(key).orElse(otherwise);
        if (duration.isZero()) {
            options.refuse(key, "is zero, but nothing can be done in no time.");
        }
        return duration;
    }
}
