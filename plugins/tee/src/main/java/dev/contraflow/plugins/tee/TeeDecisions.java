package dev.contraflow.plugins.tee;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the tee decides: which transfer starts next, whether a node is admitted, what is let go when memory is short, what must not become
 * visible any more. It is told what happened and answers with what to do. No threads, no locks, no clock, no I/O: production drives it under
 * a lock, a simulation with virtual time. Not thread-safe.
 *
 * <p>The life of a dataset here: NEW, COMPUTED (frozen, its bytes are being made), QUEUED (bytes are there), TRANSFERRING, TRANSFERRED (waits
 * until what it was made from is visible), COMMITTING, DURABLE; or FAILED, ABANDONING, DISCARDED (something that it descends from failed). An
 * input: NEW, FETCHING, FETCHED, or TAKEN (its reader loads it itself).
 */
final class TeeDecisions {
    /** What is at least so large takes its time for its bytes, not for its way: two of them only share the bandwidth. */
    static final long LARGE = 4L << 20;

    private final Limits limits;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Map<Integer, Set<String>> writtenAt = new TreeMap<>();
    private final Map<String, Set<Item>> waitingFor = new HashMap<>(); // items that wait until a dataset is durable
    private final SaveQueue queue;
    private final ExpectedSizes sizes = new ExpectedSizes();
    private final Set<Item> unweighed = new LinkedHashSet<>(); // admitted while no size was known of any like them
    private final Deque<Item> commits = new ArrayDeque<>(); // of what has been transferred and may become visible
    private final Deque<Item> ahead = new ArrayDeque<>(); // inputs not yet fetched, nearest first use first
    private final BitSet running = new BitSet(); // the places of nodes that were admitted and have not ended
    private int transfers; // under way: saves and fetches
    private int fetched; // inputs fetched or being fetched that have not been read to the end
    private int fetching; // inputs being fetched
    private int fetchingFor = -1; // the place of the node that the last of them was begun for
    private int side = 1; // how many inputs may be fetched side by side: more while they turn out to be small
    private int underWay; // saves between computed and their end
    private long undurableBytes; // of what is computed, and what nodes that run are expected to write
    private boolean inTurn;
    private boolean stopped;

    /**
     * @param transfers the most transfers at once
     * @param prefetch the most inputs fetched ahead
     * @param undurable the most bytes that may wait to become durable, those that a node is expected to write among them, when it is admitted
     * @param keepsGoing whether nodes that do not descend from a failure go on
     */
    record Limits(int transfers, int prefetch, long undurable, boolean keepsGoing) {}

    /**
     * @param name the dataset
     * @param writer the place of its writer in the plan, or -1 for an input
     * @param reads the places of its readers, ascending, a place for each read
     * @param canPrefetch whether it is an input that may be fetched ahead
     * @param isWhole whether it is saved as a whole, without a transfer that precedes the commit
     * @param after what has to be visible before it may be
     * @param lastSize how many bytes it had in the last run; -1 if that is not known, 0 if it never has any
     */
    record Facts(
            String name,
            int writer,
            List<Integer> reads,
            boolean canPrefetch,
            boolean isWhole,
            Set<String> after,
            long lastSize) {}

    /** What to do with a dataset. */
    record Action(What what, String dataset) {
        enum What {
            /** Start to save it, on a thread of its own. */
            TRANSFER,
            /** Make visible what has been transferred, on a thread of its own or that of the transfer. */
            COMMIT,
            /** Give up what has been transferred, on a thread of its own: something that it descends from failed. */
            ABANDON,
            /** Start to fetch it, on a thread of its own. */
            FETCH,
            /** Tell its readers and the result that it will not be saved: something that it descends from failed. */
            DISCARD,
            /** Let go of its value and its bytes for good. */
            RELEASE
        }
    }

    /** Whether a node may begin. */
    enum Admission {
        ADMIT,
        WAIT,
        /** It descends from a failure. */
        SKIP,
        STOP
    }

