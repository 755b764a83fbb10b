package dev.contraflow.datasets.s3;

import dev.contraflow.io.Content;
import dev.contraflow.io.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** One multipart upload. Used by one thread at a time, like the write that it belongs to. */
final class MultipartUpload {
    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

    private final S3Write write;
    private final Content content;
    private final PartPlan plan;
    private final String id;
    private List<CompletedPart> parts = List.of();
    private boolean partsMayStillLand;
    private volatile boolean mayBeLeft; // an attempt to complete it was not answered, whatever came of it

    private MultipartUpload(S3Write write, Content content, String id) {
        this.write = write;
        this.content = content;
        this.plan = PartPlan.forUpload(content.size(), write.storage().options().partSize());
        this.id = id;
    }

    static MultipartUpload begin(S3Write write, Content content) throws IOException {
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                .bucket(write.at().authority())
                .key(write.key())
                .metadata(write.metadata(content));
        if (write.sendsChecksums()) {
            request.checksumAlgorithm(ChecksumAlgorithm.CRC32).checksumType(ChecksumType.FULL_OBJECT);
        }
        String id = write.storage()
                .requests()
                .call(
                        write.at(),
                        "begin the upload",
                        0,
                        attempt -> write.storage()
                                .client()
                                .createMultipartUpload(request.build())
                                .uploadId());
        return new MultipartUpload(write, content, id);
    }

    /** Sends all parts. After a failure none is on its way any more. */
    void sendParts() throws IOException {
        partsMayStillLand = true;
        parts = new Window<CompletedPart>(write.storage().partsInFlight())
                .run(
                        plan.count(),
                        i -> write.storage()
                                .requests()
                                .start(
                                        write.at(),
                                        "upload part " + (i + 1) + " of " + plan.count(),
                                        plan.length(i),
                                        attempt -> sendPart(i),
                                        unused -> {}));
        partsMayStillLand = false;
    }

    private CompletedPart sendPart(int i) throws IOException {
        String crc32 = write.sendsChecksums() ? crc32OfPart(i) : null;
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(write.at().authority())
                .key(write.key())
                .uploadId(id)
                .partNumber(i + 1)
                .contentLength(plan.length(i))
                .checksumCRC32(crc32)
                .build();
        UploadPartResponse stored =
                write.storage().client().uploadPart(request, write.body(content, plan.offset(i), plan.length(i)));
        if (crc32 != null && stored.checksumCRC32() != null && !crc32.equals(stored.checksumCRC32())) {
            throw new DamagedException("the server received other bytes of part " + (i + 1) + " than were sent");
        }
        return CompletedPart.builder()
                .partNumber(i + 1)
                .eTag(stored.eTag())
                .checksumCRC32(crc32)
                .build();
    }

    private String crc32OfPart(int i) throws IOException {
        CRC32 sum = new CRC32();
        try (InputStream in =
                new CheckedInputStream(LocalBytes.open(content, plan.offset(i), plan.length(i), write.at()), sum)) {
            byte[] buffer = new byte[64 << 10];
            while (in.read(buffer) >= 0) {
                // the stream counts
            }
        }
        return S3Write.base64(sum.getValue());
    }

    /** Makes the object visible and checks it; its ETag. */
    @Nullable
    String complete() throws IOException {
        CompleteMultipartUploadRequest.Builder request = CompleteMultipartUploadRequest.builder()
                .bucket(write.at().authority())
                .key(write.key())
                .uploadId(id)
                .ifNoneMatch(write.mustNotExist() ? "*" : null)
                .mpuObjectSize(content.size())
                .multipartUpload(m -> m.parts(parts));
        if (write.sendsChecksums()) {
            request.checksumCRC32(S3Write.base64(content.crc32())).checksumType(ChecksumType.FULL_OBJECT);
        }
        String etag;
        try {
            etag = write.storage()
                    .requests()
                    .call(write.at(), "complete the upload", 0, attempt -> completeOnce(request.build(), attempt));
        } catch (GaveUpException e) {
            etag = settle(e);
            mayBeLeft = true;
        }
        if (mayBeLeft) {
            clean();
        }
        return etag;
    }

    /** Some servers show the object before they forget the upload, and keep its parts if they were interrupted, or asked twice at once. */
    private void clean() {
        try {
            abortOnce();
        } catch (IOException | RuntimeException e) { // the object is visible, whatever becomes of the rest
            LOG.debug("an upload to {} may be left open", write.at(), e);
        }
    }

    private @Nullable String completeOnce(CompleteMultipartUploadRequest request, int attempt) throws IOException {
        write.checkFence();
        mayBeLeft = attempt > 1;
        CompleteMultipartUploadResponse done;
        try {
            done = write.storage().client().completeMultipartUpload(request);
        } catch (S3Exception e) {
            // an earlier attempt may have been applied although its answer was lost; then the upload is gone, or the
            // object is in the way
            HeadObjectResponse ours =
                    attempt > 1 && (e.statusCode() == 404 || e.statusCode() == 412) ? write.ownObject(content) : null;
            if (ours == null) {
                throw e;
            }
            return ours.eTag();
        }
        if (done.checksumCRC32() != null && done.checksumType() != ChecksumType.COMPOSITE) {
            write.checkEcho(done.checksumCRC32(), content);
            return done.eTag();
        }
        return verified(done.eTag());
    }

    /** The server echoed no checksum of the whole: at least the object must have our size and our mark. */
    private @Nullable String verified(@Nullable String etag) throws IOException {
        if (write.ownObject(content) == null) {
            throw new StorageException(
                    "the completed object has another size than was sent, or another writer has replaced it",
                    write.at(),
                    1,
                    null);
        }
        return etag;
    }

    /** No attempt was answered: the object itself tells whether one was applied. */
    private @Nullable String settle(GaveUpException e) throws IOException {
        try {
            HeadObjectResponse ours = write.storage()
                    .requests()
                    .start(write.at(), "look for the object", 0, attempt -> found(), unused -> {})
                    .await()
                    .head();
            if (ours != null) {
                return ours.eTag();
            }
        } catch (IOException unanswered) {
            e.addSuppressed(unanswered);
        }
        throw e;
    }

    private record Found(@Nullable HeadObjectResponse head) {}

    private Found found() {
        return new Found(write.ownObject(content));
    }

    /** Throws the parts away. An upload that is gone is fine. */
    void abort() throws IOException {
        abortOnce();
        if (partsMayStillLand) {
            abortOnce(); // a part that was under way may have come after the first
        }
    }

    private void abortOnce() throws IOException {
        write.storage().requests().call(write.at(), "abort the upload", 0, attempt -> {
            try {
                return write.storage()
                        .client()
                        .abortMultipartUpload(r -> r.bucket(write.at().authority())
                                .key(write.key())
                                .uploadId(id));
            } catch (S3Exception e) {
                if (e.statusCode() == 404) {
                    return e;
                }
                throw e;
            }
        });
    }
}
