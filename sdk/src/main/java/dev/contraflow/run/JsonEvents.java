package dev.contraflow.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.internal.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes every event as one line of JSON, at once, so that the lines of a run that is under way, or has crashed, can be read:
 * {@code {"event": "DatasetDurable", "run": "2026-..", "at": "2026-..", "dataset": "model", "took": 0.25, ..}}. The other keys are the components
 * of the event's record; durations are seconds, moments and all else that is no number, list or map are texts, and what is unknown is missing. One
 * object writes the events of one run after the other, not of several at once. After a failed write nothing more is written: the failure is logged
 * once, and the run goes on. The caller closes it after the run.
 */
public final class JsonEvents implements RunListener, Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OutputStream out;
    private String run = "";
    private boolean isBroken;

    private JsonEvents(OutputStream out) {
        this.out = Objects.requireNonNull(out, "out is null");
    }

    /**
     * Writes to a stream.
     *
     * @param out gets UTF-8, and is flushed after each line; {@link #close} closes it
     * @return the listener
     */
    public static JsonEvents to(OutputStream out) {
        return new JsonEvents(out);
    }

    /**
     * Writes to the end of a file.
     *
     * @param file the file; made if it is not there, with its folder
     * @return the listener
     * @throws IOException if it cannot be opened
     */
    public static JsonEvents appendingTo(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        return new JsonEvents(Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    @Override
    public synchronized void onEvent(RunEvent event) {
        if (isBroken) {
            return;
        }
        if (event instanceof RunEvent.CatalogCreated created) {
            run = created.runId().value();
        }
        ObjectNode line = JSON.createObjectNode()
                .put("event", event.getClass().getSimpleName())
                .put("run", run);
        line.setAll(components(event));
        line.remove("runId"); // it is 'run'
        try {
            out.write((JSON.writeValueAsString(line) + "\n")
                    .getBytes(StandardCharsets.UTF_8)); // at once: lines stay whole
            out.flush();
        } catch (IOException e) {
            isBroken = true;
            throw new UncheckedIOException("Events are not written any more: " + Reason.of(e) + ".", e);
        }
    }

    private static ObjectNode components(Object event) {
        ObjectNode object = JSON.createObjectNode();
        RecordComponent[] components = event.getClass().getRecordComponents();
        if (components == null) { // an event of somebody else's, which is no record
            return object.put("text", event.toString());
        }
        for (RecordComponent component : components) {
            JsonNode value = json(read(component, event));
            if (value != null) {
                object.set(component.getName(), value);
            }
        }
        return object;
    }

    private static @Nullable Object read(RecordComponent component, Object event) {
        try {
            return component.getAccessor().invoke(event);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the accessors of " + event.getClass() + " cannot be called", e);
        }
    }

    private static @Nullable JsonNode json(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof Number || value instanceof Boolean) {
            return JSON.valueToTree(value);
        }
        if (value instanceof Duration duration) {
            return JSON.getNodeFactory().numberNode(duration.toNanos() / 1e9);
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = JSON.createObjectNode();
            map.forEach((key, inner) -> object.set(String.valueOf(key), json(inner)));
            return object;
        }
        if (value instanceof Iterable<?> items && !(value instanceof Path)) {
            ArrayNode array = JSON.createArrayNode();
            items.forEach(item -> array.add(json(item)));
            return array;
        }
        return value instanceof dev.contraflow.io.Stored
                ? components(value)
                : JSON.getNodeFactory().textNode(value.toString());
    }

    /**
     * Closes the stream or file.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
