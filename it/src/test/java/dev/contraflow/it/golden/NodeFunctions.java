package dev.contraflow.it.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.contraflow.spi.NodeCall;
import dev.contraflow.spi.NodeInterceptor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the corpus' nodes: output i of node N is the text {@code N.i(v1,v2,..)} of its inputs, unless the case says how it
 * misbehaves. Learns the full names of the nodes as an interceptor, and notes their calls.
 */
final class NodeFunctions implements PipelineSpec.Behaviour, NodeInterceptor {
    private static final ObjectMapper SORTED =
            new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final int LONGEST = 80;

    /** What a case lets a node throw. */
    static final class Boom extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Boom(String message) {
            super(message);
        }
    }

    private final JsonNode behaviour;
    private final Recorder recorder;
    private final ThreadLocal<String> running = new ThreadLocal<>();
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    NodeFunctions(JsonNode behaviour, Recorder recorder) {
        this.behaviour = behaviour;
        this.recorder = recorder;
    }

    /** The nodes whose function was called, in order. */
    List<String> ran() {
        return ran;
    }

    @Override
    public int order() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Map<String, Object> beforeNode(NodeCall call) {
        running.set(call.node().name());
        return Map.of();
    }

    @Override
    public @Nullable Object call(JsonNode node, List<Object> inputs) throws Exception {
        String name = running.get();
        ran.add(name);
        recorder.note("call " + name);
        JsonNode own = behaviour.path(name);
        if (own.has("raise")) {
            throw new Boom(own.path("raise").asText());
        }
        return returned(
                node,
                values(name, node.path("outputs"), inputs),
                own.path("returns").asText(""));
    }

    private static List<@Nullable Object> values(String name, JsonNode outputs, List<Object> inputs) throws Exception {
        int count = outputs.isTextual() ? 1 : outputs.size();
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(text(name + "." + i, inputs));
        }
        return values;
    }

    private static String text(String head, List<Object> inputs) throws Exception {
        List<String> shown = new ArrayList<>();
        for (Object input : inputs) {
            shown.add(input instanceof String text ? text : SORTED.writeValueAsString(input));
        }
        String text = head + "(" + String.join(",", shown) + ")";
        if (text.length() <= LONGEST) {
            return text;
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return head + "#" + HexFormat.of().formatHex(digest).substring(0, 16);
    }

    private static @Nullable Object returned(JsonNode node, List<@Nullable Object> values, String how) {
        JsonNode outputs = node.path("outputs");
        if (how.startsWith("null_output:")) {
            values.set(Integer.parseInt(how.substring("null_output:".length())), null);
        }
        return switch (how) {
            case "null" -> null;
            case "scalar", "value" -> "a text";
            case "short" -> values.subList(0, values.size() - 1);
            case "long" -> {
                values.add("one more");
                yield values;
            }
            case "missing_key", "extra_key" -> {
                Map<String, @Nullable Object> map = byKey(outputs, values);
                if (how.equals("extra_key")) {
                    map.put("extra", "x");
                } else {
                    map.remove(map.keySet().iterator().next());
                }
                yield map;
            }
            default -> outputs.isTextual() ? values.get(0) : outputs.isObject() ? byKey(outputs, values) : values;
        };
    }

    private static Map<String, @Nullable Object> byKey(JsonNode outputs, List<@Nullable Object> values) {
        List<String> keys = outputs.properties().stream().map(Map.Entry::getKey).collect(Collectors.toList());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
        return map;
    }
}
