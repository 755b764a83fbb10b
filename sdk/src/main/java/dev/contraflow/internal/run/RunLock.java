package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.CatalogException;
import dev.contraflow.internal.Reason;
import dev.contraflow.io.FencedException;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two runs from writing one place at the same time. A run takes a numbered slot, {@code locks/<number>-<random>} in the state store,
 * one number higher than all that it sees, and says there what it is going to write. Then it looks at all other slots. One with a lower name
 * that overlaps has come first: this run stops. One with a higher name may have looked before this slot was there, or will see it and stop:
 * so this run takes a new slot behind it and looks again. Whoever has looked without finding an overlap holds the lock.
 *
 * <p>A slot whose process is gone counts for nothing and is removed. Of a process on another host only its beat tells: it replaces its slot
 * every few seconds, where the store can be reached from several hosts at all. A run whose slot is gone, because others took it for dead,
 * {@linkplain #isLost has lost the lock} and must not make anything visible any more. One that could not beat for a while is in doubt: it waits
 * until it has seen that its slot is there and nobody is about to take it. Thread-safe.
 */
final class RunLock implements AutoCloseable {
    /** Between a folder and the end of the names of the files in it: such a place is all these files. */
    static final String ALL_BELOW = "/*";

    private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration BEAT_IN_DOUBT = Duration.ofSeconds(2);
    static final Duration SILENCE = BEAT.multipliedBy(3); // after which others take over
    private static final Duration DOUBT =
            BEAT.multipliedBy(2); // after which a run does not rely on its own lock: sooner than others do
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final String FOLDER = "locks";

    /** The locks of this process: a slot that could not be given back is nobody's, though the process lives. */
    private static final Set<Long> HELD = ConcurrentHashMap.newKeySet();

    private static final AtomicLong TAKEN = new AtomicLong();

    private final long number = TAKEN.incrementAndGet(); // among those of this process

    private final StateStore store;
    private final RunThreads threads;
    private final String runId;
    private final Set<String> writes;
    private final List<String> folders; // among them
    private final Set<String> silent = ConcurrentHashMap.newKeySet(); // slots that have been watched without a beat
    private volatile String slot = "";
    private volatile long lastBeat;
    private long beats; // of the thread that beats, once there is one
    private volatile @Nullable ExecutorService beating;
    private volatile String lost = ""; // why
    private final Object news = new Object(); // held to wait for the end of a doubt
    private volatile boolean closed;

    private RunLock(StateStore store, RunThreads threads, String runId, Set<String> writes) {
        this.store = store;
        this.threads = threads;
        this.runId = runId;
        this.writes = Set.copyOf(writes);
        this.folders = writes.stream().filter(RunLock::isFolder).toList();
    }

    /**
     * Takes the lock.
     *
     * @param store where the slots are
     * @param threads the threads of the run
     * @param runId the run
     * @param writes the places that it is going to write; with {@link #ALL_BELOW} in it, all such files
     * @return the lock; closed at the end of the run
     * @throws CatalogException if another run writes one of these places now
     * @throws IOException if the store cannot be asked
     */
    static RunLock take(StateStore store, RunThreads threads, String runId, Set<String> writes) throws IOException {
        RunLock lock = new RunLock(store, threads, runId, writes);
        try {
            lock.takeSlot();
            lock.beginToBeat(); // looking at others may take longer than a silence
            long deadline = threads.nanoTime() + LONGEST_WAIT.toNanos();
            while (!lock.isFirst()) {
                if (threads.nanoTime() - deadline > 0) {
                    throw new CatalogException("Run " + runId + " did not get the lock in " + store.describe()
                            + " within " + LONGEST_WAIT.toMinutes() + " minutes: other runs that write the same places"
                            + " begin all the time. Start one after the other. Nothing has been run.");
                }
                lock.release();
                lock.takeSlot();
            }
            lock.checkThatSlotsExclude();
            return lock;
        } catch (InterruptedException e) {
            lock.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before the first node", e);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** Whether a run of this process holds a lock. */
    static boolean isHeld(long number) {
        return HELD.contains(number);
    }

    /** Which of the locks of this process it is. */
    long number() {
        return number;
    }

    /** The name of its slot in the store. */
    String slot() {
        return slot;
    }

    /** No name is used twice, so that who removes a slot whose owner is gone cannot remove another's. */
    private void takeSlot() throws IOException {
        List<String> taken = store.children(FOLDER);
        String last = taken.isEmpty() ? "0" : taken.get(taken.size() - 1).split("-", 2)[0];
        HELD.add(number);
        slot = FOLDER + "/"
                + String.format(
                        Locale.ROOT,
                        "%09d-%016x",
                        Long.parseLong(last) + 1,
                        threads.random().nextLong());
        if (!store.create(slot, content())
                && !isOwn(slot)) { // if the answer was lost and it was sent again, it is there
            throw new IOException("the slot " + slot + " in " + store.describe() + " is another run's");
        }
    }

    private boolean isOwn(String name) throws IOException {
        Optional<byte[]> bytes = store.read(name);
        if (bytes.isEmpty()) {
            return false;
        }
        JsonNode json = JSON.readTree(bytes.get());
        return json.path("process").asText().equals(threads.process())
                && json.path("lock").asLong() == number;
    }

    private byte[] content() throws IOException {
        ObjectNode json = JSON.createObjectNode()
                .put("runId", runId)
                .put("process", threads.process())
                .put("lock", number)
                .put("beat", beats);
        writes.forEach(json.putArray("writes")::add);
        return JSON.writeValueAsBytes(json);
    }

    /** Whether no other run overlaps; false if one with a higher number does, which may have looked before. */
    private boolean isFirst() throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> other : others().entrySet()) {
            JsonNode json = other.getValue();
            List<String> both = common(json);
            if (both.isEmpty() || !isAlive(other.getKey(), json)) {
                continue;
            }
            if (other.getKey().compareTo(slot) > 0) {
                return false;
            }
            throw new CatalogException("Run " + json.path("runId").asText() + " (process "
                    + json.path("process").asText() + ") is writing " + both.get(0)
                    + (both.size() > 1 ? " and " + (both.size() - 1) + " more" : "")
                    + ", which this run would write too. Wait for its end, or end it. Nothing has been run.");
        }
        return true;
    }

    private List<String> common(JsonNode other) {
        List<String> both = new ArrayList<>();
        other.path("writes").forEach(place -> {
            String theirs = place.asText();
            if (isOurs(theirs)) {
                both.add(theirs);
            }
        });
        return both;
    }

    private boolean isOurs(String place) {
        return writes.contains(place)
                || folders.stream().anyMatch(files -> holds(files, place))
                || (isFolder(place) && writes.stream().anyMatch(ours -> holds(place, ours)));
    }

    private static boolean isFolder(String place) {
        return place.contains(ALL_BELOW);
    }

    /** Whether a place is all files below a folder, by the end of their names, and another one may be among them. */
    private static boolean holds(String files, String place) {
        int star = files.lastIndexOf(ALL_BELOW);
        if (star < 0 || !place.startsWith(files.substring(0, star) + "/")) {
            return false;
        }
        String suffix = files.substring(star + ALL_BELOW.length());
        int inner = place.lastIndexOf(ALL_BELOW);
        String end = inner < 0 ? place : place.substring(inner + ALL_BELOW.length());
        return end.endsWith(suffix) || suffix.endsWith(end);
    }

    private Map<String, JsonNode> others() throws IOException {
        Map<String, JsonNode> others = new TreeMap<>();
        for (String number : store.children(FOLDER)) {
            String name = FOLDER + "/" + number;
            Optional<byte[]> bytes = name.equals(slot) ? Optional.empty() : store.read(name);
            if (bytes.isPresent()) {
                others.put(name, JSON.readTree(bytes.get()));
            }
        }
        return others;
    }

    private boolean isAlive(String name, JsonNode json) throws IOException, InterruptedException {
        String process = json.path("process").asText();
        boolean mayBeElsewhere = store.isShared(); // what a host calls itself is not sure to be unique
        boolean isOwn = process.equals(threads.process());
        boolean isAlive = isOwn
                ? HELD.contains(json.path("lock").asLong())
                : threads.isAlive(process) || (mayBeElsewhere && beats(name, json));
        if (!isAlive) {
            store.remove(name);
        }
        return isAlive;
    }

    private boolean beats(String name, JsonNode before) throws IOException, InterruptedException {
        if (silent.contains(name)) {
            return false;
        }
        LOG.info(
                "run {} may still be going on elsewhere ({}): watching it for {} s",
                before.path("runId").asText(),
                before.path("process").asText(),
                SILENCE.toSeconds());
        threads.sleep(SILENCE);
        Optional<byte[]> now = store.read(name);
        boolean beats = now.isPresent() && !JSON.readTree(now.get()).equals(before);
        if (!beats) {
            silent.add(name);
        }
        return beats;
    }

    /** A store that lets one name be taken twice does not fence off who has been taken for dead. */
    private void checkThatSlotsExclude() throws IOException {
        if (!isOwn(slot)) {
            throw new IOException("the slot " + slot + " in " + store.describe() + " was taken away");
        }
        if (store.isShared() && store.create(slot, content())) {
            LOG.warn(
                    "{} ignores conditions of writes (If-None-Match): a run that was taken for dead and goes on could still"
                            + " publish there what a later one has made anew. Choose another 'state' in run.yml to be safe.",
                    store.describe());
        }
    }

    private void beginToBeat() {
        if (store.isShared()) {
            lastBeat = threads.nanoTime();
            beating = threads.pool("contraflow-lock-" + runId, 1, new LinkedBlockingQueue<>());
            beating.execute(this::beat);
        }
    }

    private void beat() {
        try {
            while (!closed) {
                threads.sleep(isInDoubt() ? BEAT_IN_DOUBT : BEAT); // then somebody may wait
                beatOnce();
            }
        } catch (InterruptedException e) {
            LOG.debug("run {} has ended", runId, e);
        }
    }

    private void beatOnce() throws InterruptedException {
        String held = slot;
        if (held.isEmpty()) {
            return; // between two slots
        }
        try {
            boolean isInDoubt = isInDoubt();
            long looked = isInDoubt ? threads.nanoTime() : lastBeat;
            boolean mustWait = isInDoubt && (isContested() || threads.nanoTime() - looked > BEAT.toNanos());
            if (!isOwn(held)) {
                lose("another run has taken this one for dead, and may be writing it now");
            } else if (!mustWait) { // else whoever contests it takes it soon, or goes
                long begin = threads.nanoTime();
                beats++;
                store.write(held, content());
                haveBeaten(looked, begin);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "run {} cannot show that it is alive: {}. After {} s of silence others take it for dead.",
                    runId,
                    Reason.of(e),
                    SILENCE.toSeconds());
        }
    }

    /** Who began to watch the slot after it was looked at, or after the last beat, takes it a silence later at the earliest. */
    private void haveBeaten(long looked, long begin) {
        if (threads.nanoTime() - looked > SILENCE.toNanos()) {
            lose("it took so long to show that it is alive that another run may have taken its place");
            return;
        }
        synchronized (news) {
            lastBeat = begin;
            threads.wakeAll(news);
        }
    }

    /** Whether a run that is alive is behind, and waits for this one to be dead, or has seen that it is. */
    private boolean isContested() throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> other : others().entrySet()) {
            if (!common(other.getValue()).isEmpty() && isAlive(other.getKey(), other.getValue())) {
                return true;
            }
        }
        return false;
    }

    /** Unless it was given back just now, somebody has removed it, and others do not see that this run goes on. */
    private void loseGone(String held) {
        if (!closed) {
            lose("its lock " + store.describe() + "/" + held + " was removed while the run was going on, perhaps with"
                    + " its folder. Leave that folder alone until a run has ended, see that no other run writes the same"
                    + " places, and run this one anew");
        }
    }

    private void lose(String why) {
        synchronized (news) {
            if (!lost.isEmpty()) {
                return;
            }
            lost = why;
            closed = true;
            threads.wakeAll(news);
        }
        LOG.error("Run {} stops: {}.", runId, why);
    }

    private boolean isInDoubt() {
        return beating != null && threads.nanoTime() - lastBeat > DOUBT.toNanos();
    }

    /** @return whether another run has taken this one for dead, or may have */
    boolean isLost() {
        return !lost.isEmpty() || isInDoubt();
    }

    /**
     * Returns if the run holds the lock. While that is in doubt, waits for the next beats.
     *
     * @param patience how long at most
     * @throws FencedException if it does not, or nobody knows
     */
    void check(Duration patience) throws FencedException {
        String held = slot;
        if (lost.isEmpty() && !held.isEmpty() && store.isGone(held)) {
            loseGone(held);
        }
        if (lost.isEmpty() && isInDoubt()) {
            awaitBeat(patience);
        }
        if (!lost.isEmpty()) {
            throw new FencedException(lost);
        }
        if (isInDoubt()) {
            throw new FencedException(
                    "this run could not show for " + DOUBT.toSeconds() + " s and more that it is alive ("
                            + store.describe() + "), and another one may have taken its place");
        }
    }

    private void awaitBeat(Duration patience) throws FencedException {
        long until = threads.nanoTime() + patience.toNanos();
        try {
            synchronized (news) {
                while (lost.isEmpty() && !closed && isInDoubt() && threads.nanoTime() - until < 0) {
                    threads.await(news, Math.min(LOOK_AGAIN.toNanos(), until - threads.nanoTime()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FencedException(
                    "interrupted while it was not known whether another run has taken this one for dead");
        }
    }

    private void release() throws IOException {
        String held = slot;
        slot = "";
        if (!held.isEmpty()) {
            store.remove(held);
        }
    }

    /** Whatever becomes of its slot, from now on this process does not hold it. */
    @Override
    public void close() {
        closed = true;
        HELD.remove(number);
        boolean interrupted = Thread.interrupted(); // the slot is given back even so
        ExecutorService pool = beating;
        try {
            if (pool != null) {
                pool.shutdownNow();
                pool.awaitTermination(BEAT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
            }
            release();
        } catch (IOException e) {
            LOG.warn("The slot of run {} in {} could not be given back: {}.", runId, store.describe(), Reason.of(e));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
