package dev.contraflow.datasets.s3;

import dev.contraflow.io.FencedException;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.SpillFailedException;
import dev.contraflow.io.StorageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * What a failed attempt means: whether to try again, and what to tell the user. Messages hold the server's status and error code, never its
 * or the SDK's text, which may quote credentials. Immutable.
 */
final class S3Failure {
    private static final Set<String> TRANSIENT_CODES = Set.of(
            "SlowDown",
            "SlowDownRead",
            "SlowDownWrite",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "RequestTimeout",
            "InternalError",
            "ServiceUnavailable",
            "IncompleteBody",
            "BadDigest",
            "XAmzContentChecksumMismatch",
            "XAmzContentSHA256Mismatch",
            "ConditionalRequestConflict",
            "OperationAborted");

    private enum Kind {
        TRANSIENT,
        PERMANENT,
        NOT_FOUND,
        EXISTS,
        AS_IT_IS
    }

    private final Kind kind;
    private final String text;
    private final Exception cause;

    private S3Failure(Kind kind, String text, Exception cause) {
        this.kind = kind;
        this.text = text;
        this.cause = cause;
    }

    static S3Failure of(Exception e, S3Options options, Location at) {
        Optional<SpillFailedException> noDisk = SpillFailedException.in(e);
        if (noDisk.isPresent()) { // this machine's disk, not the server: nothing gets better by asking it again
            return new S3Failure(Kind.AS_IT_IS, "", noDisk.get());
        }
        FencedException fenced = find(e, FencedException.class);
        if (fenced != null) {
            return new S3Failure(Kind.AS_IT_IS, "", fenced);
        }
        StorageException own = find(e, StorageException.class);
        if (own != null) {
            return new S3Failure(Kind.AS_IT_IS, "", own);
        }
        if (e instanceof AttemptTimeoutException late) {
            return new S3Failure(
                    Kind.TRANSIENT,
                    options.server() + " gave " + late.getMessage() + ". Look at the network, or raise '"
                            + late.option() + "'.",
                    e);
        }
        AwsServiceException answer = find(e, AwsServiceException.class);
        if (answer != null) {
            return ofAnswer(answer, at);
        }
        IOException io = find(e, IOException.class);
        if (io != null) {
            return ofConnection(io, e, options);
        }
        if (find(e, SdkClientException.class) != null) {
            return ofClient(e, options);
        }
        return new S3Failure(Kind.AS_IT_IS, "", e); // a mistake in this program
    }

    boolean isTransient() {
        return kind == Kind.TRANSIENT;
    }

    /** The exception for the caller, once nothing is tried any more. */
    Exception toException(String what, Location at, int attempts) {
        return switch (kind) {
            case AS_IT_IS -> cause;
            case NOT_FOUND -> new ObjectNotFoundException(at, cause);
            case EXISTS -> new ObjectExistsException("cannot " + what + ": " + text, at, attempts, cause);
            case PERMANENT -> new StorageException("cannot " + what + ": " + text, at, attempts, cause);
            case TRANSIENT ->
                new GaveUpException(
                        "cannot " + what + ": " + text + " Gave up after "
                                + (attempts == 1 ? "1 attempt." : attempts + " attempts."),
                        at,
                        attempts,
                        cause);
        };
    }

