package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.io.Content;
import dev.contraflow.io.FencedException;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Provenance;
import dev.contraflow.io.RangedStorage;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Storage} must do. A storage's test extends it and says how to open one, where it may write, and how to see leftovers;
 * powers that a storage lacks are tested to be absent. The storage is opened before and closed after each test.
 */
public abstract class StorageContract {
    /** How many times a reader must meet an overwrite; few, because a real storage is slow. */
    private static final int OVERWRITES = 10;

    private static final WriteSpec OVERWRITE = new WriteSpec("run-1", 1, WriteSpec.Existing.OVERWRITE);
    private static final WriteSpec MUST_NOT_EXIST = new WriteSpec("run-1", 1, WriteSpec.Existing.MUST_NOT_EXIST);

    private Storage storage;
    private Location root;

    /** For subclasses; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // setUp runs before each test
    protected StorageContract() {}

    /**
     * A storage and a location about which it cannot be asked.
     *
     * @param storage the storage; the test closes it
     * @param at the location
     */
    public record Unanswerable(Storage storage, Location at) {}

    /**
     * Opens the storage under test.
     *
     * @return the storage; the contract closes it
     * @throws Exception if it cannot be opened
     */
    protected abstract Storage openStorage() throws Exception;

    /**
     * Where the tests write: everything below it is theirs, and there is nothing when a test begins.
     *
     * @return a location without a slash at its end, another one for each test
     * @throws Exception if there is none
     */
    protected abstract Location freshRoot() throws Exception;

    /**
     * Fails if a write that was closed left something behind: temporary files, open uploads, held memory.
     *
     * @throws Exception if it cannot be seen
     */
    protected abstract void assertNothingDangling() throws Exception;

    /**
     * A storage that cannot be asked about a location: it cannot be reached, or must not be read.
     *
     * @return both
     * @throws Exception if there is none
     */
    protected abstract Unanswerable unanswerable() throws Exception;

    /** @return whether the storage is a {@link RangedStorage} */
    protected boolean supportsRanges() {
        return true;
    }

    /** @return whether what is read comes with the {@linkplain Content#mark mark} of its object; by default true */
    protected boolean supportsMarksOfReads() {
        return true;
    }

    /** @return whether the storage can refuse to replace an object; if not, {@link Storage#create} must say so */
    protected boolean supportsMustNotExist() {
        return true;
    }

    /** @return the sizes in bytes at which the storage changes its way of writing or reading: part sizes, thresholds */
    protected List<Integer> interestingSizes() {
        return List.of(64 << 10);
    }

    /** Opens the storage. */
    @BeforeEach
    void setUp() throws Exception {
        storage = openStorage();
        root = freshRoot();
    }

    /** Closes the storage, whose writes have left nothing behind. */
    @AfterEach
    void tearDown() throws Exception {
        assertNothingDangling();
        storage.close();
        storage.close(); // idempotent
    }

    @Test
    void readsTheBytesThatWereCommitted() throws IOException {
        byte[] bytes = bytes("hello", 3000);
        Stored stored = write(at("a/b.bin"), bytes);
        assertThat(stored.location()).isEqualTo(at("a/b.bin"));
        assertThat(stored.size()).isEqualTo(3000);
        try (Content source = Content.of(bytes)) {
            assertThat(stored.sha256()).isEqualTo(source.sha256());
        }
        assertThat(read(at("a/b.bin"))).isEqualTo(bytes);
        assertThat(storage.exists(at("a/b.bin"))).isTrue();
    }

    @Test
    void tellsSizeAndMarkWithoutReading() throws IOException {
        assertThat(storage.info(at("marked"))).isEmpty();
        write(at("marked"), bytes("one", 100));
        ObjectInfo one = storage.info(at("marked")).orElseThrow();
        assertThat(one.location()).isEqualTo(at("marked"));
        assertThat(one.size()).isEqualTo(100);
        assertThat(storage.info(at("marked")).orElseThrow().mark()).isEqualTo(one.mark());
        try (Content read = storage.read(at("marked"), Grant.unbounded())) {
            assertThat(read.mark()).isEqualTo(supportsMarksOfReads() ? Optional.of(one.mark()) : Optional.empty());
        }
        Stored stored;
        byte[] bytes = bytes("two", 100);
        try (Content content = Content.of(bytes);
                PendingWrite write = storage.create(at("marked"), OVERWRITE)) {
            write.transfer(content);
            stored = write.commit();
            ObjectInfo two = storage.info(at("marked")).orElseThrow();
            assertThat(two.mark()).isNotEqualTo(one.mark());
            assertThat(stored.etag()).isEqualTo(two.mark());
            assertThat(two.sha256()).isIn(null, content.sha256());
        }
    }

