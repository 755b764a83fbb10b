package dev.contraflow.datasets.s3.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.contraflow.datasets.s3.testkit.S3Request.Operation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3GateTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> seenByServer = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init") // start runs before each test
    private HttpServer server;

    @SuppressWarnings("NullAway.Init") // start runs before each test
    private ExecutorService threads;

    @SuppressWarnings("NullAway.Init") // start runs before each test
    private S3Gate gate;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", this::echo);
        server.start();
        gate = S3Gate.inFrontOf(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    /** Answers with the request's own body; HEAD with its length only. */
    private void echo(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        seenByServer.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " for "
                + exchange.getRequestHeaders().getFirst("Host"));
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", "12345");
        }
        boolean chunked = exchange.getRequestURI().getPath().endsWith("chunked");
        exchange.sendResponseHeaders(200, head || body.length == 0 ? -1 : chunked ? 0 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @AfterEach
    void stop() {
        gate.close();
        gate.close(); // idempotent
        server.stop(0);
        threads.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(gate.endpoint().resolve(path)).timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<byte[]> put(String path, BodyPublisher body) throws IOException, InterruptedException {
        return client.send(request(path).PUT(body).build(), BodyHandlers.ofByteArray());
    }

    @Test
    void passesBodiesOnUnchanged() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        for (String path : List.of("/b/sized", "/b/chunked")) {
            assertThat(put(path, BodyPublishers.ofByteArray(bytes)).body()).isEqualTo(bytes);
            // without a length the client sends chunks
            assertThat(put(path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)))
                            .body())
                    .isEqualTo(bytes);
        }
        HttpResponse<byte[]> expecting = client.send(
                request("/b/x")
                        .expectContinue(true)
                        .PUT(BodyPublishers.ofByteArray(bytes))
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(expecting.body()).isEqualTo(bytes);
        assertThat(put("/b/empty", BodyPublishers.noBody()).body()).isEmpty();
    }

    /** There and back, a tenth of a second each at least; two at once share what there is. */
    @Test
    void limitsTheBandwidthOfEachBodyAndOfAllTogether() throws Exception {
        byte[] bytes = new byte[100_000];
        new Random(2).nextBytes(bytes);
        gate.limit(1e6, 1e9);
        long start = System.nanoTime();
        assertThat(put("/b/sized", BodyPublishers.ofByteArray(bytes)).body()).isEqualTo(bytes);
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(200).toNanos());

        gate.limit(1e9, 2e6);
        start = System.nanoTime();
        List<CompletableFuture<HttpResponse<byte[]>>> two = new ArrayList<>();
        for (String path : List.of("/b/one", "/b/two")) {
            two.add(client.sendAsync(
                    request(path).PUT(BodyPublishers.ofByteArray(bytes)).build(), BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> each : two) {
            assertThat(each.get(20, TimeUnit.SECONDS).body()).isEqualTo(bytes);
        }
        // four bodies through two megabytes a second, less what a pause in between may be caught up by
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(170).toNanos());
        gate.clearRules();
        assertThat(put("/b/sized", BodyPublishers.ofByteArray(bytes)).body()).isEqualTo(bytes);
    }

    @Test
    void passesHeadOnAndKeepsTheHost() throws Exception {
        HttpRequest head = request("/b/k?versionId=1")
                .method("HEAD", BodyPublishers.noBody())
                .build();
        assertThat(client.send(head, BodyHandlers.discarding()).headers().firstValue("content-length"))
                .contains("12345");
        assertThat(client.send(head, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        assertThat(seenByServer)
                .containsOnly("HEAD /b/k?versionId=1 for " + gate.endpoint().getAuthority());
        assertThat(gate.requests()).hasSize(2).containsOnly(new S3Request("HEAD", "/b/k", "versionId=1"));
    }

    @Test
    void holdsARequestWhileAnotherOverTakesIt() throws Exception {
        S3Gate.Hold hold = gate.hold(r -> r.path().endsWith("/held"));
        CompletableFuture<HttpResponse<byte[]>> held = client.sendAsync(
                request("/b/held").PUT(BodyPublishers.ofString("a")).build(), BodyHandlers.ofByteArray());
        hold.awaitArrived(Duration.ofSeconds(20));
        put("/b/other", BodyPublishers.ofString("b"));
        assertThat(seenByServer).singleElement().asString().startsWith("PUT /b/other");
        assertThat(held).isNotDone();
        assertThat(gate.peakInFlight()).isEqualTo(2);
        hold.release();
        assertThat(held.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> hold.awaitArrived(Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no request arrived at the gate within PT0.001S");
    }

    /** One after the other they would take a day. */
    @Test
    void delaysManyAnswersAtTheSameTime() throws Exception {
        CountDownLatch delayed = new CountDownLatch(20);
        gate.delay(
                r -> {
                    delayed.countDown();
                    return !r.path().endsWith("/last");
                },
                Duration.ofHours(1));
        gate.delay(r -> r.path().endsWith("/last"), Duration.ofMillis(100));
        List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            HttpRequest one = HttpRequest.newBuilder(gate.endpoint().resolve("/b/" + i))
                    .PUT(BodyPublishers.ofString("x"))
                    .build();
            all.add(client.sendAsync(one, BodyHandlers.ofByteArray()));
        }
        assertThat(delayed.await(20, TimeUnit.SECONDS)).as("all are delayed").isTrue();
        long start = System.nanoTime();
        assertThat(put("/b/last", BodyPublishers.ofString("x")).statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(all).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void answersItselfSoManyTimes() throws Exception {
        gate.fail(r -> r.method().equals("PUT"), S3Fault.answer(503, "SlowDown"), 2);
        for (int i = 0; i < 2; i++) {
            HttpResponse<byte[]> refused = put("/b/x", BodyPublishers.ofString("x"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(new String(refused.body(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("<Code>SlowDown</Code>");
        }
        assertThat(seenByServer).isEmpty();
        assertThat(put("/b/x", BodyPublishers.ofString("x")).statusCode()).isEqualTo(200);
    }

    @Test
    void breaksConnections() throws Exception {
        gate.fail(r -> true, S3Fault.reset(), 1);
        assertThatThrownBy(() -> put("/b/x", BodyPublishers.ofString("x"))).isInstanceOf(IOException.class);
        assertThat(seenByServer).isEmpty();
        gate.fail(r -> true, S3Fault.loseResponse(), 1);
        assertThatThrownBy(() -> put("/b/x", BodyPublishers.ofString("x"))).isInstanceOf(IOException.class);
        assertThat(seenByServer).hasSize(1);
        gate.fail(r -> true, S3Fault.truncateResponse(3), 1);
        assertThatThrownBy(() -> put("/b/x", BodyPublishers.ofString("xxxxx"))).isInstanceOf(IOException.class);
        gate.fail(r -> r.method().equals("GET"), S3Fault.stall()); // perhaps it comes only after its time
        HttpRequest stalled =
                request("/b/x").timeout(Duration.ofMillis(300)).GET().build();
        assertThatThrownBy(() -> client.send(stalled, BodyHandlers.discarding()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(put("/b/x", BodyPublishers.ofString("xy")).body()).hasSize(2);
    }

    @Test
    void damagesAndDeceives() throws Exception {
        gate.fail(r -> true, S3Fault.corruptResponse(2), 1);
        assertThat(put("/b/x", BodyPublishers.ofByteArray(new byte[4])).body()).containsExactly(0, 0, 1, 0);
        seenByServer.clear();
        gate.fail(r -> true, S3Fault.answerAfterApplying(500, "InternalError"), 1);
        assertThat(put("/b/x", BodyPublishers.ofString("x")).statusCode()).isEqualTo(500);
        assertThat(seenByServer).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /b/k, x-id=PutObject, PUT_OBJECT",
        "PUT, /b/k/l, partNumber=2&uploadId=u, UPLOAD_PART",
        "POST, /b/k, uploads, CREATE_UPLOAD",
        "POST, /b/k, uploadId=u, COMPLETE_UPLOAD",
        "DELETE, /b/k, uploadId=u, ABORT_UPLOAD",
        "DELETE, /b/k, '', DELETE_OBJECT",
        "GET, /b/k, '', GET_OBJECT",
        "GET, /b, list-type=2&prefix=k, LIST_OBJECTS",
        "HEAD, /b/k, '', HEAD_OBJECT",
        "PUT, /b, '', OTHER",
        "GET, /b/k, uploadId=u, OTHER"
    })
    void knowsWhatARequestAsksFor(String method, String path, String query, Operation operation) {
        assertThat(new S3Request(method, path, query).operation()).isEqualTo(operation);
    }

    @Test
    void refusesEncryptedServers() {
        assertThatThrownBy(() -> S3Gate.inFrontOf(URI.create("https://s3.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The gate needs an endpoint of the form http://host:port, not https://s3.example.com");
    }

    @Test
    void startsAServerThatChecksSignatures() throws Exception {
        try (EmbeddedS3 s3 = EmbeddedS3.start("one", "two")) {
            s3.createBucket("one");
            assertThat(s3.openUploads("one")).isEmpty();
            HttpRequest unsigned = HttpRequest.newBuilder(s3.endpoint().resolve("/one/x"))
                    .PUT(BodyPublishers.ofString("x"))
                    .build();
            assertThat(client.send(unsigned, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void removesABucketAndDoesNotMindIfItIsNotThere() throws Exception {
        try (EmbeddedS3 s3 = EmbeddedS3.start("one")) {
            assertThat(s3.openUploads("one")).isEmpty();
            s3.removeBucket("one");
            s3.removeBucket("one");
            assertThatThrownBy(() -> s3.openUploads("one")).isInstanceOf(RuntimeException.class);
        }
    }
}
