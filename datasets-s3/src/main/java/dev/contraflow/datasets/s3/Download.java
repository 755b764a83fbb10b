package dev.contraflow.datasets.s3;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** What the answer to a GET says: the object's version, and its bytes unless there are too many for one request. Immutable. */
record Download(
        long size,
        @Nullable String etag,
        @Nullable String sha256,
        @Nullable Content content) {
    /** Receives the body, or hangs up at once if it is longer than {@code most}. */
    static Download upTo(long most, GetObjectResponse response, AbortableInputStream in, Grant memory)
            throws IOException {
        long size = response.contentLength() == null ? -1 : response.contentLength();
        String sha256 = response.metadata().get(S3Write.SHA256);
        if (size > most) {
            in.abort();
            return new Download(size, response.eTag(), sha256, null);
        }
        Content content = size >= 0 && size <= Integer.MAX_VALUE - 8 && memory.tryTake(size)
                ? inMemory((int) size, in, memory)
                : collected(size, in, memory);
        Download whole = new Download(size, response.eTag(), sha256, content);
        if (!whole.isIntact(content)) {
            content.close();
            throw new DamagedException("the object's bytes do not match the SHA-256 that was stored with them");
        }
        return whole;
    }

    private static Content inMemory(int size, InputStream in, Grant memory) throws IOException {
        try {
            return Content.of(List.of(exactly(size, in)), memory);
        } catch (IOException | RuntimeException | Error e) {
            memory.giveBack(size);
            throw e;
        }
    }

    private static Content collected(long size, InputStream in, Grant memory) throws IOException {
        try (ContentOutput out = new ContentOutput(memory)) {
            long received = in.transferTo(out);
            if (size >= 0 && received != size) {
                throw truncated(received, size);
            }
            return out.toContent();
        }
    }

    /** Exactly so many bytes, and the end after them, where the SDK compares the checksum. */
    static byte[] exactly(int size, InputStream in) throws IOException {
        byte[] bytes = new byte[size];
        int received = in.readNBytes(bytes, 0, size);
        if (received < size) {
            throw truncated(received, size);
        }
        if (in.read() >= 0) {
            throw new DamagedException("the answer's body is longer than the " + size + " bytes that were asked for");
        }
        return bytes;
    }

    private static DamagedException truncated(long received, long size) {
        return new DamagedException("the answer's body ended after " + received + " of " + size + " bytes");
    }

    /** Whether the bytes are those whose SHA-256 stands with the object, if one does. */
    boolean isIntact(Content received) {
        return sha256 == null || sha256.equals(received.sha256());
    }

    void close() {
        if (content != null) {
            content.close();
        }
    }
}