    private enum State {
        NEW,
        COMPUTED,
        QUEUED,
        TRANSFERRING,
        TRANSFERRED,
        COMMITTING,
        ABANDONING,
        DURABLE,
        FAILED,
        DISCARDED,
        FETCHING,
        FETCHED,
        TAKEN
    }

    private static final class Item {
        final Facts facts;
        final Deque<Integer> readsLeft;
        final Set<String> after; // what is not visible yet and has to be, before this may be
        State state = State.NEW;
        long memoryBytes; // in memory, for bytes and value together
        long undurable; // counted in undurableBytes until it is durable
        int pins;
        boolean doomed; // something that it descends from failed: it must not become visible
        boolean released;

        Item(Facts facts) {
            this.facts = facts;
            this.readsLeft = new ArrayDeque<>(facts.reads());
            this.after = new HashSet<>(facts.after());
        }

        boolean isUnderWay() {
            return state == State.COMPUTED || state == State.QUEUED || state == State.TRANSFERRED || isMoving();
        }

        /** Whether it takes one of the places for transfers. */
        boolean isMoving() {
            return state == State.TRANSFERRING || state == State.COMMITTING || state == State.ABANDONING;
        }

        int nextRead() {
            Integer next = readsLeft.peek();
            return next == null ? Integer.MAX_VALUE : next;
        }
    }

    TeeDecisions(List<Facts> datasets, Limits limits) {
        this.limits = limits;
        this.queue = new SaveQueue(limits.transfers());
        for (Facts facts : datasets) {
            Item made = new Item(facts);
            items.put(facts.name(), made);
            made.after.forEach(ancestor -> waitingFor
                    .computeIfAbsent(ancestor, name -> new LinkedHashSet<>())
                    .add(made));
            if (facts.writer() >= 0) {
                writtenAt
                        .computeIfAbsent(facts.writer(), place -> new LinkedHashSet<>())
                        .add(facts.name());
            }
        }
        items.values().stream()
                .filter(item -> item.facts.canPrefetch() && !item.readsLeft.isEmpty())
                .sorted(Comparator.comparingInt(Item::nextRead))
                .forEach(ahead::add);
    }

    /** The run begins. */
    List<Action> begun() {
        return next();
    }

    /**
     * A node wants to begin. It waits if what it is going to write would probably not fit, and only while something is under way whose end
     * will call for another look: a save, or a node that has been admitted.
     *
     * @param place the place of the node in the plan
     * @param inputs what it reads, names without view
     */
    Admission admit(int place, Collection<String> inputs) {
        if (stopped) {
            return Admission.STOP;
        }
        if (inputs.stream().anyMatch(this::isLost)) {
            return Admission.SKIP;
        }
        List<Item> outputs = outputsOf(place);
        long expected = outputs.stream()
                .mapToLong(output -> sizes.of(output.facts.lastSize()))
                .sum();
        boolean wouldNotFit = undurableBytes > 0 && expected > limits.undurable() - undurableBytes;
        if (wouldNotFit || (inTurn && (underWay > 0 || undurableBytes > 0))) {
            return Admission.WAIT;
        }
        outputs.forEach(this::expect);
        running.set(place);
        return Admission.ADMIT;
    }

    private void expect(Item output) {
        count(output, sizes.of(output.facts.lastSize()));
        if (output.facts.lastSize() < 0 && output.undurable == 0) {
            unweighed.add(output);
        }
    }

    /** The first size is known of what the last run did not write: from now on what was admitted before counts as much. */
    private void weigh() {
        unweighed.forEach(output -> count(output, sizes.of(output.facts.lastSize())));
        unweighed.clear();
    }

    private List<Item> outputsOf(int place) {
        return writtenAt.getOrDefault(place, Set.of()).stream().map(this::item).toList();
    }

