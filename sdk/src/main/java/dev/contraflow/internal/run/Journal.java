package dev.contraflow.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.internal.Reason;
import dev.contraflow.spi.RunThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a run has promised, in the order in which it did: one line for each entry, its CRC-32C in eight hexadecimal digits, a space, the entry as
 * JSON. An entry is a promise once it is forced to disk; entries that come while others are being forced are forced together (group commit, as
 * in databases' logs). Of a log whose end is torn, the lines before the first broken one count. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** More than one request to a server may take with all its retries. */
    static final Duration LONGEST_WRITE = Duration.ofMinutes(15);

    private static final Duration LAST_WRITE = Duration.ofMinutes(1);
    private static final int SUM_DIGITS = 8;

    private final RunThreads threads;
    private final StateStore.Log log;
    private final String place;
    private final ExecutorService writer;
    private final Object lock = new Object();
    private List<Pending> pending = new ArrayList<>(); // guarded by lock, as the next
    private boolean isWriting;
    private @Nullable IOException broken;

    private static final class Pending {
        private final byte[] line;
        private final CompletableFuture<Void> durable = new CompletableFuture<>();

        Pending(byte[] line) {
            this.line = line;
        }
    }

    /**
     * @param threads the threads of the run
     * @param log where the entries go; closed with the journal
     * @param place where that is, for messages
     * @param runId the run
     */
    Journal(RunThreads threads, StateStore.Log log, String place, String runId) {
        this.threads = threads;
        this.log = log;
        this.place = place;
        this.writer = threads.pool("contraflow-journal-" + runId, 1, new LinkedBlockingQueue<>());
    }

    /**
     * Appends an entry, and returns when it is durable.
     *
     * @param entry the entry
     * @throws IOException if it cannot be made durable: then nothing may be promised any more
     * @throws InterruptedException if the thread was interrupted; the entry may become durable nevertheless
     */
    void append(ObjectNode entry) throws IOException, InterruptedException {
        try {
            threads.get(appending(entry), LONGEST_WRITE.toNanos());
        } catch (ExecutionException e) {
            throw new IOException(
                    "the journal in " + place + " cannot be written: "
                            + Reason.of(Objects.requireNonNullElse(e.getCause(), e)),
                    e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(
                    "the journal in " + place + " did not become durable within " + LONGEST_WRITE.toMinutes()
                            + " minutes: its disk or server does not answer. Look at it, and resume the run.",
                    e);
        }
    }

    /**
     * Appends an entry that becomes durable with those that follow it.
     *
     * @param entry the entry
     */
    @SuppressWarnings("FutureReturnValueIgnored") // who appends the next one that matters learns of a failure
    void appendLater(ObjectNode entry) {
        appending(entry);
    }

    /**
     * Looks whether what was promised can still be read.
     *
     * @throws IOException if not
     */
    void checkThere() throws IOException {
        log.checkThere();
    }

    private CompletableFuture<Void> appending(ObjectNode entry) {
        Pending one = new Pending(line(entry));
        synchronized (lock) {
            if (broken != null) {
                return CompletableFuture.failedFuture(broken);
            }
            pending.add(one);
            if (!isWriting) {
                isWriting = true;
                beginToWrite();
            }
        }
        return one.durable;
    }

    private void beginToWrite() {
        try {
            writer.execute(this::writeAll);
        } catch (Throwable e) { // there is no thread for it: whoever waits for an entry would wait for nothing
            fail(new IOException("no thread can be had to write it: " + Reason.of(e), e), List.of());
        }
    }

    private void writeAll() {
        for (List<Pending> batch = take(); !batch.isEmpty(); batch = take()) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                batch.forEach(one -> bytes.writeBytes(one.line));
                log.append(bytes.toByteArray());
                log.force();
                batch.forEach(one -> one.durable.complete(null));
            } catch (IOException e) { // a log that could not be forced once must not be trusted again (fsyncgate)
                fail(e, batch);
            } catch (Throwable e) {
                fail(new IOException(e), batch);
                throw e;
            }
        }
    }

    private List<Pending> take() {
        synchronized (lock) {
            List<Pending> batch = pending;
            pending = new ArrayList<>();
            isWriting = !batch.isEmpty();
            return batch;
        }
    }

    private void fail(IOException failure, List<Pending> batch) {
        List<Pending> all = new ArrayList<>(batch);
        synchronized (lock) {
            broken = failure;
            all.addAll(pending);
            pending = new ArrayList<>();
        }
        all.forEach(one -> one.durable.completeExceptionally(failure));
    }

    private static byte[] line(ObjectNode entry) {
        try {
            byte[] json = JSON.writeValueAsBytes(entry);
            String sum = String.format(Locale.ROOT, "%08x ", sum(json));
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            line.writeBytes(sum.getBytes(StandardCharsets.US_ASCII));
            line.writeBytes(json);
            line.write('\n');
            return line.toByteArray();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("entries are plain trees", e);
        }
    }

    private static long sum(byte[] json) {
        CRC32C sum = new CRC32C();
        sum.update(json);
        return sum.getValue();
    }

    /**
     * Reads what a log holds.
     *
     * @param log its bytes
     * @return the entries before the first broken line
     */
    static List<JsonNode> read(byte[] log) {
        List<JsonNode> entries = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at < log.length; at++) {
            if (log[at] == '\n') {
                JsonNode entry = entry(log, begin, at);
                if (entry == null) {
                    return entries;
                }
                entries.add(entry);
                begin = at + 1;
            }
        }
        return entries;
    }

    /**
     * @param log the bytes of a log
     * @return whether more than its end is broken: an entry stands behind one that cannot be read
     */
    static boolean isBrokenInside(byte[] log) {
        boolean isBroken = false;
        int begin = 0;
        for (int at = 0; at < log.length; at++) {
            if (log[at] == '\n') {
                boolean isEntry = entry(log, begin, at) != null;
                if (isEntry && isBroken) {
                    return true;
                }
                isBroken |= !isEntry;
                begin = at + 1;
            }
        }
        return false;
    }

    private static @Nullable JsonNode entry(byte[] log, int begin, int end) {
        int json = begin + SUM_DIGITS + 1;
        if (json > end || log[json - 1] != ' ') {
            return null;
        }
        byte[] text = java.util.Arrays.copyOfRange(log, json, end);
        try {
            long sum = Long.parseLong(new String(log, begin, SUM_DIGITS, StandardCharsets.US_ASCII), 16);
            return sum == sum(text) ? JSON.readTree(text) : null;
        } catch (NumberFormatException | IOException e) {
            return null;
        }
    }

    /** Ends it: entries under way become durable first. A second time it does nothing. */
    @Override
    public void close() throws IOException {
        if (writer.isShutdown()) {
            return;
        }
        writer.shutdown();
        try {
            if (!writer.awaitTermination(LAST_WRITE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the journal in " + place + " does not end its last write");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            log.close();
        }
    }
}
