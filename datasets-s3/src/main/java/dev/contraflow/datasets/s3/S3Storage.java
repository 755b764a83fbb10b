package dev.contraflow.datasets.s3;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.RangedStorage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects in buckets. Thread-safe. Owns its client and its threads.
 *
 * <p>A small object costs one request: one PUT, one GET. A large one is written by a multipart upload, and read in ranges which {@code
 * If-Match} ties to one version of it. Objects carry their SHA-256 and the write that made them in their metadata: a read checks the one, and
 * an outcome that a lost answer left open is settled by the other.
 */
final class S3Storage implements RangedStorage {
    private static final int LONGEST_KEY = 1024;
    private static final int MOST_PARTS_IN_FLIGHT = 16;
    private static final int SHARE_OF_RANGES = 16; // of the heap, for ranges on their way to a spill file

    private final S3Options options;
    private final Requests requests;
    private final ClientHolder client;

    private S3Storage(S3Options options, Requests requests, ClientHolder client) {
        this.options = options;
        this.requests = requests;
        this.client = client;
    }

    static S3Storage open(S3Options options, @Nullable AwsCredentialsProvider credentials) {
        return open(options, credentials, Alarm.real());
    }

    static S3Storage open(S3Options options, @Nullable AwsCredentialsProvider credentials, Alarm alarm) {
        Requests requests = new Requests(options, alarm);
        return new S3Storage(options, requests, new ClientHolder(options, credentials, requests));
    }

    S3Options options() {
        return options;
    }

    Requests requests() {
        return requests;
    }

    /** To be called on the threads of the requests only: the first call takes long. */
    S3Client client() {
        return client.get();
    }