    /** So many bytes of it are, or are going to be, computed and not durable. */
    private void count(Item item, long bytes) {
        undurableBytes += bytes - item.undurable;
        item.undurable = bytes;
    }

    /** A node that was admitted has ended, well or not: what it has not written does not count any more. */
    void closed(int place) {
        running.clear(place);
        for (Item output : outputsOf(place)) {
            if (output.state == State.NEW) {
                unweighed.remove(output);
                count(output, 0);
            }
        }
    }

    /** There is no disk any more for what does not fit into memory: a node begins only once all that is computed is durable. */
    void saveInTurn() {
        inTurn = true;
    }

    /** Whether a dataset failed, or descends from one that did. */
    boolean isLost(String dataset) {
        Item item = item(dataset);
        return item.doomed || item.state == State.FAILED || item.state == State.DISCARDED;
    }

    /** A value is frozen; its bytes are being made, or it is going to be saved as a whole. */
    void computed(String dataset) {
        item(dataset).state = State.COMPUTED;
        underWay++;
    }

    /**
     * A value is ready to be transferred.
     *
     * @param memoryBytes what it holds of the memory budget
     * @param undurable the bytes that must become durable, wherever they stand
     */
    List<Action> ready(String dataset, long memoryBytes, long undurable) {
        Item item = item(dataset);
        item.memoryBytes = memoryBytes;
        if (item.doomed) {
            return ended(item, State.DISCARDED);
        }
        item.state = State.QUEUED;
        sizes.learn(item.facts.lastSize(), undurable);
        unweighed.remove(item);
        if (item.facts.lastSize() < 0) {
            weigh();
        }
        count(item, undurable);
        if (!item.facts.isWhole() || item.after.isEmpty()) {
            queue.add(dataset, undurable);
        }
        return next();
    }

    /** The storage has the bytes of a value: they become visible now, or once what they were made from is, or never. */
    List<Action> transferred(String dataset) {
        Item item = item(dataset);
        if (item.doomed) {
            item.state = State.ABANDONING;
            return List.of(new Action(Action.What.ABANDON, dataset));
        }
        if (item.after.isEmpty()) {
            item.state = State.COMMITTING;
            return List.of(new Action(Action.What.COMMIT, dataset));
        }
        transfers--;
        item.state = State.TRANSFERRED;
        return next();
    }

    /** Something that has to become visible before a dataset may; empty if all is. */
    Optional<String> waitsFor(String dataset) {
        return item(dataset).after.stream().findFirst();
    }

    /** Whether a dataset that is being transferred may become visible. */
    boolean mayCommit(String dataset) {
        return !item(dataset).doomed;
    }

    /** What has waited for a dataset waits for one less. */
    private void nowVisible(Item item) {
        for (Item waiting : waitingFor.getOrDefault(item.facts.name(), Set.of())) {
            waiting.after.remove(item.facts.name());
            if (waiting.after.isEmpty() && !waiting.doomed) {
                if (waiting.state == State.TRANSFERRED) {
                    commits.add(waiting);
                } else if (waiting.state == State.QUEUED && waiting.facts.isWhole()) {
                    queue.add(waiting.facts.name(), waiting.undurable);
                }
            }
        }
    }

    /** A value is in a dataset that lives in memory: there is nothing to save. */
    void keptInMemory(String dataset) {
        item(dataset).state = State.DURABLE;
        count(item(dataset), 0);
    }

    /** A save ended well, and holds this much memory from now on. */
    List<Action> durable(String dataset, long memoryBytes) {
        Item item = item(dataset);
        item.memoryBytes = memoryBytes;
        nowVisible(item);
        return ended(item, State.DURABLE);
    }

    /** A save ended without a commit, as {@link #mayCommit} had asked for. */
    List<Action> discarded(String dataset) {
        return ended(item(dataset), State.DISCARDED);
    }

