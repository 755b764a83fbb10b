package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.CatalogException;
import dev.contraflow.Node;
import dev.contraflow.run.Visibility;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the attempts of a run have done so far, by its record and its journals. Immutable once it is read. */
final class RunHistory {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What stands in the record for the journals that were lost or broken: up to which attempt, and the entries. */
    static final String REBUILT = "rebuilt";

    private final JsonNode json;
    private final @Nullable JsonNode found; // in the store
    private final boolean isBroken;
    private final int attempts;
    private final Map<String, JsonNode> durable = new HashMap<>(); // by full name, the entry of the last attempt
    private final Map<String, JsonNode> spooled = new HashMap<>(); // likewise
    private final Map<String, Entry> nodes = new HashMap<>(); // by name, of the last attempt that noted something
    private final Map<Integer, RunFacts> facts = new HashMap<>(); // by attempt

    /** What was noted last of a node: in which attempt it ran, and in which attempts its parents had run before it. */
    record Entry(int attempt, JsonNode parents) {}

    private RunHistory(JsonNode json, @Nullable JsonNode found, boolean isBroken) {
        this.json = json;
        this.found = found;
        this.isBroken = isBroken;
        json.path("attempts")
                .forEach(attempt -> facts.put(attempt.path("attempt").asInt(), RunFacts.of(attempt)));
        this.attempts = facts.keySet().stream().max(Integer::compare).orElse(found == null ? 0 : 1);
        json.path(REBUILT)
                .path("entries")
                .forEach(entry -> add(entry.path("attempt").asInt(), entry));
    }

    /** Of a run that has no record that can be read. */
    static RunHistory lost(String runId) {
        return new RunHistory(
                JSON.createObjectNode().put("format", RunRecord.FORMAT).put("runId", runId), null, true);
    }

    /** How many attempts are on record. */
    static int attempts(JsonNode json) {
        return new RunHistory(json, json, false).attempts;
    }

    /**
     * Reads it.
     *
     * @param store where it stands
     * @param runId the run, whose folder it is
     * @param json the run's record
     * @return what is known; of a run that succeeded, that record
     * @throws CatalogException if a newer version has written it
     * @throws IOException if it cannot be read
     */
    static RunHistory read(StateStore store, String runId, JsonNode json) throws IOException {
        refuseNewer(json.path("format").asInt(), RecordFile.name(runId), store);
        Map<Integer, List<JsonNode>> journals = new TreeMap<>();
        boolean isBroken = false;
        int rebuilt = json.path(REBUILT).path("upTo").asInt();
        int attempts = attempts(json);
        for (int attempt = 1; attempt <= attempts; attempt++) {
            byte[] log = store.readLog("runs/" + runId + "/journal-" + attempt);
            List<JsonNode> entries = Journal.read(log);
            journals.put(attempt, entries);
            isBroken |= attempt > rebuilt && (entries.isEmpty() || Journal.isBrokenInside(log));
        }
        RunHistory history = new RunHistory(json, json, isBroken);
        journals.forEach((attempt, entries) -> entries.forEach(entry -> {
            refuseNewer(entry.path("v").asInt(), "runs/" + runId + "/journal-" + attempt, store);
            history.add(attempt, entry);
        }));
        return history;
    }

    /**
     * @param entries what the storages have proved, as a journal would note it, each with its attempt
     * @param last the last attempt that is known of
     * @param facts what all those entries depended on
     * @param visibility when what the run stores becomes visible, if its record does not say
     * @return this and that
     */
    RunHistory with(List<ObjectNode> entries, int last, RunFacts facts, Visibility visibility) {
        ObjectNode more = json.deepCopy();
        if (isLost()) {
            more.put("visibility", visibility.name());
        }
        for (int attempt = 1; attempt <= last; attempt++) {
            if (!this.facts.containsKey(attempt)) {
                more.withArray("attempts").add(facts.toJson().put("attempt", attempt));
            }
        }
        entries.forEach(more.putObject(REBUILT).put("upTo", last).putArray("entries")::add);
        RunHistory all = new RunHistory(more, found, false);
        durable.values().forEach(entry -> all.add(entry.path("attempt").asInt(), entry));
        spooled.values().forEach(entry -> all.add(entry.path("attempt").asInt(), entry));
        nodes.forEach((node, entry) -> all.nodes.merge(node, entry, RunHistory::later));
        return all;
    }

    private static Entry later(Entry one, Entry two) {
        return two.attempt() >= one.attempt() ? two : one;
    }

    private static void refuseNewer(int format, String name, StateStore store) {
        if (format > RunRecord.FORMAT) {
            throw new CatalogException(store.describe() + "/" + name + " has the format " + format
                    + ", and this version of Contraflow reads " + RunRecord.FORMAT
                    + " at most. Resume the run with the version that began it, or newer.");
        }
    }

    private void add(int attempt, JsonNode entry) {
        String kind = entry.path("t").asText();
        int ran = entry.path("ran").asInt(attempt); // what was only stored in this attempt was made in an earlier one
        boolean isDurable = kind.equals("durable");
        if (isDurable || kind.equals("spooled")) {
            JsonNode noted = ((ObjectNode) entry).put("attempt", ran);
            (isDurable ? durable : spooled)
                    .merge(
                            entry.path("dataset").asText(),
                            noted,
                            (one, two) -> one.path("attempt").asInt() > ran ? one : two);
        }
        if (isDurable || kind.equals("spooled") || kind.equals("completed")) {
            nodes.merge(entry.path("node").asText(), new Entry(ran, entry.path("parents")), RunHistory::later);
        }
    }

    JsonNode json() {
        return json;
    }

    /** The record as the store has it; empty if it has none that can be read. */
    Optional<JsonNode> found() {
        return Optional.ofNullable(found);
    }

    /** Whether there is no record that can be read. */
    boolean isLost() {
        return found == null;
    }

    /** Whether something is missing that was noted once, and that what is stored may prove. */
    boolean isBroken() {
        return isBroken;
    }

    String runId() {
        return json.path("runId").asText();
    }

    /** When what the run stores becomes visible. */
    Visibility visibility() {
        return Visibility.valueOf(json.path("visibility").asText(Visibility.EACH.name()));
    }

    /** How many attempts there were. */
    int attempts() {
        return attempts;
    }

    /** The outputs that were noted as durable, by full name. */
    Map<String, JsonNode> durable() {
        return durable;
    }

    /** The outputs that were kept on the disk of the machine until they are durable, by full name. */
    Map<String, JsonNode> spooled() {
        return spooled;
    }

    /** What was noted of the nodes, by name. */
    Map<String, Entry> nodes() {
        return nodes;
    }

    /** Whether a node did not run because what it writes was there before the run. */
    boolean wasThereBefore(Node node) {
        return facts(1).skipped().contains(node.name()) && !nodes.containsKey(node.name());
    }

    /** What an attempt depended on. */
    RunFacts facts(int attempt) {
        return facts.getOrDefault(attempt, new RunFacts("", Map.of(), Map.of(), Set.of()));
    }
}
