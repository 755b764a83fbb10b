package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.datasets.s3.testkit.S3Fault;
import dev.contraflow.datasets.s3.testkit.S3Gate;
import dev.contraflow.datasets.s3.testkit.S3Request;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import dev.contraflow.io.Content;
import dev.contraflow.io.FencedException;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.io.WriteSpec.Existing;
import dev.contraflow.testkit.MeteredGrant;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the storage does when the server or the network misbehaves; each fault is made on a real connection by the gate. */
class S3FaultTest {
    private static final String BUCKET = "faults";
    private static final byte[] SMALL = bytes(1000);
    private static final byte[] LARGE = bytes(2 * S3StorageTest.PART + 77); // three parts, eleven ranges
    private static final Duration SOON = Duration.ofSeconds(20);

    @SuppressWarnings("NullAway.Init") // start runs first
    private static EmbeddedS3 server;

    @SuppressWarnings("NullAway.Init") // open runs before each test
    private S3Gate gate;

    @SuppressWarnings("NullAway.Init") // open runs before each test
    private Storage storage;

    private final Location at = new Location("s3", BUCKET, "/object-" + System.nanoTime());

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedS3.start(BUCKET);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void open() throws IOException {
        gate = S3Gate.inFrontOf(server.endpoint());
        storage = S3StorageTest.open(gate.endpoint(), server, Map.of("attempts", 3, "connections", 8));
    }

    @AfterEach
    void close() throws IOException {
        gate.clearRules();
        storage.close();
        gate.close();
        assertThat(server.openUploads(BUCKET)).as("uploads left open").isEmpty();
    }

    @Test
    void needsOneRequestForASmallObject() throws IOException {
        write(SMALL, Existing.OVERWRITE);
        assertThat(operations()).containsExactly(Operation.PUT_OBJECT);
        gate.clearRecord();
        assertThat(read()).isEqualTo(SMALL);
        assertThat(operations()).containsExactly(Operation.GET_OBJECT);
        gate.clearRecord();
        assertThat(storage.exists(at)).isTrue();
        assertThat(operations()).containsExactly(Operation.HEAD_OBJECT);
    }

    @Test
    void needsNoRequestBeforeTheCommitOfASmallObject() throws IOException {
        try (Content content = Content.of(SMALL);
                PendingWrite write = storage.create(at, spec(Existing.OVERWRITE))) {
            write.transfer(content);
            write.transfer(content);
        }
        assertThat(gate.requests()).isEmpty();
    }

    @Test
    void sendsPartsAtOnceAndReadsRangesAtOnce() throws IOException {
        gate.delay(r -> true, Duration.ofMillis(50));
        write(LARGE, Existing.OVERWRITE);
        assertThat(count(Operation.UPLOAD_PART)).isEqualTo(3);
        assertThat(count(Operation.CREATE_UPLOAD)).isOne();
        assertThat(count(Operation.COMPLETE_UPLOAD)).isOne();
        assertThat(count(Operation.HEAD_OBJECT))
                .as("the server echoes the checksum")
                .isZero();
        gate.clearRecord();
        assertThat(read()).isEqualTo(LARGE);
        assertThat(count(Operation.GET_OBJECT))
                .as("the first look and eleven ranges")
                .isEqualTo(12);
    }

    @Test
    void looksAtTheObjectIfTheServerEchoesNoChecksum() throws IOException {
        try (Storage plain = S3StorageTest.open(
                gate.endpoint(),
                server,
                Map.of("request_checksums", "when_required", "response_checksums", "when_required"))) {
            try (Content content = Content.of(LARGE);
                    PendingWrite write = plain.create(at, spec(Existing.OVERWRITE))) {
                write.transfer(content);
                write.commit();
            }
            assertThat(count(Operation.HEAD_OBJECT)).isOne();
        }
        assertThat(read()).isEqualTo(LARGE);
    }