    @Test
    void tellsWhoWroteAnObjectOrNothing() throws IOException {
        WriteSpec spec = new WriteSpec("run-ä 2", 3, "f00d", WriteSpec.Existing.OVERWRITE);
        int large = interestingSizes().stream().max(Integer::compare).orElse(100) + 1;
        for (int size : new int[] {100, large}) {
            commit(at("signed"), spec, bytes("signed", size));
            assertThat(storage.info(at("signed")).orElseThrow().provenance()).isIn(null, Provenance.of(spec));
        }
        commit(at("signed"), OVERWRITE, bytes("signed", 100)); // the same bytes do not keep the old signature
        assertThat(storage.info(at("signed")).orElseThrow().provenance()).isIn(null, Provenance.of(OVERWRITE));
    }

    @Test
    void roundTripsEverySize() throws IOException {
        Set<Integer> sizes = new TreeSet<>(Set.of(0, 1, 2));
        interestingSizes().forEach(size -> sizes.addAll(Set.of(size - 1, size, size + 1)));
        for (int size : sizes) {
            byte[] bytes = bytes("size", size);
            assertThat(write(at("size"), bytes).size()).isEqualTo(size);
            assertThat(checksum(read(at("size")))).as("%d bytes", size).isEqualTo(checksum(bytes));
            assertThat(listed(at("size"))).containsExactly(new Seen(at("size"), size));
        }
    }

