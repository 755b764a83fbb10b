package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compares an answer with the one of the corpus: the order of a map's keys does not matter; of an error, kind and names count. */
final class GoldenComparison {
    private static final Set<String> ABOUT_AN_ERROR = Set.of("error", "names", "kedro", "any_of", "message");

    private GoldenComparison() {}

    /** What differs, each with its place; empty if the answer is right. */
    static List<String> differences(JsonNode expected, JsonNode actual) {
        List<String> found = new ArrayList<>();
        compare("", expected, actual, found);
        return found;
    }

    private static void compare(String at, JsonNode expected, JsonNode actual, List<String> found) {
        if (expected.isObject() && expected.has("$map")) {
            compare(at, withTextKeys(expected.path("$map")), actual, found);
        } else if (expected.isObject() && expected.has("error")) {
            compareError(at, expected, actual, found);
        } else if (expected.isObject() && actual.isObject()) {
            compareKeys(at, expected, actual, Set.of(), found);
        } else if (expected.isArray() && actual.isArray()) {
            for (int i = 0; i < Math.max(expected.size(), actual.size()) && found.isEmpty(); i++) {
                compare(at + "[" + i + "]", expected.path(i), actual.path(i), found);
            }
        } else if (!expected.equals(actual)) {
            found.add(at + ": expected " + expected + ", but was " + actual);
        }
    }

    /** A map of the corpus whose keys are no texts, with the texts of the keys: keys of a configuration are texts here. */
    private static JsonNode withTextKeys(JsonNode entries) {
        ObjectNode object = Golden.JSON.createObjectNode();
        entries.forEach(entry -> object.set(entry.path(0).asText(), entry.path(1)));
        return object;
    }

    private static void compareKeys(
            String at, JsonNode expected, JsonNode actual, Set<String> leftOut, List<String> found) {
        Set<String> keys = new TreeSet<>();
        expected.fieldNames().forEachRemaining(keys::add);
        actual.fieldNames().forEachRemaining(keys::add);
        keys.removeAll(leftOut);
        for (String key : keys) {
            if (!expected.has(key) || !actual.has(key)) {
                found.add(at + "." + key + ": expected " + expected.path(key) + ", but was " + actual.path(key));
            } else {
                compare(at + "." + key, expected.path(key), actual.path(key), found);
            }
        }
    }

    private static void compareError(String at, JsonNode expected, JsonNode actual, List<String> found) {
        String kind = actual.path("error").asText("no error");
        Set<String> right = new TreeSet<>(Set.of(expected.path("error").asText()));
        expected.path("any_of").forEach(other -> right.add(other.asText()));
        if (!right.contains(kind)) {
            found.add(at + ": expected the error " + right + ", but was " + actual);
            return;
        }
        String message = actual.path("message").asText();
        for (JsonNode name : expected.path("names")) {
            if (!message.contains(name.asText())) {
                found.add(at + ": the message does not name '" + name.asText() + "': " + message);
            }
        }
        if (actual.isObject()) {
            compareKeys(at, expected, actual, ABOUT_AN_ERROR, found);
        }
    }
}
