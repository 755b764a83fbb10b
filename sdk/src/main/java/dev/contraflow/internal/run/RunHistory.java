package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.CatalogException;
import dev.contraflow.Node;
import dev.contraflow.run.Visibility;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What the attempts of a run have done so far, by its record and its journals. Immutable once it is read. */
final class RunHistory {
    private final JsonNode json;
    private final int attempts;
    private final Map<String, JsonNode> durable = new HashMap<>(); // by full name, the entry of the last attempt
    private final Map<String, Entry> nodes = new HashMap<>(); // by name, of the last attempt that noted something
    private final Map<Integer, RunFacts> facts = new HashMap<>(); // by attempt

    /** What was noted last of a node: in which attempt, and in which attempts its parents had run before it. */
    record Entry(int attempt, JsonNode parents) {}

    private RunHistory(JsonNode json) {
        this.json = json;
        json.path("attempts")
                .forEach(attempt -> facts.put(attempt.path("attempt").asInt(), RunFacts.of(attempt)));
        this.attempts = facts.keySet().stream().max(Integer::compare).orElse(1);
    }

    /**
     * Reads it.
     *
     * @param store where it stands
     * @param json the run's record
     * @return what is known; of a run that succeeded, that record
     * @throws CatalogException if a newer version has written it
     * @throws IOException if it cannot be read
     */
    static RunHistory read(StateStore store, JsonNode json) throws IOException {
        String runId = json.path("runId").asText();
        refuseNewer(json.path("format").asInt(), "runs/" + runId + "/run.json", store);
        RunHistory history = new RunHistory(json);
        for (int attempt = 1; attempt <= history.attempts; attempt++) {
            String journal = "runs/" + runId + "/journal-" + attempt;
            for (JsonNode entry : Journal.read(store.readLog(journal))) {
                refuseNewer(entry.path("v").asInt(), journal, store);
                history.add(attempt, entry);
            }
        }
        return history;
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
        if (kind.equals("durable")) {
            durable.put(
                    entry.path("dataset").asText(),
                    ((com.fasterxml.jackson.databind.node.ObjectNode) entry).put("attempt", attempt));
        }
        if (kind.equals("durable") || kind.equals("completed")) {
            nodes.put(entry.path("node").asText(), new Entry(attempt, entry.path("parents")));
        }
    }

    JsonNode json() {
        return json;
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

    /** What was noted of the nodes, by name. */
    Map<String, Entry> nodes() {
        return nodes;
    }

    /** Whether a node need not run because what it writes was there before the run. */
    boolean wasThereBefore(Node node) {
        return facts(1).skipped().contains(node.name());
    }

    /** What an attempt depended on. */
    RunFacts facts(int attempt) {
        return facts.getOrDefault(attempt, new RunFacts("", Map.of(), Map.of(), Set.of()));
    }
}
