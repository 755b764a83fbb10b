package dev.contraflow.datasets.s3.testkit;

import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 proxy on the loopback address in front of any S3 server, which changes no byte of what it passes on (signatures stay valid: the
 * client's {@code Host} goes to the server as it is), and on demand delays, holds or breaks chosen requests. Held requests prove that two
 * things overlap, without a clock; delays stand for the distance to a real region, limits for the bandwidth. It also records what it saw.
 *
 * <p>A request may meet several rules: first the holds, in the order in which they were made; then one fault, that of the first rule that
 * matches and is not used up; then the sum of the delays. Thread-safe. It has one daemon thread per connection of its clients, and is closed
 * by whoever opened it.
 */
public final class S3Gate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(S3Gate.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final ExecutorService threads;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private final List<FaultRule> faults = new CopyOnWriteArrayList<>();
    private final List<DelayRule> delays = new CopyOnWriteArrayList<>();
    private volatile @Nullable Bandwidth bandwidth;

    private final List<S3Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();

    private S3Gate(URI server) throws IOException {
        this.server = new InetSocketAddress(server.getHost(), server.getPort() < 0 ? 80 : server.getPort());
        this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(null, task, "s3-gate-" + number.incrementAndGet(), 0, false);
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(this::acceptConnections);
    }

    /**
     * Opens a gate.
     *
     * @param server the endpoint of an S3 server, {@code http://host:port}
     * @return the gate; without rules it only records
     * @throws IOException if it cannot listen
     * @throws IllegalArgumentException if the endpoint is not plain http: what is encrypted cannot be looked into
     */
    public static S3Gate inFrontOf(URI server) throws IOException {
        if (!"http".equals(server.getScheme()) || server.getHost() == null) {
            throw new IllegalArgumentException(
                    "The gate needs an endpoint of the form http://host:port, not " + server);
        }
        return new S3Gate(server);
    }

    /** @return where clients connect: {@code http://127.0.0.1:<port>}; address it in path style */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /**
     * Lets the answers to some requests come later, each by the same time, however many are under way.
     *
     * @param which the requests
     * @param by how much later
     */
    public void delay(Predicate<S3Request> which, Duration by) {
        delays.add(new DelayRule(which, by));
    }

    /**
     * Lets bodies, of requests and answers alike, pass at a limited rate from now on: each on its own, and all together. What is allowed and
     * not used for a hundredth of a second is lost.
     *
     * @param connectionBytesPerSecond the most of one body
     * @param totalBytesPerSecond the most of all bodies
     */
    public void limit(double connectionBytesPerSecond, double totalBytesPerSecond) {
        bandwidth = new Bandwidth(connectionBytesPerSecond, totalBytesPerSecond);
    }

    /** A body's way out, as narrow as the limit says. */
    private OutputStream narrowed(OutputStream out) {
        Bandwidth limit = bandwidth;
        return limit == null ? out : limit.narrow(out);
    }

    /**
     * Holds requests back before they reach the server, until they are released.
     *
     * @param which the requests
     * @return the handle that tells of their arrival and releases them
     */
    public Hold hold(Predicate<S3Request> which) {
        Hold hold = new Hold(which);
        holds.add(hold);
        return hold;
    }

    /**
     * Breaks every matching request.
     *
     * @param which the requests
     * @param fault what happens to them
     */
    public void fail(Predicate<S3Request> which, S3Fault fault) {
        fail(which, fault, Integer.MAX_VALUE);
    }

    /**
     * Breaks the next matching requests, then no more.
     *
     * @param which the requests
     * @param fault what happens to them
     * @param times how many of them, at least 1
     */
    public void fail(Predicate<S3Request> which, S3Fault fault, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times is " + times + ", not at least 1");
        }
        faults.add(new FaultRule(which, fault, new AtomicInteger(times)));
    }

    /** Forgets all rules and limits, and releases what is held; what is already stalled stays so. */
    public void clearRules() {
        holds.forEach(Hold::release);
        holds.clear();
        faults.clear();
        delays.clear();
        bandwidth = null;
    }

    /** Forgets the requests seen and the peak. */
    public void clearRecord() {
        requests.clear();
        peak.set(inFlight.get());
    }

    /** @return the requests seen, in the order of their arrival; a copy */
    public List<S3Request> requests() {
        return List.copyOf(requests);
    }

    /**
     * @param which some requests
     * @return how many of them were seen
     */
    public int count(Predicate<S3Request> which) {
        return (int) requests.stream().filter(which).count();
    }

    /** @return the most requests that were under way at the same time: arrived here, not yet answered */
    public int peakInFlight() {
        return peak.get();
    }

    /** Closes all connections, held and stalled ones too, and ends the threads. Calling it again does nothing. */
    @Override
    public void close() {
        closed.countDown();
        holds.forEach(Hold::release);
        closeQuietly(listener);
        sockets.forEach(S3Gate::closeQuietly);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The gate's threads did not end within {}", CLOSE_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptConnections() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException | java.util.concurrent.RejectedExecutionException e) {
                LOG.debug("The gate accepts no more connections: {}", e.toString());
            }
        }
    }

    private void serve(Socket client) {
        try (Connection connection = new Connection(client)) {
            while (connection.serveRequest()) {
                LOG.trace("The connection is kept");
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("A connection through the gate ended: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRelease(S3Request request) throws InterruptedException {
        for (Hold hold : holds) {
            if (hold.which.test(request)) {
                hold.pass(request);
            }
        }
    }

    private @Nullable S3Fault nextFault(S3Request request) {
        for (FaultRule rule : faults) {
            if (rule.which.test(request) && rule.left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                return rule.fault;
            }
        }
        return null;
    }

    private void delayAnswer(S3Request request) throws InterruptedException {
        Duration delay = delays.stream()
                .filter(rule -> rule.which.test(request))
                .map(DelayRule::by)
                .reduce(Duration.ZERO, Duration::plus);
        // the latch ends the wait early when the gate is closed
        if (!delay.isZero() && closed.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("the gate is closed");
        }
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            LOG.debug("A socket of the gate did not close: {}", e.toString());
        }
    }

    private record DelayRule(Predicate<S3Request> which, Duration by) {}

    private record FaultRule(Predicate<S3Request> which, S3Fault fault, AtomicInteger left) {}

    /** Requests that the gate holds back. Thread-safe. */
    public static final class Hold {
        private final Predicate<S3Request> which;
        private final Semaphore arrivals = new Semaphore(0);
        private final List<S3Request> arrived = new CopyOnWriteArrayList<>();
        private final CountDownLatch released = new CountDownLatch(1);

        private Hold(Predicate<S3Request> which) {
            this.which = which;
        }

        /**
         * Waits until one more request has arrived; each call waits for another one.
         *
         * @param atMost how long
         * @throws TimeoutException if none came
         * @throws InterruptedException if the thread was interrupted
         */
        public void awaitArrived(Duration atMost) throws TimeoutException, InterruptedException {
            if (!arrivals.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException("no request arrived at the gate within " + atMost);
            }
        }

        /** @return the requests that have arrived so far */
        public List<S3Request> arrived() {
            return List.copyOf(arrived);
        }

        /** Lets the held requests go on to the server, and all later ones too. */
        public void release() {
            released.countDown();
        }

        private void pass(S3Request request) throws InterruptedException {
            arrived.add(request);
            arrivals.release();
            released.await();
        }
    }

    /** A client's connection, and the one to the server that belongs to it. */
    private final class Connection implements AutoCloseable {
        private final Socket client;
        private final InputStream fromClient;
        private final OutputStream toClient;
        private final Socket upstream = new Socket();

        Connection(Socket client) throws IOException {
            this.client = client;
            client.setTcpNoDelay(true);
            fromClient = new BufferedInputStream(client.getInputStream(), 64 << 10);
            toClient = client.getOutputStream();
        }

        boolean serveRequest() throws IOException, InterruptedException {
            HttpMessage head = HttpMessage.read(fromClient);
            if (head == null) {
                return false;
            }
            S3Request request = requestOf(head);
            requests.add(request);
            int now = inFlight.incrementAndGet();
            peak.accumulateAndGet(now, Math::max);
            try {
                awaitRelease(request);
                return serve(request, head, nextFault(request));
            } finally {
                inFlight.decrementAndGet();
            }
        }

        private S3Request requestOf(HttpMessage head) throws IOException {
            String[] words = head.startLine().split(" ", 3);
            if (words.length < 3) {
                throw new IOException("not an HTTP request: " + head.startLine());
            }
            int question = words[1].indexOf('?');
            return question < 0
                    ? new S3Request(words[0], words[1], "")
                    : new S3Request(words[0], words[1].substring(0, question), words[1].substring(question + 1));
        }

        private boolean serve(S3Request request, HttpMessage head, @Nullable S3Fault fault)
                throws IOException, InterruptedException {
            if (fault == null) {
                return forward(request, head, toClient);
            }
            switch (fault.kind()) {
                case ANSWER -> {
                    drainRequest(head);
                    delayAnswer(request);
                    answer(request, fault);
                    return true;
                }
                case STALL -> {
                    closed.await();
                    return false;
                }
                case RESET -> {
                    reset();
                    return false;
                }
                case LOSE_RESPONSE -> {
                    forward(request, head, OutputStream.nullOutputStream());
                    reset();
                    return false;
                }
                case ANSWER_AFTER -> {
                    forward(request, head, OutputStream.nullOutputStream());
                    answer(request, fault);
                    return true;
                }
                case TRUNCATE, CORRUPT -> {
                    return forward(request, head, new DamagingStream(toClient, fault));
                }
            }
            throw new AssertionError(fault);
        }

        private boolean forward(S3Request request, HttpMessage head, OutputStream answerTo)
                throws IOException, InterruptedException {
            if (!upstream.isConnected()) {
                sockets.add(upstream);
                upstream.setTcpNoDelay(true);
                upstream.connect(server);
            }
            InputStream fromServer = upstream.getInputStream();
            OutputStream toServer = upstream.getOutputStream();
            toServer.write(head.bytes());
            if (head.field("expect").contains("100-continue")) {
                HttpMessage interim = required(HttpMessage.read(fromServer));
                if (interim.status() != 100) {
                    delayAnswer(request);
                    answerTo.write(interim.bytes());
                    interim.copyResponseBody(request.method(), fromServer, answerTo);
                    return false; // the client decides whether its body still comes: what follows cannot be framed
                }
                toClient.write(interim.bytes());
            }
            boolean sent = sendBody(head, toServer);
            HttpMessage response = required(HttpMessage.read(fromServer));
            while (response.status() < 200) {
                response = required(HttpMessage.read(fromServer));
            }
            delayAnswer(request);
            answerTo.write(response.bytes());
            return response.copyResponseBody(request.method(), fromServer, narrowed(answerTo))
                    && sent
                    && !head.field("connection").contains("close");
        }

        /** False if the server stopped listening: it has answered already, and closes. */
        private boolean sendBody(HttpMessage head, OutputStream toServer) throws IOException {
            ServerStream out = new ServerStream(toServer);
            head.copyRequestBody(fromClient, narrowed(out));
            return !out.refused;
        }

        private HttpMessage required(@Nullable HttpMessage response) throws IOException {
            if (response == null) {
                throw new IOException("the server closed the connection without an answer");
            }
            return response;
        }

        private void drainRequest(HttpMessage head) throws IOException {
            if (head.field("expect").contains("100-continue")) {
                toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            head.copyRequestBody(fromClient, OutputStream.nullOutputStream());
        }

        private void answer(S3Request request, S3Fault fault) throws IOException {
            byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + fault.code()
                            + "</Code><Message>Made by the gate</Message><RequestId>gate</RequestId></Error>")
                    .getBytes(StandardCharsets.UTF_8);
            String head = "HTTP/1.1 " + fault.status() + " " + fault.code()
                    + "\r\nContent-Type: application/xml\r\nx-amz-request-id: gate\r\nContent-Length: " + body.length
                    + "\r\n\r\n";
            toClient.write(head.getBytes(StandardCharsets.US_ASCII));
            if (!request.method().equals("HEAD")) {
                toClient.write(body);
            }
            toClient.flush();
        }

        private void reset() throws IOException {
            client.setSoLinger(true, 0); // closing sends RST instead of FIN then
            client.close();
        }

        @Override
        public void close() {
            closeQuietly(client);
            closeQuietly(upstream);
            sockets.remove(client);
            sockets.remove(upstream);
        }
    }

    /** Goes on swallowing once the server has stopped reading, so that its early answer can still be passed on. */
    private static final class ServerStream extends FilterOutputStream {
        private boolean refused;

        ServerStream(OutputStream server) {
            super(server);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                if (!refused) {
                    out.write(bytes, offset, length);
                }
            } catch (IOException e) {
                LOG.debug("The server stopped reading: {}", e.toString());
                refused = true;
            }
        }
    }

    /** Cuts or corrupts a body. The head is its first write, and stays whole. */
    private static final class DamagingStream extends FilterOutputStream {
        private final S3Fault fault;
        private long at = -1;

        DamagingStream(OutputStream client, S3Fault fault) {
            super(client);
            this.fault = fault;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            write(bytes, 0, bytes.length);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (at < 0) {
                out.write(bytes, offset, length);
                at = 0;
                return;
            }
            long hit = fault.at() - at;
            at += length;
            if (hit < 0 || hit >= length) {
                out.write(bytes, offset, length);
            } else if (fault.kind() == S3Fault.Kind.TRUNCATE) {
                out.write(bytes, offset, (int) hit);
                throw new IOException("the gate cuts the answer");
            } else {
                byte[] damaged = bytes.clone();
                damaged[offset + (int) hit] ^= 1;
                out.write(damaged, offset, length);
            }
        }
    }
}
