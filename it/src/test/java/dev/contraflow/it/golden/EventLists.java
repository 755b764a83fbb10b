package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Compares lists of events where the corpus leaves an order open, or keeps events apart that are one here. */
final class EventLists {
    private EventLists() {}

    /** Whether a list is an order that the expected one allows. */
    static boolean matches(JsonNode expected, List<String> actual) {
        List<String> left = new ArrayList<>(actual);
        for (JsonNode event : expected) {
            boolean fits = event.isTextual()
                    ? !left.isEmpty() && left.remove(0).equals(event.asText())
                    : takeParallel(event.path("parallel"), left);
            if (!fits) {
                return false;
            }
        }
        return left.isEmpty();
    }

    /** Chains that run side by side, each in its own order. */
    private static boolean takeParallel(JsonNode chains, List<String> left) {
        List<List<String>> open = new ArrayList<>();
        for (JsonNode chain : chains) {
            List<String> events = new ArrayList<>();
            chain.forEach(event -> events.add(event.asText()));
            open.add(events);
        }
        while (open.stream().anyMatch(chain -> !chain.isEmpty())) {
            if (left.isEmpty()) {
                return false;
            }
            String next = left.remove(0);
            if (open.stream()
                    .noneMatch(chain -> !chain.isEmpty() && chain.get(0).equals(next) && chain.remove(0) != null)) {
                return false;
            }
        }
        return true;
    }

    /** Without the events that are not kept, and without the second load of a dataset that a node reads twice: it is loaded once here. */
    static ArrayNode projected(JsonNode events, Predicate<String> kept) {
        ArrayNode projected = Golden.JSON.createArrayNode();
        Set<String> loaded = new HashSet<>();
        boolean skips = false;
        for (JsonNode event : events) {
            String text = event.asText();
            if (text.startsWith("before_node_run ") || text.startsWith("before_dataset_saved ")) {
                loaded.clear();
            }
            if (text.startsWith("before_dataset_loaded ")) {
                skips = !loaded.add(text);
            }
            boolean isOfALoad =
                    text.contains("_dataset_loaded ") || text.startsWith("load ") || text.startsWith("physical load ");
            if ((!isOfALoad || !skips) && (!event.isTextual() || kept.test(text))) {
                projected.add(event);
            }
        }
        return projected;
    }

    /** Interceptors are not called for a null that a node returned: there is no value to show. */
    static ArrayNode withoutSaveOfNull(ArrayNode events) {
        int last = events.size() - 1;
        if (last >= 0 && events.path(last).asText().startsWith("before_dataset_saved ")) {
            events.remove(last);
        }
        return events;
    }

    /** Without the releases at the end: Kedro's failed nodes release nothing, ours let go of what they have read. */
    static List<String> withoutLastReleases(List<String> events) {
        int end = events.size();
        while (end > 0
                && (events.get(end - 1).startsWith("release ")
                        || events.get(end - 1).startsWith("physical release "))) {
            end--;
        }
        return events.subList(0, end);
    }
}
