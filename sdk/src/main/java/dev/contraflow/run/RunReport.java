package dev.contraflow.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.internal.Count;
import dev.contraflow.run.RunShape.Store;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How far from perfect a run was, and why: its makespan beside the {@linkplain LowerBound least that any schedule takes}, where each second
 * went, what was moved, and what a plain run would have taken. Made from the events of the run alone. Immutable.
 *
 * <p>A run that has a record writes its report beside it, as {@code runs/<run id>/report.json}, and its text into the log.
 *
 * <p>How fast the storage is, a run sees only in its own transfers: the shortest is taken for the latency, the fastest object for the rate of a
 * connection, the highest sum for the total, and the number of channels for unlimited. So the bound is that of a storage as good as it was at
 * its best; who knows better says so: {@link #withStore}.
 */
public final class RunReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;
    private static final int NAMED = 4;
    private static final double UNLIMITED = 1e15; // bytes per second

    /** Where time goes. Of causes at the same moment (on several threads) the first counts. */
    public enum Cause {
        /** The function of a node runs. */
        COMPUTE("compute"),
        /** A node waits for an input. */
        LOAD("load stall"),
        /** A node waits until an output is taken over, with a plain run until it is saved: encoding and saves on the node's thread. */
        SAVE("save stall"),
        /** A node waits to be admitted: until enough bytes are durable. */
        MEMORY("memory stall"),
        /** The last node has ended, and saves are still under way. */
        TAIL("tail"),
        /** Before the first node: inputs are checked, the record is begun. */
        BEGIN("begin"),
        /** All the rest: what the runner, interceptors and events cost. */
        SCHEDULING("scheduling");

        private final String words;

        Cause(String words) {
            this.words = words;
        }
    }

    /**
     * What was waited for.
     *
     * @param cause why: {@link Cause#LOAD}, {@link Cause#SAVE}, {@link Cause#MEMORY} or {@link Cause#TAIL}
     * @param dataset the dataset whose end ended the wait
     * @param time how long, together
     */
    public record Stall(Cause cause, String dataset, Duration time) {}

    /**
     * What a plain run would have taken, and what has become of the difference. An estimate: it takes each load and save to last as long as it
     * did here, though some may have slowed each other down, and an input that came from memory as long as its save.
     *
     * @param time its makespan: computation, begin, scheduling, and all loads and saves, one after the other
     * @param loadsNotWaitedFor the loads, less the load stall
     * @param savesNotWaitedFor the saves, less the save stall, the memory stall and the tail
     * @param sideBySide the computation, less the time in which some node computed: what several nodes at once have saved
     */
    public record Plain(Duration time, Duration loadsNotWaitedFor, Duration savesNotWaitedFor, Duration sideBySide) {}

    /**
     * What was moved.
     *
     * @param bytesDown bytes that were loaded
     * @param bytesUp bytes that were saved
     * @param loads loads from a storage
     * @param saves saves that became durable
     * @param unchanged outputs that were not sent, since just their bytes were stored already
     * @param attempts attempts at loads and saves, those that failed among them
     * @param peakUndurable the most bytes that were computed and not durable at one moment
     */
    public record Traffic(
            long bytesDown, long bytesUp, int loads, int saves, int unchanged, int attempts, long peakUndurable) {}

    private final PipelineResult result;
    private final LowerBound bound;
    private final boolean isStoreKnown;
    private final Map<Cause, Duration> times;
    private final List<Stall> stalls;
    private final Plain plain;
    private final Traffic traffic;

    private RunReport(PipelineResult result, ObservedRun run) {
        this.result = result;
        this.bound = bound(run, result.took());
        this.isStoreKnown = false;
        RunTimes sweep = new RunTimes(run);
        this.times = Collections.unmodifiableMap(sweep.times());
        this.stalls = sweep.stalls();
        this.plain = plain(run);
        int loads = run.count(true);
        int saves = run.count(false);
        this.traffic = new Traffic(
                run.bytes(true),
                run.bytes(false),
                loads,
                saves,
                run.unchanged,
                loads + saves + run.retries + run.failures,
                run.peakUndurable());
    }

    private RunReport(RunReport other, LowerBound bound, Plain plain) {
        this.result = other.result;
        this.bound = bound;
        this.isStoreKnown = true;
        this.times = other.times;
        this.stalls = other.stalls;
        this.plain = plain;
        this.traffic = other.traffic;
    }

    /**
     * Makes the report of a run.
     *
     * @param events all its events until its end, in their order
     * @param result what happened
     * @return the report
     * @throws IllegalArgumentException if there is no {@link RunEvent.RunStarted} among them
     */
    public static RunReport of(List<RunEvent> events, PipelineResult result) {
        return new RunReport(result, new ObservedRun(events, result.took()));
    }

    /**
     * A run cannot beat its bound: if it seems to, too little was moved to see how fast the storage is, and bandwidths, then the latency, are
     * left out.
     */
    private static LowerBound bound(ObservedRun run, Duration took) {
        Store seen = run.store();
        List<Store> perhaps = List.of(
                seen,
                new Store(seen.latency(), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, seen.channels()),
                new Store(Duration.ZERO, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, seen.channels()));
        return perhaps.stream()
                .map(store -> LowerBound.of(run.shape(store)))
                .filter(bound -> bound.time().compareTo(took) <= 0)
                .findFirst()
                .orElseGet(() -> LowerBound.of(run.shape(perhaps.get(2))));
    }

    private Plain plain(ObservedRun run) {
        long compute = run.nodes.values().stream()
                .mapToLong(node -> node.computed.toNanos())
                .sum();
        return plain(compute, run.loadsOneByOne(), run.savesOneByOne());
    }

    private Plain plain(long compute, long loads, long saves) {
        Duration time = Duration.ofNanos(compute + loads + saves)
                .plus(time(Cause.BEGIN))
                .plus(time(Cause.SCHEDULING));
        return new Plain(
                time,
                Duration.ofNanos(loads).minus(time(Cause.LOAD)),
                Duration.ofNanos(saves)
                        .minus(time(Cause.SAVE))
                        .minus(time(Cause.MEMORY))
                        .minus(time(Cause.TAIL)),
                Duration.ofNanos(compute).minus(time(Cause.COMPUTE)));
    }

    /**
     * The same report for a storage of which is known what it can do: bound and plain run follow from that, not from what was seen.
     *
     * @param store what it can do
     * @return a new report
     */
    public RunReport withStore(Store store) {
        return withShape(shape().withStore(store));
    }

    /**
     * The same report beside what should have been run: bound and plain run follow from that, not from what was seen. So computation that took
     * longer than it should have counts against the run, and shows as a negative {@link Plain#sideBySide}.
     *
     * @param shape what should have been run
     * @return a new report
     */
    public RunReport withShape(RunShape shape) {
        double rate = Math.min(shape.store().connection(), shape.store().total());
        double loads = 0;
        double saves = 0;
        long compute = 0;
        for (RunShape.Step step : shape.steps()) {
            compute += step.compute().toNanos();
            loads += oneByOne(shape, step.inputs(), rate);
            saves += oneByOne(shape, step.outputs(), rate);
        }
        return new RunReport(this, LowerBound.of(shape), plain(compute, Math.round(loads), Math.round(saves)));
    }

    private static double oneByOne(RunShape shape, List<String> datasets, double rate) {
        return datasets.stream()
                .filter(dataset -> !shape.inMemory().contains(dataset))
                .mapToDouble(dataset -> shape.store().latency().toNanos() + shape.size(dataset) / rate * 1e9)
                .sum();
    }

    /** @return how long the run took */
    public Duration makespan() {
        return result.took();
    }

    /** @return the least that any schedule of what ran takes, with the bound that binds */
    public LowerBound bound() {
        return bound;
    }

    /** @return what ran, as plain numbers; nodes that did not return are left out */
    public RunShape shape() {
        return bound.shape();
    }

    /** @return the bound divided by the makespan: 1 is perfect */
    public double eta() {
        return bound.eta(makespan());
    }

    /** @return where the time went; all causes, their sum is the makespan; unmodifiable */
    public Map<Cause, Duration> times() {
        return times;
    }

    /**
     * @param cause a cause
     * @return how much of the makespan it has
     */
    public Duration time(Cause cause) {
        return Objects.requireNonNull(times.get(cause));
    }

    /** @return what was waited for, the longest first; unmodifiable */
    public List<Stall> stalls() {
        return stalls;
    }

    /** @return what a plain run would have taken */
    public Plain plain() {
        return plain;
    }

    /** @return what was moved */
    public Traffic traffic() {
        return traffic;
    }

    /** @return how many times faster the run was than a plain run would have been; 1 if it took no time */
    public double speedUp() {
        return makespan().isZero() ? 1 : seconds(plain.time()) / seconds(makespan());
    }

    // ---- text

    /** @return the report for people, at most 14 lines; what is shorter than half a millisecond is left out */
    public String toText() {
        StringBuilder text = new StringBuilder();
        line(text, "report of run %s, %s, io=%s", result.runId(), result.state(), result.io());
        line(text, "  makespan %.3f s, at least %s, eta %.3f", seconds(makespan()), bound, eta());
        for (Cause cause : Cause.values()) {
            if (isWorthALine(time(cause))) {
                line(text, "  %-13s %9.3f s%s", cause.words, seconds(time(cause)), waitedFor(cause));
            }
        }
        line(
                text,
                "  moved         %s in %s, %s in %s%s, %s; at most %s computed and not durable",
                size(traffic.bytesDown()),
                Count.of(traffic.loads(), "load"),
                size(traffic.bytesUp()),
                Count.of(traffic.saves(), "save"),
                traffic.unchanged() == 0 ? "" : " and " + traffic.unchanged() + " unchanged",
                Count.of(traffic.attempts(), "attempt"),
                size(traffic.peakUndurable()));
        line(
                text,
                "  a plain run   about %.3f s, %.2f times as long: loads not waited for %.3f s, saves %.3f s%s",
                seconds(plain.time()),
                speedUp(),
                atLeastNone(plain.loadsNotWaitedFor()),
                atLeastNone(plain.savesNotWaitedFor()),
                isWorthALine(plain.sideBySide())
                        ? String.format(Locale.ROOT, ", nodes side by side %.3f s", seconds(plain.sideBySide()))
                        : "");
        Store store = shape().store();
        line(
                text,
                "  storage       %s: latency %.1f ms, %s",
                isStoreKnown ? "as given" : "as seen",
                store.latency().toNanos() / 1e6,
                rates(store));
        return text.substring(0, text.length() - 1);
    }

    /** What would not be printed as zero. */
    private static boolean isWorthALine(Duration time) {
        return time.abs().compareTo(Duration.ofNanos(500_000)) >= 0;
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private String waitedFor(Cause cause) {
        List<Stall> of = stalls.stream()
                .filter(stall -> stall.cause() == cause && isWorthALine(stall.time()))
                .toList();
        String names = of.stream()
                .limit(NAMED)
                .map(stall -> String.format(Locale.ROOT, "%s %.3f", stall.dataset(), seconds(stall.time())))
                .collect(Collectors.joining(", "));
        return (names.isEmpty() ? "" : "  " + names)
                + (of.size() > NAMED ? " and " + (of.size() - NAMED) + " more" : "");
    }

    /** What was waited for may be more than what a plain run would have waited for: then nothing was gained. */
    private static double atLeastNone(Duration time) {
        return Math.max(0, seconds(time));
    }

    private static String rates(Store store) {
        boolean isUnlimited = store.connection() >= UNLIMITED && store.total() >= UNLIMITED;
        return isUnlimited
                ? "no limit to the bytes per second"
                : rate(store.connection()) + " for one connection, " + rate(store.total()) + " for all";
    }

    private static String rate(double bytes) {
        return bytes >= UNLIMITED ? "no limit" : size(Math.round(bytes)) + "/s";
    }

    private static String size(long bytes) {
        String[] units = {"kB", "MB", "GB", "TB", "PB"};
        if (bytes < 1000) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 999.95 && unit < units.length - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    // ---- JSON

    /**
     * The report for programs. Times are in seconds, sizes in bytes: {@code format} (1), {@code runId}, {@code state}, {@code io}, {@code
     * lanes}, {@code makespanSeconds}, {@code lowerBoundSeconds}, {@code bindingBound}, {@code bindingAt}, {@code eta}, {@code bounds} (each of
     * {@link LowerBound.Kind}), {@code seconds} (each {@link Cause}), {@code stalls} ({@code cause}, {@code dataset}, {@code seconds}), {@code
     * plainSeconds}, {@code speedUp}, {@code loadsNotWaitedForSeconds}, {@code savesNotWaitedForSeconds}, {@code sideBySideSeconds}, {@code
     * bytesDown}, {@code bytesUp}, {@code loads}, {@code saves}, {@code unchanged}, {@code attempts}, {@code peakUndurableBytes}, {@code store} ({@code known},
     * {@code latencySeconds}, {@code connectionBytesPerSecond}, {@code totalBytesPerSecond}; the last two are missing if unlimited). Fields may
     * be added.
     *
     * @return a JSON object
     */
    public String toJson() {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("runId", result.runId().value())
                .put("state", result.state().name())
                .put("io", result.io())
                .put("lanes", shape().lanes())
                .put("makespanSeconds", seconds(makespan()))
                .put("lowerBoundSeconds", seconds(bound.time()))
                .put("bindingBound", bound.binding().kind().name())
                .put("bindingAt", bound.binding().because())
                .put("eta", eta());
        ObjectNode bounds = json.putObject("bounds");
        bound.all().forEach(each -> bounds.put(each.kind().name(), seconds(each.time())));
        ObjectNode causes = json.putObject("seconds");
        new EnumMap<>(times).forEach((cause, time) -> causes.put(cause.name(), seconds(time)));
        ArrayNode waits = json.putArray("stalls");
        stalls.forEach(stall -> waits.addObject()
                .put("cause", stall.cause().name())
                .put("dataset", stall.dataset())
                .put("seconds", seconds(stall.time())));
        json.put("plainSeconds", seconds(plain.time()))
                .put("speedUp", speedUp())
                .put("loadsNotWaitedForSeconds", seconds(plain.loadsNotWaitedFor()))
                .put("savesNotWaitedForSeconds", seconds(plain.savesNotWaitedFor()))
                .put("sideBySideSeconds", seconds(plain.sideBySide()));
        json.put("bytesDown", traffic.bytesDown())
                .put("bytesUp", traffic.bytesUp())
                .put("loads", traffic.loads())
                .put("saves", traffic.saves())
                .put("unchanged", traffic.unchanged())
                .put("attempts", traffic.attempts())
                .put("peakUndurableBytes", traffic.peakUndurable());
        putStore(json.putObject("store"));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private void putStore(ObjectNode json) {
        Store store = shape().store();
        json.put("known", isStoreKnown).put("latencySeconds", seconds(store.latency()));
        if (!Double.isInfinite(store.connection())) {
            json.put("connectionBytesPerSecond", store.connection());
        }
        if (!Double.isInfinite(store.total())) {
            json.put("totalBytesPerSecond", store.total());
        }
    }

    @Override
    public String toString() {
        return toText();
    }
}