    @Test
    void whoMayNotWriteAnyMoreMakesNothingVisible() throws IOException {
        for (int size : sizesOfBothWays()) {
            Location at = at("fenced-" + size);
            write(at, bytes("old", 10));
            WriteSpec fenced = new WriteSpec("run-1", 1, null, WriteSpec.Existing.OVERWRITE, () -> {
                throw new FencedException("another run writes it");
            });
            assertThatThrownBy(() -> commit(at, fenced, bytes("new", size)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("another run writes it");
            assertThat(read(at)).isEqualTo(bytes("old", 10));
        }
    }

    @Test
    void showsNothingBeforeTheCommit() throws IOException {
        for (int size : sizesOfBothWays()) {
            Location at = at("pending-" + size);
            try (Content content = Content.of(bytes("new", size));
                    PendingWrite write = storage.create(at, OVERWRITE)) {
                assertThat(storage.exists(at)).isFalse();
                write.transfer(content);
                assertThat(storage.exists(at)).isFalse();
                assertThat(storage.list(root)).isEmpty();
                assertNotFound(() -> storage.read(at, Grant.unbounded()), at);
            }
            assertThat(storage.exists(at)).isFalse();
        }
    }

    @Test
    void keepsTheOldObjectWhenAWriteIsClosedWithoutCommit() throws Exception {
        for (int size : sizesOfBothWays()) {
            write(at("kept"), bytes("old", 10));
            try (Content content = Content.of(bytes("new", size))) {
                PendingWrite write = storage.create(at("kept"), OVERWRITE);
                write.transfer(content);
                write.close();
                write.close(); // idempotent
            }
            assertNothingDangling();
            assertThat(read(at("kept"))).isEqualTo(bytes("old", 10));
        }
    }

    @Test
    void mayTransferAgain() throws IOException {
        for (int size : sizesOfBothWays()) {
            byte[] bytes = bytes("again", size);
            try (Content content = Content.of(bytes);
                    PendingWrite write = storage.create(at("again"), OVERWRITE)) {
                write.transfer(content);
                write.transfer(content);
                assertThat(write.commit().size()).isEqualTo(size);
            }
            assertThat(checksum(read(at("again")))).isEqualTo(checksum(bytes));
        }
    }

    @Test
    void commitsOnce() throws IOException {
        for (int size : sizesOfBothWays()) {
            try (Content content = Content.of(bytes("once", size));
                    PendingWrite write = storage.create(at("once"), OVERWRITE)) {
                write.transfer(content);
                write.commit();
                assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> write.transfer(content)).isInstanceOf(IllegalStateException.class);
            }
            assertThat(storage.exists(at("once"))).isTrue();
        }
    }

    @Test
    void refusesACommitWithoutTransferAndAnythingAfterClose() throws IOException {
        try (Content content = Content.of(bytes("x", 10))) {
            PendingWrite write = storage.create(at("x"), OVERWRITE);
            assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
            write.close();
            assertThatThrownBy(() -> write.transfer(content)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(storage.exists(at("x"))).isFalse();
    }

    @Test
    void replacesAnObjectAtOnceForItsReaders() throws Exception {
        byte[] one = bytes("one", 100_000);
        byte[] other = bytes("other", 200_000);
        write(at("swap"), one);
        AtomicBoolean done = new AtomicBoolean();
        List<String> allowed = List.of(checksum(one), checksum(other));
        inAnotherThread(
                () -> {
                    int reads = 0;
                    do {
                        assertThat(allowed).contains(checksum(read(at("swap"))));
                        reads++;
                    } while (!done.get());
                    return reads;
                },
                () -> {
                    try {
                        for (int i = 0; i < OVERWRITES; i++) {
                            write(at("swap"), i % 2 == 0 ? other : one);
                        }
                    } finally {
                        done.set(true);
                    }
                });
    }

    @Test
    void leavesAnExistingObjectAloneIfAsked() throws Exception {
        if (!supportsMustNotExist()) {
            assertThatThrownBy(() -> storage.create(at("taken"), MUST_NOT_EXIST))
                    .isInstanceOf(StorageException.class);
            return;
        }
        for (int size : sizesOfBothWays()) {
            Location at = at("taken-" + size);
            byte[] first = bytes("first", size);
            commit(at, MUST_NOT_EXIST, first);
            assertThatThrownBy(() -> commit(at, MUST_NOT_EXIST, bytes("second", size)))
                    .isInstanceOf(ObjectExistsException.class)
                    .hasMessageContaining("already")
                    .satisfies(
                            e -> assertThat(((StorageException) e).location()).isEqualTo(at));
            assertThat(checksum(read(at))).isEqualTo(checksum(first));
            assertNothingDangling();
        }
    }

    @Test
    void namesTheLocationThatHasNoObject() {
        assertNotFound(() -> storage.read(at("missing"), Grant.unbounded()), at("missing"));
        assertNotFound(
                () -> storage.read(at("no/such/folder/missing"), Grant.unbounded()), at("no/such/folder/missing"));
    }

    @Test
    void answersExistsOnlyIfItKnows() throws Exception {
        assertThat(storage.exists(at("missing"))).isFalse();
        assertThat(storage.exists(at("no/such/folder"))).isFalse();
        Unanswerable unanswerable = unanswerable();
        try (Storage broken = unanswerable.storage()) {
            assertThatThrownBy(() -> broken.exists(unanswerable.at()))
                    .isInstanceOf(StorageException.class)
                    .isNotInstanceOf(ObjectNotFoundException.class)
                    .satisfies(
                            e -> assertThat(((StorageException) e).location()).isEqualTo(unanswerable.at()));
        }
    }

    private record Seen(Location location, long size) {}

    /** Without the marks, which are looked at here: they are those that the storage tells of each object. */
    private List<Seen> listed(Location prefix) throws IOException {
        List<Seen> seen = new ArrayList<>();
        for (Listed one : storage.list(prefix)) {
            if (one.mark() != null) {
                assertThat(one.mark())
                        .isEqualTo(storage.info(one.location()).orElseThrow().mark());
            }
            seen.add(new Seen(one.location(), one.size()));
        }
        return seen;
    }

    @Test
    void listsInOrderWithoutUnfinishedWrites() throws IOException {
        write(at("list/b"), bytes("b", 2));
        write(at("list/a/2"), bytes("a2", 22));
        write(at("list/a/1"), bytes("a1", 21));
        write(at("list-other"), bytes("o", 1));
        try (Content content = Content.of(bytes("c", 3));
                PendingWrite write = storage.create(at("list/c"), OVERWRITE)) {
            write.transfer(content);
            assertThat(listed(at("list/")))
                    .containsExactly(
                            new Seen(at("list/a/1"), 21), new Seen(at("list/a/2"), 22), new Seen(at("list/b"), 2));
        }
        assertThat(listed(at("list"))).hasSize(4).first().isEqualTo(new Seen(at("list-other"), 1));
        assertThat(listed(at("list/a/1"))).containsExactly(new Seen(at("list/a/1"), 21));
        assertThat(storage.list(at("nothing/"))).isEmpty();
    }

    @Test
    void deletesAndDeletesAgain() throws IOException {
        write(at("gone"), bytes("gone", 5));
        storage.delete(at("gone"));
        assertThat(storage.exists(at("gone"))).isFalse();
        storage.delete(at("gone"));
        storage.delete(at("no/such/folder/gone"));
    }

    /** The path below the root round-trips, and is listed as it was written; or it is refused, and nothing is stored anywhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "with space",
                "a+b",
                "100%",
                "%2e%2e/x",
                "year=2026/day=1",
                "ünïcödé-文字",
                "a&b;c,d'e\"f",
                "~t#i?l:d*e",
                "dots...",
                ".hidden",
                "UPPER/lower"
            })
    void roundTripsUnusualNames(String name) throws IOException {
        byte[] bytes = bytes(name, 50);
        write(at(name), bytes);
        assertThat(read(at(name))).isEqualTo(bytes);
        assertThat(storage.exists(at(name))).isTrue();
        assertThat(listed(root)).containsExactly(new Seen(at(name), 50));
        storage.delete(at(name));
        assertThat(storage.exists(at(name))).isFalse();
    }

    /** Such names mean different things to different storages: they work exactly as written, or fail; they never mean another place. */
    @ParameterizedTest
    @ValueSource(strings = {"../escaped", "a/../../escaped", "a//b", "/leading", "a/./b", "..", "trailing/", "nul\0"})
    void refusesOrKeepsHostileNames(String name) throws IOException {
        try {
            write(at(name), bytes(name, 7));
        } catch (StorageException refused) {
            assertThat(refused.location()).isEqualTo(at(name));
            assertThat(storage.list(root)).isEmpty();
            return;
        }
        assertThat(listed(root.plus("/"))).containsExactly(new Seen(at(name), 7));
        assertThat(read(at(name))).isEqualTo(bytes(name, 7));
        storage.delete(at(name));
    }

    @Test
    void readsRanges() throws IOException {
        assertThat(storage instanceof RangedStorage).isEqualTo(supportsRanges());
        if (!(storage instanceof RangedStorage ranged)) {
            return;
        }
        byte[] bytes = bytes("ranges", 1000);
        write(at("ranges"), bytes);
        for (long[] range : new long[][] {{0, 1}, {0, 1000}, {999, 1}, {10, 100}, {900, 500}, {0, 5000}}) {
            try (Content content = ranged.readRange(at("ranges"), range[0], range[1], Grant.unbounded())) {
                int end = (int) Math.min(1000, range[0] + range[1]);
                assertThat(bytesOf(content)).isEqualTo(java.util.Arrays.copyOfRange(bytes, (int) range[0], end));
            }
        }
        assertThatThrownBy(() -> ranged.readRange(at("ranges"), 1000, 1, Grant.unbounded()))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() -> ranged.readRange(at("ranges"), 0, 0, Grant.unbounded()))
                .isInstanceOf(IllegalArgumentException.class);
        assertNotFound(() -> ranged.readRange(at("missing"), 0, 1, Grant.unbounded()), at("missing"));
    }

    @Test
    void spillsWhatTheGrantRefusesAndGivesEverythingBack() throws IOException {
        for (int size : sizesOfBothWays()) {
            byte[] bytes = bytes("spill", size);
            write(at("spill"), bytes);
            for (long limit : LongStream.of(0, 4096, Long.MAX_VALUE).toArray()) {
                MeteredGrant grant = new MeteredGrant(limit);
                Content content = storage.read(at("spill"), grant);
                assertThat(content.memoryBytes()).isEqualTo(grant.taken()).isLessThanOrEqualTo(limit);
                assertThat(checksum(bytesOf(content))).isEqualTo(checksum(bytes));
                content.close();
                content.close();
                assertThat(grant.taken()).as("given back, limit %d", limit).isZero();
                assertThat(grant.spillFiles())
                        .allSatisfy(file -> assertThat(file).doesNotExist());
            }
        }
    }

    @Test
    void givesMemoryBackWhenAReadFails() {
        MeteredGrant grant = new MeteredGrant(Long.MAX_VALUE);
        assertNotFound(() -> storage.read(at("missing"), grant), at("missing"));
        assertThat(grant.taken()).isZero();
        assertThat(grant.spillFiles()).extracting(Path::toFile).noneMatch(java.io.File::exists);
    }

    @Test
    void endsOnAnInterruptWithTheFlagKeptAndNothingVisible() throws Exception {
        for (int size : sizesOfBothWays()) {
            try (Content content = Content.of(bytes("interrupted", size))) {
                PendingWrite write = storage.create(at("interrupted"), OVERWRITE);
                Thread.currentThread().interrupt();
                assertInterrupted(() -> {
                    write.transfer(content);
                    write.commit();
                });
                Thread.currentThread().interrupt();
                write.close();
                assertThat(Thread.interrupted()).as("the flag after close").isTrue();
            }
            assertNothingDangling();
            assertThat(storage.exists(at("interrupted"))).isFalse();
        }
    }

    @Test
    void commitsNothingAfterAnInterruptBetweenTransferAndCommit() throws Exception {
        for (int size : sizesOfBothWays()) {
            try (Content content = Content.of(bytes("interrupted", size));
                    PendingWrite write = storage.create(at("interrupted"), OVERWRITE)) {
                write.transfer(content);
                Thread.currentThread().interrupt();
                assertInterrupted(write::commit);
            }
            assertNothingDangling();
            assertThat(storage.exists(at("interrupted"))).isFalse();
        }
    }

    @Test
    void endsAReadOnAnInterrupt() throws IOException {
        write(at("there"), bytes("there", 10));
        Thread.currentThread().interrupt();
        assertInterrupted(() -> storage.read(at("there"), Grant.unbounded()));
        Thread.currentThread().interrupt();
        assertInterrupted(() -> storage.exists(at("there")));
    }

    @Test
    void servesSeveralThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String name = "parallel/" + i;
                all.add(threads.submit(() -> {
                    write(at(name), bytes(name, 5000));
                    return checksum(read(at(name)));
                }));
            }
            for (int i = 0; i < 16; i++) {
                assertThat(all.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(checksum(bytes("parallel/" + i, 5000)));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(storage.list(at("parallel/"))).hasSize(16);
    }

    @Test
    void refusesCallsOnceItIsClosed() throws IOException {
        storage.close();
        assertThatThrownBy(() -> storage.read(at("x"), Grant.unbounded()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /**
     * Bytes that look like nothing and are the same in each run.
     *
     * @param seed what they depend on
     * @param size how many
     * @return the bytes
     */
    protected static byte[] bytes(String seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed.hashCode()).nextBytes(bytes);
        return bytes;
    }

    private Location at(String name) {
        return root.plus("/" + name);
    }

    private List<Integer> sizesOfBothWays() {
        List<Integer> sizes = new ArrayList<>(List.of(100));
        interestingSizes().stream().max(Integer::compare).ifPresent(largest -> sizes.add(largest + 1));
        return sizes;
    }

    private Stored write(Location at, byte[] bytes) throws IOException {
        return commit(at, OVERWRITE, bytes);
    }

    private Stored commit(Location at, WriteSpec spec, byte[] bytes) throws IOException {
        try (Content content = Content.of(bytes);
                PendingWrite write = storage.create(at, spec)) {
            write.transfer(content);
            return write.commit();
        }
    }

    private byte[] read(Location at) throws IOException {
        try (Content content = storage.read(at, Grant.unbounded())) {
            return bytesOf(content);
        }
    }

    private static byte[] bytesOf(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    /** Short, so that a failure does not print megabytes. */
    private static String checksum(byte[] bytes) {
        try (Content content = Content.of(bytes)) {
            return bytes.length + " bytes, " + content.sha256() + ", first "
                    + HexFormat.of().formatHex(bytes, 0, Math.min(8, bytes.length));
        }
    }

    private static void assertNotFound(ThrowingCallable call, Location at) {
        assertThatThrownBy(call)
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessage("no such object")
                .satisfies(e ->
                        assertThat(((ObjectNotFoundException) e).location()).isEqualTo(at));
    }

    private static void assertInterrupted(ThrowingCallable call) {
        try {
            assertThatThrownBy(call).isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).as("the interrupt flag").isTrue();
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void inAnotherThread(Callable<Integer> reader, Action writer) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> reads = thread.submit(reader);
            writer.run();
            assertThat(reads.get(60, TimeUnit.SECONDS)).isPositive();
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the reader failed", e);
        } finally {
            thread.shutdownNow();
        }
    }
}
