package dev.contraflow.datasets.s3;

import dev.contraflow.io.Content;
import dev.contraflow.io.FencedException;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Provenance;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An object on its way. A small one is sent in {@link #commit} by one PUT, because a PUT is visible at once: until then only the content is
 * kept hold of, so it must stay open until the commit. Of a large one {@link #transfer} sends the parts, and commit completes the upload.
 */
final class S3Write implements PendingWrite {
    /** Metadata of every object written: the SHA-256 of its bytes, what wrote it, and of what. */
    static final String SHA256 = "contraflow-sha256";

    private static final String RUN = "contraflow-run";
    private static final String ATTEMPT = "contraflow-attempt";
    private static final String MADE_FROM = "contraflow-made-from";
    private static final String WRITE = "contraflow-write";

    private final S3Storage storage;
    private final Location at;
    private final String key;
    private final WriteSpec spec;
    private final String mark = UUID.randomUUID().toString();
    private @Nullable Content content;
    private @Nullable MultipartUpload upload;
    private boolean ended;
    private boolean closed;

    S3Write(S3Storage storage, Location at, String key, WriteSpec spec) {
        this.storage = storage;
        this.at = at;
        this.key = key;
        this.spec = Objects.requireNonNull(spec, "spec is null");
    }

    Location at() {
        return at;
    }

    String key() {
        return key;
    }

    S3Storage storage() {
        return storage;
    }

    boolean mustNotExist() {
        return spec.existing() == WriteSpec.Existing.MUST_NOT_EXIST;
    }

    boolean sendsChecksums() {
        return storage.options().requestChecksums() == RequestChecksumCalculation.WHEN_SUPPORTED;
    }

    Map<String, String> metadata(Content of) {
        Map<String, String> metadata = new HashMap<>(Map.of(
                SHA256, of.sha256(),
                RUN, URLEncoder.encode(spec.runId(), StandardCharsets.UTF_8),
                ATTEMPT, Integer.toString(spec.attempt()),
                WRITE, mark));
        String madeFrom = spec.madeFrom();
        if (madeFrom != null) {
            metadata.put(MADE_FROM, madeFrom);
        }
        return metadata;
    }

    /** Who wrote an object, by its metadata; null if it does not say. */
    static @Nullable Provenance provenance(Map<String, String> metadata) {
        String run = metadata.get(RUN);
        String attempt = metadata.get(ATTEMPT);
        if (run == null || attempt == null || !attempt.matches("[1-9][0-9]{0,3}")) {
            return null;
        }
        try {
            return new Provenance(
                    URLDecoder.decode(run, StandardCharsets.UTF_8), Integer.parseInt(attempt), metadata.get(MADE_FROM));
        } catch (IllegalArgumentException e) { // somebody else's metadata of that name
            return null;
        }
    }

    @Override
    public void transfer(Content source) throws IOException {
        requireOpen();
        S3Storage.checkInterrupt(at);
        content = null;
        abortUpload();
        if (source.size() > storage.options().multipartThreshold()) {
            MultipartUpload begun = MultipartUpload.begin(this, source);
            upload = begun;
            begun.sendParts();
        }
        content = source;
    }

    @Override
    public Stored commit() throws IOException {
        requireOpen();
        Content source = content;
        if (source == null) {
            throw new IllegalStateException("Nothing was transferred to " + at);
        }
        S3Storage.checkInterrupt(at);
        ended = true;
        MultipartUpload parts = upload;
        String etag = parts == null ? put(source) : parts.complete();
        upload = null;
        return new Stored(at, source.size(), source.sha256(), etag);
    }

    private @Nullable String put(Content source) throws IOException {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(at.authority())
                .key(key)
                .contentLength(source.size())
                .metadata(metadata(source))
                .ifNoneMatch(mustNotExist() ? "*" : null)
                .checksumCRC32(sendsChecksums() ? base64(source.crc32()) : null)
                .build();
        return storage.requests()
                .call(at, "write the object", source.size(), attempt -> putOnce(request, source, attempt));
    }

    private @Nullable String putOnce(PutObjectRequest request, Content source, int attempt) throws IOException {
        checkFence();
        try {
            PutObjectResponse stored = storage.client().putObject(request, body(source, 0, source.size()));
            checkEcho(stored.checksumCRC32(), source);
            // a server that was sent a checksum has compared it; else what arrived has to be looked at
            if (stored.checksumCRC32() == null && !sendsChecksums() && ownObject(source) == null) {
                throw new StorageException("the server did not store what was sent", at, 1, null);
            }
            return stored.eTag();
        } catch (S3Exception e) {
            // an earlier attempt may have been applied although its answer was lost
            if (e.statusCode() == 412 && attempt > 1) {
                HeadObjectResponse ours = ownObject(source);
                if (ours != null) {
                    return ours.eTag();
                }
            }
            throw e;
        }
    }

    void checkFence() throws FencedException {
        spec.fence().check();
    }

    /** The visible object, if it is the one that this write made; to be called on a request's thread. */
    @Nullable
    HeadObjectResponse ownObject(Content source) {
        try {
            HeadObjectResponse head =
                    storage.client().headObject(r -> r.bucket(at.authority()).key(key));
            boolean ours = mark.equals(head.metadata().get(WRITE)) && head.contentLength() == source.size();
            return ours ? head : null;
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                return null;
            }
            throw e;
        }
    }

    void checkEcho(@Nullable String echoed, Content source) throws IOException {
        if (echoed != null && !echoed.contains("-") && !echoed.equals(base64(source.crc32()))) {
            throw new StorageException(
                    "the server stored other bytes than were sent: CRC-32 " + echoed + " instead of "
                            + base64(source.crc32()),
                    at,
                    1,
                    null);
        }
    }

    RequestBody body(Content source, long offset, long length) {
        return RequestBody.fromContentProvider(
                () -> {
                    try {
                        return LocalBytes.open(source, offset, length, at);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                length,
                "application/octet-stream");
    }

    /** A CRC-32 as S3 writes it: its four bytes, the highest first, in Base64. */
    static String base64(long crc32) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(4).putInt((int) crc32).array());
    }

    private void requireOpen() {
        if (ended || closed) {
            throw new IllegalStateException("The write to " + at + " is committed or closed");
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            content = null;
            abortUpload();
        }
    }

    /** Throws the open upload away, also if the thread is interrupted: that must not leave parts behind. */
    private void abortUpload() throws IOException {
        MultipartUpload open = upload;
        if (open == null) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            open.abort();
            upload = null;
        } catch (ObjectNotFoundException e) {
            upload = null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
