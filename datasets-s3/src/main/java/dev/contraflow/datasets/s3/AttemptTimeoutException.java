package dev.contraflow.datasets.s3;

import java.io.IOException;
import java.time.Duration;

/** An attempt took too long and was aborted. Immutable. */
final class AttemptTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean isDeadline;

    /** @param isDeadline whether it was the deadline of the request that ended the attempt, and not the limit of each attempt */
    AttemptTimeoutException(Duration timeout, boolean isDeadline, Exception cause) {
        super("no answer within " + S3Failure.text(timeout), cause);
        this.isDeadline = isDeadline;
    }

    /** The option to raise. */
    String option() {
        return isDeadline ? "deadline" : "attempt_timeout";
    }
}
