package dev.contraflow.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.run.Visibility;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What stands where the record of a run should: it counts if it is that run's, or a newer version has written it. Immutable.
 *
 * @param json the record; empty if it is damaged
 * @param damage what is wrong with it; empty if nothing is
 */
record RecordFile(Optional<JsonNode> json, String damage) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The name of a run's record in the store. */
    static String name(String runId) {
        return "runs/" + runId + "/run.json";
    }

    /**
     * Reads a record.
     *
     * @param runId the run whose folder it stands in
     * @param bytes what stands there
     * @return what it is
     */
    static RecordFile of(String runId, byte[] bytes) {
        JsonNode json;
        try {
            json = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            return damaged("it is not JSON");
        } catch (IOException e) {
            throw new IllegalStateException("bytes can be read", e);
        }
        String named = json.path("runId").asText();
        String visibility = json.path("visibility").asText(Visibility.EACH.name());
        if (!json.isObject()) {
            return damaged("it is not a JSON object");
        }
        if (json.path("format").asInt() > RunRecord.FORMAT) {
            return new RecordFile(Optional.of(json), "");
        }
        if (!named.equals(runId)) {
            return damaged(named.isEmpty() ? "it names no run" : "it names run '" + named + "'");
        }
        if (Stream.of(Visibility.values()).noneMatch(known -> known.name().equals(visibility))) {
            return damaged("its visibility is '" + visibility + "'");
        }
        return new RecordFile(Optional.of(json), "");
    }

    private static RecordFile damaged(String how) {
        return new RecordFile(Optional.empty(), how);
    }
}
