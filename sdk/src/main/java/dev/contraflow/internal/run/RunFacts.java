package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the results of an attempt of a run depend on, as marks to be compared by a later attempt. The mark of an input that is empty is never equal to
 * another. Immutable.
 *
 * @param code the version of the code; empty if nobody knows it, which is taken for no change
 * @param inputs what the run reads and no node writes, with the marks of what is there
 * @param nodes what each node reads and writes
 * @param skipped the nodes that need not run because what they write was there before the run
 */
record RunFacts(String code, Map<String, String> inputs, Map<String, String> nodes, Set<String> skipped) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static RunFacts of(String code, Pipeline pipeline, Map<String, String> inputs, Set<String> skipped) {
        Map<String, String> nodes = new TreeMap<>();
        pipeline.nodes().forEach(node -> nodes.put(node.name(), form(node)));
        return new RunFacts(code, new TreeMap<>(inputs), nodes, new TreeSet<>(skipped));
    }

    private static String form(Node node) {
        return sha256(node.inputs() + " " + node.outputs()).substring(0, 16);
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode().put("code", code);
        ObjectNode marks = json.putObject("inputs");
        inputs.forEach(marks::put);
        ObjectNode forms = json.putObject("nodes");
        nodes.forEach(forms::put);
        skipped.forEach(json.putArray("skipped")::add);
        return json;
    }

    static RunFacts of(JsonNode json) {
        Set<String> skipped = new TreeSet<>();
        json.path("skipped").forEach(name -> skipped.add(name.asText()));
        return new RunFacts(json.path("code").asText(), map(json.path("inputs")), map(json.path("nodes")), skipped);
    }

    private static Map<String, String> map(JsonNode json) {
        Map<String, String> map = new TreeMap<>();
        json.properties()
                .forEach(field -> map.put(field.getKey(), field.getValue().asText()));
        return map;
    }
}