    @Test
    void refusesWhatTheServerSaysToHaveStoredInstead() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<?> served = inBackground(() -> answerWithAWrongChecksum(listener));
            URI endpoint = URI.create("http://127.0.0.1:" + listener.getLocalPort());
            try (Storage damaging = S3StorageTest.open(endpoint, server, Map.of());
                    Content content = Content.of(SMALL);
                    PendingWrite write = damaging.create(at, spec(Existing.OVERWRITE))) {
                write.transfer(content);
                assertThatThrownBy(write::commit)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining(
                                "the server stored other bytes than were sent: CRC-32 AAAAAA== instead of ");
            }
            served.get(20, TimeUnit.SECONDS);
        }
    }

    private static void answerWithAWrongChecksum(ServerSocket listener) throws IOException {
        try (Socket socket = listener.accept();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).trim());
                }
            }
            assertThat(length).as("the bytes as they are, in no chunks").isEqualTo(SMALL.length);
            assertThat(in.skip(length)).isEqualTo(length);
            String answer = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nx-amz-checksum-crc32: AAAAAA==\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void sendsPartsInParallel() throws Exception {
        S3Gate.Hold parts = gate.hold(is(Operation.UPLOAD_PART));
        try (Content content = Content.of(LARGE);
                PendingWrite write = storage.create(at, spec(Existing.OVERWRITE))) {
            Future<?> transfer = inBackground(() -> write.transfer(content));
            for (int i = 0; i < 3; i++) {
                parts.awaitArrived(SOON); // all are under way, and none is answered
            }
            parts.release();
            transfer.get(20, TimeUnit.SECONDS);
            assertThat(write.commit().size()).isEqualTo(LARGE.length);
        }
    }

    @Test
    void keepsRequestsInFlightWithinTheConnections() throws Exception {
        gate.delay(r -> true, Duration.ofMillis(20));
        ExecutorService threads = Executors.newFixedThreadPool(40);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Location each = at.plus("-" + i);
                all.add(threads.submit(() -> commit(each, SMALL, Existing.OVERWRITE)));
            }
            for (Future<?> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(count(Operation.PUT_OBJECT)).isEqualTo(40);
        assertThat(gate.peakInFlight()).isLessThanOrEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, access to the bucket 'faults' is denied (403 AccessDenied)",
        "403, SignatureDoesNotMatch, the server does not accept the credentials (403 SignatureDoesNotMatch)",
        "403, RequestTimeTooSkewed, this machine's clock is wrong (403 RequestTimeTooSkewed)",
        "400, ExpiredToken, the session token has expired or is not valid (400 ExpiredToken)",
        "301, PermanentRedirect, the bucket 'faults' is in another region (301 PermanentRedirect)",
        "501, NotImplemented, the server does not know this kind of request (501 NotImplemented)"
    })
    void saysWhatIsWrongForGood(int status, String code, String meaning) {
        gate.fail(is(Operation.PUT_OBJECT), S3Fault.answer(status, code));
        assertThatThrownBy(() -> write(SMALL, Existing.OVERWRITE))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("cannot write the object: " + meaning)
                .satisfies(e -> assertThat(((StorageException) e).attempts()).isOne())
                .satisfies(e -> assertThat(((StorageException) e).location()).isEqualTo(at));
        assertThat(gate.requests()).hasSize(1);
    }

    @Test
    void saysThatTheBucketDoesNotExist() {
        Location nowhere = new Location("s3", "no-such-bucket", "/x");
        assertThatThrownBy(() -> commit(nowhere, SMALL, Existing.OVERWRITE))
                .isInstanceOf(StorageException.class)
                .hasMessage("cannot write the object: the bucket 'no-such-bucket' does not exist (404 NoSuchBucket)."
                        + " Create it, or correct the bucket in the catalog.");
        assertThatThrownBy(() -> storage.read(nowhere, Grant.unbounded()))
                .hasMessageContaining("the bucket 'no-such-bucket' does not exist");
    }

    @Test
    void saysThatTheServerCannotBeReached() {
        gate.close();
        assertThatThrownBy(() -> storage.exists(at))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(gate.endpoint() + " cannot be reached")
                .hasMessageEndingWith("Gave up after 3 attempts.");
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"PUT_OBJECT", "GET_OBJECT", "HEAD_OBJECT", "LIST_OBJECTS", "DELETE_OBJECT"})
    void triesAgainAndGivesUpAfterTheAttempts(Operation operation) throws IOException {
        gate.fail(is(operation), S3Fault.answer(503, "SlowDown"), 2);
        everything();
        gate.clearRecord();
        gate.fail(is(operation), S3Fault.answer(500, "InternalError"));
        assertThatThrownBy(this::everything)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the server failed (500")
                .hasMessageEndingWith("Gave up after 3 attempts.")
                .satisfies(e -> assertThat(((StorageException) e).attempts()).isEqualTo(3));
        assertThat(count(operation)).isEqualTo(3);
    }

    private void everything() throws IOException {
        write(SMALL, Existing.OVERWRITE);
        assertThat(read()).isEqualTo(SMALL);
        assertThat(storage.exists(at)).isTrue();
        assertThat(storage.list(at)).hasSize(1);
        storage.delete(at);
    }

    @Test
    void triesAgainAfterAReset() throws IOException {
        gate.fail(is(Operation.PUT_OBJECT), S3Fault.reset(), 1);
        gate.fail(is(Operation.GET_OBJECT), S3Fault.reset(), 1);
        everything();
        assertThat(count(Operation.PUT_OBJECT)).isEqualTo(2);
    }

    @Test
    void triesAgainAfterAnAttemptTimeout() throws IOException {
        Map<String, Object> manyAttempts =
                Map.of("attempts", 100, "attempt_timeout", "2s"); // some more may be too slow
        try (Storage impatient = S3StorageTest.open(gate.endpoint(), server, manyAttempts)) {
            gate.fail(is(Operation.HEAD_OBJECT), S3Fault.stall(), 1);
            assertThat(impatient.exists(at)).isFalse();
            assertThat(count(Operation.HEAD_OBJECT)).isGreaterThan(1);
        }
        gate.fail(is(Operation.HEAD_OBJECT), S3Fault.stall());
        try (Storage impatient =
                S3StorageTest.open(gate.endpoint(), server, Map.of("attempts", 2, "attempt_timeout", "2s"))) {
            assertThatThrownBy(() -> impatient.exists(at))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("gave no answer within 2000 ms")
                    .hasMessageEndingWith("Gave up after 2 attempts.");
        }
    }

    @Test
    void resendsAPutWhoseAnswerWasLost() throws IOException {
        gate.fail(is(Operation.PUT_OBJECT), S3Fault.loseResponse(), 1);
        assertThat(write(SMALL, Existing.OVERWRITE).size()).isEqualTo(SMALL.length);
        assertThat(read()).isEqualTo(SMALL);
    }

    /** Between two attempts the run was taken for dead, and another one has stored what it has made. */
    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"PUT_OBJECT", "COMPLETE_UPLOAD"})
    void doesNotTryAgainOnceTheRunMayNotWriteAnyMore(Operation operation) throws IOException {
        gate.fail(is(operation), S3Fault.answer(503, "SlowDown"), 1);
        AtomicInteger asked = new AtomicInteger();
        WriteSpec spec = new WriteSpec("run 1", 1, null, Existing.OVERWRITE, () -> {
            if (asked.incrementAndGet() > 1) {
                throw new FencedException("another run writes it");
            }
        });
        try (Content content = Content.of(operation == Operation.PUT_OBJECT ? SMALL : LARGE);
                PendingWrite write = storage.create(at, spec)) {
            write.transfer(content);
            assertThatThrownBy(write::commit)
                    .isInstanceOf(FencedException.class)
                    .hasMessage("another run writes it");
        }
        assertThat(count(operation)).isOne();
        assertThat(storage.exists(at)).isFalse();
    }

    @Test
    void recognisesItsOwnObjectAfterALostAnswer() throws IOException {
        gate.fail(is(Operation.PUT_OBJECT), S3Fault.loseResponse(), 1);
        assertThat(write(SMALL, Existing.MUST_NOT_EXIST))
                .extracting(Stored::size)
                .isEqualTo(1000L);
        assertThat(operations()).containsExactly(Operation.PUT_OBJECT, Operation.PUT_OBJECT, Operation.HEAD_OBJECT);
    }

    @Test
    void doesNotTakeAnotherWritersEqualObjectForItsOwn() throws IOException {
        write(SMALL, Existing.OVERWRITE);
        gate.fail(is(Operation.PUT_OBJECT), S3Fault.answer(500, "InternalError"), 1);
        assertThatThrownBy(() -> write(SMALL, Existing.MUST_NOT_EXIST))
                .isInstanceOf(StorageException.class)
                .hasMessage("cannot write the object: there is an object already, and this write must not replace it"
                        + " (412 PreconditionFailed).");
    }

    @ParameterizedTest
    @EnumSource(Existing.class)
    void recognisesItsOwnUploadAfterALostAnswer(Existing existing) throws IOException {
        gate.fail(is(Operation.COMPLETE_UPLOAD), S3Fault.loseResponse(), 1);
        assertThat(write(LARGE, existing).size()).isEqualTo(LARGE.length);
        assertThat(read()).isEqualTo(LARGE);
        assertThat(count(Operation.ABORT_UPLOAD))
                .as("the server may have kept the parts")
                .isOne();
    }

    @Test
    void anObjectIsStoredThoughTheUploadThatMadeItCannotBeCleanedUp() throws IOException {
        gate.fail(is(Operation.COMPLETE_UPLOAD), S3Fault.loseResponse(), 1);
        gate.fail(is(Operation.ABORT_UPLOAD), S3Fault.answer(403, "AccessDenied"));
        assertThat(write(LARGE, Existing.OVERWRITE).size()).isEqualTo(LARGE.length);
        assertThat(read()).isEqualTo(LARGE);
    }

    @Test
    void settlesACompleteThatWasNeverAnswered() throws IOException {
        gate.fail(is(Operation.COMPLETE_UPLOAD), S3Fault.loseResponse(), 1);
        gate.fail(is(Operation.COMPLETE_UPLOAD), S3Fault.reset());
        assertThat(write(LARGE, Existing.OVERWRITE).size()).isEqualTo(LARGE.length);
        assertThat(count(Operation.ABORT_UPLOAD)).isOne();
        assertThat(read()).isEqualTo(LARGE);
    }

    @Test
    void completesAgainAfterAnErrorInsideAnOk() throws IOException {
        gate.fail(is(Operation.COMPLETE_UPLOAD), S3Fault.answer(200, "InternalError"), 1);
        write(LARGE, Existing.OVERWRITE);
        assertThat(read()).isEqualTo(LARGE);
    }

    @Test
    void failsOnAnErrorInsideEveryOk() throws IOException {
        gate.fail(is(Operation.COMPLETE_UPLOAD), S3Fault.answer(200, "InternalError"));
        assertThatThrownBy(() -> write(LARGE, Existing.OVERWRITE))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot complete the upload: the server failed (200 InternalError)");
        assertThat(storage.exists(at)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void sendsAnyPartAgain(int part) throws IOException {
        gate.fail(r -> r.is(Operation.UPLOAD_PART) && r.partNumber() == part, S3Fault.answer(500, "InternalError"), 1);
        write(LARGE, Existing.OVERWRITE);
        assertThat(read()).isEqualTo(LARGE);
        assertThat(count(Operation.UPLOAD_PART)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void abortsTheUploadWhenAPartFailsForGood(int part) throws IOException {
        gate.fail(r -> r.is(Operation.UPLOAD_PART) && r.partNumber() == part, S3Fault.answer(403, "AccessDenied"));
        assertThatThrownBy(() -> write(LARGE, Existing.OVERWRITE))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith(
                        "cannot upload part " + part + " of 3: access to the bucket 'faults' is denied");
        assertThat(server.openUploads(BUCKET)).isEmpty();
        assertThat(storage.exists(at)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLocalFileThatIsGoneIsNoFaultOfTheConnection(boolean isLarge, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("bytes");
        assertThat(failureOfFile(file, isLarge, () -> Files.delete(file)))
                .hasMessage("cannot upload it: the local file " + file
                        + " that holds its bytes is gone. Nobody may delete it during a run.");
        assertThat(count(Operation.UPLOAD_PART) + count(Operation.PUT_OBJECT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLocalFileThatIsTooShortIsNoFaultOfTheConnection(boolean isLarge, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("bytes");
        assertThat(failureOfFile(file, isLarge, () -> Files.write(file, bytes(10))))
                .hasMessageStartingWith("cannot upload it: its bytes cannot be read from the local disk: The file "
                        + file + " is shorter than what was written to it");
        assertThat(count(Operation.PUT_OBJECT)).as("not tried again").isLessThanOrEqualTo(1);
    }

    /** How the write of a file's bytes fails if something happens to the file before they are sent. */
    private StorageException failureOfFile(Path file, boolean isLarge, Action damage) throws Exception {
        Files.write(file, isLarge ? LARGE : SMALL);
        try (Content content = Content.ofFile(file);
                PendingWrite write = storage.create(at, spec(Existing.OVERWRITE))) {
            damage.run();
            return catchThrowableOfType(StorageException.class, () -> {
                write.transfer(content);
                write.commit();
            });
        }
    }

    @Test
    void transfersAgainAfterAFailure() throws IOException {
        gate.fail(is(Operation.UPLOAD_PART), S3Fault.answer(403, "AccessDenied"), 1);
        try (Content content = Content.of(LARGE);
                PendingWrite write = storage.create(at, spec(Existing.OVERWRITE))) {
            assertThatThrownBy(() -> write.transfer(content)).isInstanceOf(StorageException.class);
            assertThatThrownBy(write::commit)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Nothing was transferred to " + at);
            write.transfer(content);
            write.commit();
        }
        assertThat(read()).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 500, 999})
    void readsATruncatedAnswerAgain(int length) throws IOException {
        write(SMALL, Existing.OVERWRITE);
        gate.fail(is(Operation.GET_OBJECT), S3Fault.truncateResponse(length), 1);
        MeteredGrant grant = new MeteredGrant(Long.MAX_VALUE);
        try (Content content = storage.read(at, grant)) {
            assertThat(content.size()).isEqualTo(SMALL.length);
            assertThat(grant.taken()).isEqualTo(SMALL.length);
        }
        assertThat(grant.taken()).isZero();
    }

    @Test
    void noticesADamagedAnswer() throws IOException {
        write(SMALL, Existing.OVERWRITE);
        gate.fail(is(Operation.GET_OBJECT), S3Fault.corruptResponse(700), 1);
        assertThat(read()).isEqualTo(SMALL);
        gate.fail(is(Operation.GET_OBJECT), S3Fault.corruptResponse(700));
        MeteredGrant grant = new MeteredGrant(Long.MAX_VALUE);
        assertThatThrownBy(() -> storage.read(at, grant))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("was damaged on the way");
        try (Storage plain = S3StorageTest.open(
                gate.endpoint(), server, Map.of("attempts", 2, "response_checksums", "when_required"))) {
            assertThatThrownBy(() -> plain.read(at, grant))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("do not match the SHA-256 that was stored with them");
        }
        assertThat(grant.taken()).isZero();
    }

    @Test
    void noticesADamagedRangeOfALargeObject() throws IOException {
        write(LARGE, Existing.OVERWRITE);
        gate.clearRecord();
        gate.fail(
                r -> r.is(Operation.GET_OBJECT) && gate.count(is(Operation.GET_OBJECT)) > 1,
                S3Fault.corruptResponse(5),
                1);
        MeteredGrant grant = new MeteredGrant(Long.MAX_VALUE);
        assertThatThrownBy(() -> storage.read(at, grant))
                .isInstanceOf(StorageException.class)
                .hasMessage("the object's bytes do not match the SHA-256 that was stored with them");
        assertThat(grant.taken()).isZero();
    }

    @Test
    void aLargeObjectThatMemoryDoesNotHoldComesRangeByRangeAndWithAnotherTryForEach() throws IOException {
        write(LARGE, Existing.OVERWRITE);
        gate.clearRecord();
        gate.fail(
                r -> r.is(Operation.GET_OBJECT) && gate.count(is(Operation.GET_OBJECT)) > 2,
                S3Fault.truncateResponse(1000),
                2);
        MeteredGrant grant = new MeteredGrant(3 << 20);
        try (Content content = storage.read(at, grant);
                InputStream in = content.open()) {
            assertThat(in.readAllBytes()).isEqualTo(LARGE);
            assertThat(grant.spillFiles()).hasSize(1);
            assertThat(grant.taken()).as("memory besides the spill file").isZero();
        }
        gate.fail(r -> r.is(Operation.GET_OBJECT), S3Fault.truncateResponse(1000));
        assertThatThrownBy(() -> storage.read(at, grant)).isInstanceOf(StorageException.class);
        assertThat(grant.taken()).isZero();
        assertThat(grant.spillFiles()).noneMatch(java.nio.file.Files::exists);
    }

    @Test
    void neverMixesTwoVersionsOfALargeObject() throws Exception {
        byte[] other = LARGE.clone();
        other[0] ^= 1;
        other[LARGE.length - 1] ^= 1;
        write(LARGE, Existing.OVERWRITE);
        gate.clearRecord();
        S3Gate.Hold ranges = gate.hold(r -> r.is(Operation.GET_OBJECT) && gate.count(is(Operation.GET_OBJECT)) > 3);
        Future<byte[]> reading = inBackground(this::read);
        ranges.awaitArrived(SOON); // some ranges have come, others are held, and with them perhaps all connections
        try (Storage elsewhere = S3StorageTest.open(server.endpoint(), server, Map.of())) {
            commit(elsewhere, at, other, Existing.OVERWRITE);
        }
        ranges.release();
        assertThat(reading.get(30, TimeUnit.SECONDS)).isEqualTo(other);
    }

    @Test
    void endsAnUploadOnAnInterruptWithoutWaitingForTheServer() throws Exception {
        for (byte[] bytes : List.of(SMALL, LARGE)) {
            Operation sending = bytes.length == SMALL.length ? Operation.PUT_OBJECT : Operation.UPLOAD_PART;
            S3Gate.Hold hold = gate.hold(is(sending));
            AtomicReference<Thread> writer = new AtomicReference<>();
            CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
            Future<?> writing = inBackground(() -> {
                writer.set(Thread.currentThread());
                assertThatThrownBy(() -> write(bytes, Existing.OVERWRITE))
                        .isInstanceOf(InterruptedIOException.class)
                        .hasMessage("interrupted at " + at);
                flagKept.complete(Thread.currentThread().isInterrupted());
            });
            hold.awaitArrived(SOON);
            writer.get().interrupt(); // the gate holds the request still: only an abort can end it
            assertThat(flagKept.get(20, TimeUnit.SECONDS)).isTrue();
            writing.get(20, TimeUnit.SECONDS);
            assertThat(server.openUploads(BUCKET)).isEmpty();
            assertThat(storage.exists(at)).isFalse();
        }
    }

    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        S3Gate.Hold hold = gate.hold(is(Operation.PUT_OBJECT));
        Future<?> writing = inBackground(() -> assertThatThrownBy(() -> write(SMALL, Existing.OVERWRITE))
                .isInstanceOf(StorageException.class)
                .hasMessage("cannot write the object: the storage was closed"));
        hold.awaitArrived(SOON);
        storage.close();
        writing.get(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> storage.exists(at))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The storage is closed");
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Future<?> inBackground(Action action) {
        return inBackground(() -> {
            action.run();
            return true;
        });
    }

    private static <T> Future<T> inBackground(java.util.concurrent.Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(action.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static Predicate<S3Request> is(Operation operation) {
        return request -> request.is(operation);
    }

    private int count(Operation operation) {
        return gate.count(is(operation));
    }

    private List<Operation> operations() {
        return gate.requests().stream().map(S3Request::operation).toList();
    }

    private static WriteSpec spec(Existing existing) {
        return new WriteSpec("run 1/ü", 1, existing);
    }

    private Stored write(byte[] bytes, Existing existing) throws IOException {
        return commit(at, bytes, existing);
    }

    private Stored commit(Location location, byte[] bytes, Existing existing) throws IOException {
        return commit(storage, location, bytes, existing);
    }

    private static Stored commit(Storage to, Location location, byte[] bytes, Existing existing) throws IOException {
        try (Content content = Content.of(bytes);
                PendingWrite write = to.create(location, spec(existing))) {
            write.transfer(content);
            return write.commit();
        }
    }

    private byte[] read() throws IOException {
        try (Content content = storage.read(at, Grant.unbounded());
                InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