    /**
     * A save, or the making of its bytes, failed for good. Nothing that descends from it is committed; no node begins any more, or only those
     * that do not descend from it.
     */
    List<Action> failed(String dataset) {
        Item failed = item(dataset);
        List<Action> actions = new ArrayList<>();
        List<Item> descendants = descendants(failed);
        descendants.forEach(item -> item.doomed = true);
        if (limits.keepsGoing()) {
            List<Item> lost = new ArrayList<>(descendants);
            lost.add(failed);
            actions.addAll(unread(lost));
        } else {
            stop();
        }
        for (Item item : descendants) {
            if (item.state == State.QUEUED) {
                queue.remove(item.facts.name());
                actions.addAll(ended(item, State.DISCARDED));
            } else if (item.state == State.TRANSFERRED) {
                commits.remove(item);
                item.state = State.ABANDONING;
                transfers++;
                actions.add(new Action(Action.What.ABANDON, item.facts.name()));
            }
        }
        actions.addAll(ended(failed, State.FAILED));
        return actions;
    }

    /** Nodes that read what is lost do not run: they read nothing else either. Those that run already still may, and tell it themselves. */
    private List<Action> unread(List<Item> lost) {
        Set<Integer> notRun = new HashSet<>();
        lost.forEach(item -> notRun.addAll(item.facts.reads()));
        notRun.removeIf(running::get);
        List<Action> actions = new ArrayList<>();
        for (Item item : items.values()) {
            if (item.readsLeft.removeIf(notRun::contains)) {
                if (item.readsLeft.isEmpty()) {
                    ahead.remove(item);
                }
                actions.addAll(releasable(item));
            }
        }
        return actions;
    }

    private List<Action> ended(Item item, State state) {
        if (item.isMoving()) {
            transfers--;
        }
        if (item.isUnderWay()) {
            underWay--;
        }
        unweighed.remove(item);
        count(item, 0);
        item.state = state;
        List<Action> actions = new ArrayList<>();
        if (state == State.DISCARDED) {
            actions.add(new Action(Action.What.DISCARD, item.facts.name()));
        }
        actions.addAll(releasable(item));
        actions.addAll(next());
        return actions;
    }