    private static S3Failure ofAnswer(AwsServiceException answer, Location at) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        int status = answer.statusCode();
        String mark = code.isEmpty() || code.equals(Integer.toString(status))
                ? " (" + status + ")"
                : " (" + status + " " + code + ")";
        if (isTransient(status, code)) {
            String advice = status == 503 || status == 429 ? " It asks to slow down: lower 'connections'." : "";
            return new S3Failure(Kind.TRANSIENT, "the server failed" + mark + "." + advice, answer);
        }
        if (status == 404 && !code.equals("NoSuchBucket") && !code.equals("NoSuchUpload")) {
            return new S3Failure(Kind.NOT_FOUND, "", answer);
        }
        Kind kind = status == 412 ? Kind.EXISTS : Kind.PERMANENT; // a read that is refused so never gets here
        return new S3Failure(kind, meaning(status, code, at, details).formatted(mark), answer);
    }

    private static boolean isTransient(int status, String code) {
        return TRANSIENT_CODES.contains(code) || status == 408 || status == 429 || (status >= 500 && status != 501);
    }

    /** What a permanent answer means and what to do, with a place for the status. */
    private static String meaning(int status, String code, Location at, @Nullable AwsErrorDetails details) {
        String bucket = at.authority().replace("%", "%%");
        return switch (code) {
            case "NoSuchBucket" ->
                "the bucket '" + bucket + "' does not exist%s. Create it, or correct the bucket in the catalog.";
            case "NoSuchUpload" -> "somebody else has aborted or completed the upload%s. Run the node again.";
            case "RequestTimeTooSkewed" -> "this machine's clock is wrong%s. Synchronise it.";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "AuthFailure" ->
                "the server does not accept the credentials%s. Correct the access key and its secret.";
            case "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException" ->
                "the session token has expired or is not valid%s. Get new credentials.";
            case "PermanentRedirect",
                    "AuthorizationHeaderMalformed",
                    "IllegalLocationConstraintException",
                    "TemporaryRedirect" -> wrongRegion(bucket, details);
            case "EntityTooSmall" -> "the server wants larger parts%s. Raise 'part_size'.";
            case "EntityTooLarge" -> "the server takes no object of this size%s.";
            default -> ofStatus(status, bucket, details);
        };
    }

    private static String ofStatus(int status, String bucket, @Nullable AwsErrorDetails details) {
        return switch (status) {
            case 301, 307 -> wrongRegion(bucket, details);
            case 401, 403 ->
                "access to the bucket '" + bucket
                        + "' is denied%s. Check the credentials, and that they may read and write there.";
            case 412 -> "there is an object already, and this write must not replace it%s.";
            case 416 -> "the object ends before the range that was asked for%s.";
            case 501 -> "the server does not know this kind of request%s. Try 'request_checksums: when_required'.";
            default -> "the server refused the request%s.";
        };
    }

    private static String wrongRegion(String bucket, @Nullable AwsErrorDetails details) {
        String region = details == null || details.sdkHttpResponse() == null
                ? null
                : details.sdkHttpResponse()
                        .firstMatchingHeader("x-amz-bucket-region")
                        .orElse(null);
        return "the bucket '" + bucket + "' is in another region%s. Set 'region'"
                + (region == null ? "" : " to '" + region.replace("%", "%%") + "'") + ".";
    }

    private static S3Failure ofConnection(IOException io, Exception e, S3Options options) {
        if (io instanceof DamagedException) {
            return new S3Failure(Kind.TRANSIENT, io.getMessage() + ".", e);
        }
        if (find(e, SSLException.class) != null && !isReset(e)) {
            return new S3Failure(
                    Kind.PERMANENT,
                    "no trusted TLS connection to " + options.server()
                            + ". Check the endpoint and the JVM's trust store.",
                    e);
        }
        if (find(e, UnknownHostException.class) != null) {
            return new S3Failure(
                    Kind.TRANSIENT,
                    "the host of " + options.server() + " is not known. Correct the endpoint, or look at the network.",
                    e);
        }
        // Apache's own exception for a connect timeout is named only: its package is not this module's business
        if (io instanceof ConnectException || io.getClass().getSimpleName().equals("ConnectTimeoutException")) {
            return new S3Failure(
                    Kind.TRANSIENT,
                    options.server() + " cannot be reached. Check the endpoint, and that the server runs.",
                    e);
        }
        return new S3Failure(
                Kind.TRANSIENT,
                "the connection to " + options.server() + " broke ("
                        + io.getClass().getSimpleName() + ").",
                e);
    }

    private static boolean isReset(Exception e) {
        return find(e, SocketException.class) != null;
    }

    private static S3Failure ofClient(Exception e, S3Options options) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("Unable to load credentials")
                || message.contains("Profile file contained no credentials")) {
            return new S3Failure(
                    Kind.PERMANENT,
                    "no credentials were found. Name a section of credentials.yml in the dataset, or set AWS_ACCESS_KEY_ID"
                            + " and AWS_SECRET_ACCESS_KEY.",
                    e);
        }
        if (message.contains("Unable to load region")) {
            return new S3Failure(Kind.PERMANENT, "no region is set. Set 'region', or AWS_REGION.", e);
        }
        if (message.contains("checksum") || find(e, RetryableException.class) != null) {
            return new S3Failure(
                    Kind.TRANSIENT, "what arrived from " + options.server() + " was damaged on the way.", e);
        }
        return new S3Failure(
                Kind.PERMANENT, "the request could not be made (" + e.getClass().getSimpleName() + ").", e);
    }

    private static <X extends Throwable> @Nullable X find(Throwable e, Class<X> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }

    /** {@code 250 ms}, {@code 46 s}. */
    static String text(Duration duration) {
        return duration.toMillis() < 10_000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
    }
}
