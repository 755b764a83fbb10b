package dev.contraflow.datasets.s3.testkit;

import java.util.Objects;

/** What {@link S3Gate} does to a request instead of passing it on unharmed. Immutable. */
public final class S3Fault {
    /** The kinds of fault. */
    enum Kind {
        ANSWER,
        RESET,
        STALL,
        LOSE_RESPONSE,
        ANSWER_AFTER,
        TRUNCATE,
        CORRUPT
    }

    private final Kind kind;
    private final int status;
    private final String code;
    private final long at;

    private S3Fault(Kind kind, int status, String code, long at) {
        this.kind = kind;
        this.status = status;
        this.code = Objects.requireNonNull(code, "code is null");
        this.at = at;
    }

    /**
     * The gate answers itself; the server never sees the request.
     *
     * @param status the HTTP status: 403, 404, 500, 503, or 200 with an error in the body, as CompleteMultipartUpload may answer
     * @param code the S3 error code: {@code SlowDown}
     * @return the fault
     */
    public static S3Fault answer(int status, String code) {
        return new S3Fault(Kind.ANSWER, status, code, 0);
    }

    /** @return the connection is reset; the server never sees the request */
    public static S3Fault reset() {
        return new S3Fault(Kind.RESET, 0, "", 0);
    }

    /** @return nothing ever comes back, until the client gives up or the gate is closed; the server never sees the request */
    public static S3Fault stall() {
        return new S3Fault(Kind.STALL, 0, "", 0);
    }

    /** @return the server does what it was asked to, but the connection is reset before its answer comes back */
    public static S3Fault loseResponse() {
        return new S3Fault(Kind.LOSE_RESPONSE, 0, "", 0);
    }

    /**
     * The server does what it was asked to, but the client gets an error.
     *
     * @param status the HTTP status
     * @param code the S3 error code
     * @return the fault
     */
    public static S3Fault answerAfterApplying(int status, String code) {
        return new S3Fault(Kind.ANSWER_AFTER, status, code, 0);
    }

    /**
     * The answer's body ends too early, and the connection with it.
     *
     * @param bytes how many bytes of the body come through
     * @return the fault
     */
    public static S3Fault truncateResponse(long bytes) {
        return new S3Fault(Kind.TRUNCATE, 0, "", bytes);
    }

    /**
     * One bit of the answer's body is turned over.
     *
     * @param offset in which byte of the body, from 0
     * @return the fault
     */
    public static S3Fault corruptResponse(long offset) {
        return new S3Fault(Kind.CORRUPT, 0, "", offset);
    }

    Kind kind() {
        return kind;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    long at() {
        return at;
    }

    @Override
    public String toString() {
        return kind + (status == 0 ? "" : " " + status + " " + code) + (at == 0 ? "" : " at " + at);
    }
}
