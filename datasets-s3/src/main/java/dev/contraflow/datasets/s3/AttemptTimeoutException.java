package dev.contraflow.datasets.s3;

import java.io.IOException;
import java.time.Duration;

/** An attempt took too long and was aborted. */
final class AttemptTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;

    AttemptTimeoutException(Duration timeout, Exception cause) {
        super("no answer within " + S3Failure.text(timeout), cause);
    }
}