    private List<Item> descendants(Item from) {
        List<Item> found = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        Deque<Item> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            for (int reader : open.pop().facts.reads()) {
                for (String written : writtenAt.getOrDefault(reader, Set.of())) {
                    if (seen.add(written)) {
                        found.add(item(written));
                        open.add(item(written));
                    }
                }
            }
        }
        return found;
    }

    /**
     * An input has been fetched ahead.
     *
     * @param memoryBytes what it holds of the memory budget
     * @param size how large it is, wherever it stands
     */
    List<Action> fetched(String dataset, long memoryBytes, long size) {
        Item item = item(dataset);
        transfers--;
        fetching--;
        side = size < LARGE ? Math.min(2 * side, limits.prefetch()) : 1;
        item.memoryBytes = memoryBytes;
        item.state = State.FETCHED;
        List<Action> actions = new ArrayList<>(releasable(item));
        actions.addAll(next());
        return actions;
    }

    /** An input could not be fetched ahead: its reader will load it, and see why. */
    List<Action> notFetched(String dataset) {
        transfers--;
        fetching--;
        fetched--;
        item(dataset).state = State.TAKEN;
        return next();
    }

    /**
     * A reader wants an input.
     *
     * @return whether it is being fetched or has been; if not, the reader loads it itself
     */
    boolean isFetchedAhead(String dataset) {
        Item item = item(dataset);
        if (item.state == State.NEW) {
            ahead.remove(item);
            item.state = State.TAKEN;
        }
        return item.state == State.FETCHING || item.state == State.FETCHED;
    }

    /** A reader uses the bytes: they are not let go before it is done. */
    void pinned(String dataset) {
        item(dataset).pins++;
    }

    /** A reader has used the bytes. */
    List<Action> unpinned(String dataset) {
        Item item = item(dataset);
        item.pins--;
        return releasable(item);
    }

    /** A node that reads a dataset is done with it, well or not. */
    List<Action> read(String dataset, int place) {
        Item item = item(dataset);
        item.readsLeft.removeFirstOccurrence(place);
        List<Action> actions = new ArrayList<>(releasable(item));
        actions.addAll(next());
        return actions;
    }

    /** How many reads of a dataset are still to come. */
    int readsLeft(String dataset) {
        return item(dataset).readsLeft.size();
    }

    private List<Action> releasable(Item item) {
        boolean isBusy = item.isUnderWay() || item.state == State.FETCHING || item.state == State.NEW || item.pins > 0;
        if (item.released || isBusy || !item.readsLeft.isEmpty()) {
            return List.of();
        }
        item.released = true;
        item.memoryBytes = 0;
        if (item.state == State.FETCHED) {
            fetched--;
        }
        return List.of(new Action(Action.What.RELEASE, item.facts.name()));
    }

    /**
     * Memory is short. What is durable can be loaded again: the one whose next use is furthest goes first (Belady's rule, which needs the
     * future that a plan knows).
     *
     * @param bytes how many are wanted
     * @return the datasets to let go now; they may be loaded again later
     */
    List<String> evict(long bytes) {
        List<Item> candidates = items.values().stream()
                .filter(item -> item.memoryBytes > 0 && item.pins == 0)
                .filter(item -> item.state == State.DURABLE || item.state == State.FETCHED)
                .sorted(Comparator.comparingInt(Item::nextRead).reversed())
                .toList();
        List<String> victims = new ArrayList<>();
        long freed = 0;
        for (Item victim : candidates) {
            if (freed >= bytes) {
                break;
            }
            freed += victim.memoryBytes;
            victim.memoryBytes = 0;
            if (victim.state == State.FETCHED) {
                victim.state = State.TAKEN;
                fetched--;
            }
            victims.add(victim.facts.name());
        }
        return victims;
    }

    /** No node begins any more; nothing is fetched ahead any more. */
    void stop() {
        stopped = true;
        ahead.clear();
    }

    /** Whether no save is under way. */
    boolean isSettled() {
        return underWay == 0;
    }

    /** The datasets whose save is under way. */
    List<String> underWay() {
        return items.values().stream()
                .filter(Item::isUnderWay)
                .map(item -> item.facts.name())
                .toList();
    }

    /** Fills free places: commits, then what the next node needs first, then saves as their queue says, then what later nodes need. */
    private List<Action> next() {
        List<Action> actions = new ArrayList<>();
        while (transfers < limits.transfers()) {
            Item visible = commits.poll();
            if (visible != null) {
                visible.state = State.COMMITTING;
                transfers++;
                actions.add(new Action(Action.What.COMMIT, visible.facts.name()));
                continue;
            }
            Item input = ahead.peek();
            if (input != null && mayFetch(input) && (fetched == 0 || queue.isEmpty())) {
                ahead.remove();
                input.state = State.FETCHING;
                fetched++;
                fetching++;
                fetchingFor = input.nextRead();
                transfers++;
                actions.add(new Action(Action.What.FETCH, input.facts.name()));
                continue;
            }
            String save = queue.next();
            if (save == null) {
                break;
            }
            item(save).state = State.TRANSFERRING;
            transfers++;
            actions.add(new Action(Action.What.TRANSFER, save));
        }
        return actions;
    }

    /**
     * What one node reads is fetched together. What later nodes read comes beside it only as far as inputs are small (a few round trips show
     * it), else it would take bandwidth from what is needed first.
     */
    private boolean mayFetch(Item input) {
        return fetched < limits.prefetch() && (fetching < side || input.nextRead() == fetchingFor);
    }

    private Item item(String dataset) {
        Item item = items.get(dataset);
        if (item == null) {
            throw new IllegalArgumentException("Dataset '" + dataset + "' is not in the plan");
        }
        return item;
    }
}