    /** How many parts or ranges of one object may be in flight. */
    int partsInFlight() {
        return Math.min(MOST_PARTS_IN_FLIGHT, options.connections());
    }

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        String key = keyOf(at);
        for (int restart = 1; ; restart++) {
            try {
                Download first = requests.start(
                                at,
                                "read the object",
                                options.multipartThreshold(),
                                attempt -> client().getObject(
                                                whole(at, key),
                                                (response, in) -> Download.upTo(
                                                        options.multipartThreshold(), response, in, memory)),
                                Download::close)
                        .await();
                Content content = first.content() != null ? first.content() : readLarge(at, key, first, memory);
                return content.withMark(mark(first.etag()));
            } catch (ReplacedException e) {
                if (restart >= options.attempts()) {
                    throw e;
                }
            }
        }
    }

    private static String mark(@Nullable String etag) {
        return String.valueOf(etag);
    }

    private GetObjectRequest whole(Location at, String key) {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(at.authority()).key(key);
        if (options.responseChecksums() == ResponseChecksumValidation.WHEN_SUPPORTED) {
            request.checksumMode(ChecksumMode.ENABLED);
        }
        return request.build();
    }

    private Content readLarge(Location at, String key, Download object, Grant memory) throws IOException {
        Content content = memory.tryTake(object.size())
                ? readInParallel(at, key, object, memory)
                : readInTurn(at, key, object, memory);
        if (!object.isIntact(content)) {
            content.close();
            throw new StorageException(
                    "the object's bytes do not match the SHA-256 that was stored with them", at, 1, null);
        }
        return content;
    }

    /** Each range goes straight into its own array; the memory is taken already. */
    private Content readInParallel(Location at, String key, Download object, Grant memory) throws IOException {
        PartPlan plan = PartPlan.forDownload(object.size(), options.rangeSize(), partsInFlight());
        try {
            List<byte[]> ranges = new Window<byte[]>(partsInFlight())
                    .run(
                            plan.count(),
                            i -> requests.start(
                                    at,
                                    "read the object",
                                    plan.length(i),
                                    attempt -> range(at, key, object, plan.offset(i), plan.length(i)),
                                    unused -> {}));
            return Content.of(ranges, memory);
        } catch (IOException | RuntimeException | Error e) {
            memory.giveBack(object.size());
            throw e;
        }
    }

    private byte[] range(Location at, String key, Download object, long offset, long length) throws IOException {
        try {
            return client().getObject(
                            range(at, key, offset, length, object.etag()),
                            (response, in) -> Download.exactly((int) length, in));
        } catch (S3Exception e) {
            if (e.statusCode() == 412) {
                throw new ReplacedException(at, e);
            }
            throw e;
        }
    }

    private static GetObjectRequest range(Location at, String key, long offset, long length, @Nullable String etag) {
        long last = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length - 1;
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(at.authority()).key(key).range("bytes=" + offset + "-" + last);
        return (etag == null ? request : request.ifMatch(etag)).build();
    }

    /** The memory is refused: the ranges go into the output, which spills, as many at once as the heap easily has room for. */
    private Content readInTurn(Location at, String key, Download object, Grant memory) throws IOException {
        PartPlan plan = PartPlan.forDownload(object.size(), options.rangeSize(), partsInFlight());
        long thatFit = Runtime.getRuntime().maxMemory() / SHARE_OF_RANGES / plan.partSize();
        int width = (int) Math.max(1, Math.min(partsInFlight(), thatFit));
        try (ContentOutput out = new ContentOutput(memory)) {
            new Window<byte[]>(width)
                    .run(
                            plan.count(),
                            i -> requests.start(
                                    at,
                                    "read the object",
                                    plan.length(i),
                                    attempt -> range(at, key, object, plan.offset(i), plan.length(i)),
                                    unused -> {}),
                            out::write);
            return out.toContent();
        }
    }

    @Override
    public Content readRange(Location at, long offset, long length, Grant memory) throws IOException {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        String key = keyOf(at);
        Download download = requests.start(
                        at,
                        "read the range",
                        length,
                        attempt -> client().getObject(
                                        range(at, key, offset, length, null),
                                        (response, in) ->
                                                Download.upTo(Long.MAX_VALUE, withoutWholeSum(response), in, memory)),
                        Download::close)
                .await();
        return Objects.requireNonNull(download.content());
    }

    private static GetObjectResponse withoutWholeSum(GetObjectResponse response) {
        return response.toBuilder().metadata(Map.of()).build();
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        String key = keyOf(at);
        if (key.endsWith("/")) {
            throw new StorageException("the key ends with a slash, which marks a folder", at, 1, null);
        }
        return new S3Write(this, at, key, spec);
    }

    @Override
    public Optional<ObjectInfo> info(Location at) throws IOException {
        String key = keyOf(at);
        try {
            HeadObjectResponse head = requests.call(
                    at,
                    "look for the object",
                    0,
                    attempt -> client().headObject(r -> r.bucket(at.authority()).key(key)));
            return Optional.of(new ObjectInfo(
                    at,
                    head.contentLength(),
                    mark(head.eTag()),
                    head.metadata().get(S3Write.SHA256),
                    S3Write.provenance(head.metadata())));
        } catch (ObjectNotFoundException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        checkAskable(prefix);
        List<Listed> found = new ArrayList<>();
        String next = null;
        do {
            String token = next;
            ListObjectsV2Response page = requests.call(
                    prefix,
                    "list the objects",
                    0,
                    attempt -> client().listObjectsV2(r ->
                            r.bucket(prefix.authority()).prefix(prefix.key()).continuationToken(token)));
            page.contents()
                    .forEach(object -> found.add(new Listed(
                            new Location(prefix.scheme(), prefix.authority(), "/" + object.key()),
                            object.size(),
                            object.eTag())));
            next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (next != null);
        found.sort(Comparator.comparing(listed -> listed.location().path()));
        return List.copyOf(found);
    }

    @Override
    public void delete(Location at) throws IOException {
        String key = keyOf(at);
        try {
            requests.call(
                    at,
                    "delete the object",
                    0,
                    attempt ->
                            client().deleteObject(r -> r.bucket(at.authority()).key(key)));
        } catch (ObjectNotFoundException e) {
            // some servers say so; it is what was wanted
        }
    }

    @Override
    public void close() {
        requests.close();
        client.close(); // so that no thread waits for a connection any more
        requests.awaitEnd();
    }

    /** The key of a location, if this storage can be asked about it now. */
    private String keyOf(Location at) throws IOException {
        checkAskable(at);
        String key = at.key();
        if (key.isEmpty()) {
            throw new StorageException("the location has no key: it names a bucket", at, 1, null);
        }
        if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new StorageException("the key is longer than " + LONGEST_KEY + " bytes", at, 1, null);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
            throw new StorageException("the key has half of a surrogate pair, which UTF-8 cannot hold", at, 1, null);
        }
        if (key.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new StorageException("the key holds a control character, which not every server keeps", at, 1, null);
        }
        // legal in S3, but proxies, servers and tools take such segments for folders, and so for another key
        if (Arrays.stream(key.split("/", -1)).anyMatch(segment -> segment.equals(".") || segment.equals(".."))) {
            throw new StorageException("the key has a '.' or '..' between its slashes", at, 1, null);
        }
        return key;
    }

    private void checkAskable(Location at) throws IOException {
        requests.requireOpen();
        if (!at.scheme().equals("s3")) {
            throw new IllegalArgumentException("not a location in S3: " + at);
        }
        if (at.authority().isEmpty()) {
            throw new StorageException("the location names no bucket: write s3://bucket/key", at, 1, null);
        }
        checkInterrupt(at);
    }

    static void checkInterrupt(Location at) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted at " + at);
        }
    }
}
