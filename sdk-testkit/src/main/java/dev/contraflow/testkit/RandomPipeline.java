package dev.contraflow.testkit;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A random pipeline made from a seed, for differential tests: every I/O manager and runner must store the same bytes and hand every node the
 * same values. Its nodes write down what they receive (classes, order, content, whether it can be changed), then damage it; and every node
 * damages what the nodes that it descends from have returned and still hold. What a node writes depends on all that it read, so that a wrong
 * value shows in everything after it. Some datasets are written in one view and read in another. The same seed gives the same pipeline. Use
 * one instance for one run. Nodes may run on several threads.
 */
public final class RandomPipeline {
    /** A flat, immutable row. */
    public record Row(String name, int count, double ratio) {}

    /** A value that nobody can vouch for: it holds an array and a list that may change. */
    @SuppressWarnings("ArrayRecordComponent") // a value that can be damaged is what it is for
    public record Bag(int[] numbers, List<String> names) {}

    /** Rows of a list that is damaged later: they must have been read by then. */
    private record Live<T>(List<T> list) implements Rows<T> {
        @Override
        public Cursor<T> open() throws IOException {
            return Rows.<T>of(list).open();
        }
    }

    private record Kind<T>(String typeId, TypeRef<T> type, Maker<T> maker) {}

    private interface Maker<T> {
        T make(SplittableRandom random);
    }

    private static final List<Kind<?>> KINDS = List.of(
            new Kind<>("text", TypeRef.of(String.class), RandomPipeline::text),
            new Kind<>("bytes", TypeRef.of(byte[].class), RandomPipeline::bytes),
            new Kind<>("csv", new TypeRef<List<Row>>() {}, RandomPipeline::rows),
            new Kind<>("json", TypeRef.of(Bag.class), RandomPipeline::bag),
            new Kind<>("json", new TypeRef<Map<String, List<Integer>>>() {}, RandomPipeline::map),
            new Kind<>("jsonl", new TypeRef<List<Row>>() {}, RandomPipeline::rows),
            new Kind<>("partitioned", new TypeRef<Map<String, List<Row>>>() {}, RandomPipeline::partitions),
            new Kind<>("memory", new TypeRef<List<String>>() {}, RandomPipeline::names),
            new Kind<>("csv", new TypeRef<Rows<Row>>() {}, random -> new Live<>(rows(random))),
            new Kind<>("jsonl", new TypeRef<Rows<Bag>>() {}, random -> new Live<>(bags(random))),
            new Kind<>("text", new TypeRef<Rows<String>>() {}, random -> new Live<>(names(random))),
            new Kind<>(
                    "bytes",
                    new TypeRef<Rows<byte[]>>() {},
                    random -> new Live<>(new ArrayList<>(List.of(bytes(random), bytes(random))))),
            new Kind<>("memory", new TypeRef<Rows<String>>() {}, random -> new Live<>(names(random))));

    /** What the bytes of a dataset of any format can be read as. */
    private static final List<Kind<?>> OTHER_VIEWS = List.of(
            new Kind<>("text", TypeRef.of(String.class), RandomPipeline::text),
            new Kind<>("bytes", TypeRef.of(byte[].class), RandomPipeline::bytes),
            new Kind<>("text", new TypeRef<Rows<String>>() {}, random -> new Live<>(names(random))));

    private static final String ALPHABET = "ab,;\"' \n\r\u00e9\u4e2d0x";

    private final long seed;
    private final Map<String, Kind<?>> kinds = new LinkedHashMap<>();
    private final Map<String, DatasetRef<?>> refs = new LinkedHashMap<>();
    private final Map<String, String> received = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> ancestors = new HashMap<>(); // of each node
    private final Map<String, List<Object>> returned = new ConcurrentHashMap<>(); // by node
    private final Pipeline pipeline;

    /** @param seed which pipeline */
    public RandomPipeline(long seed) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        List<Node> nodes = new ArrayList<>();
        List<DatasetRef<Object>> available = new ArrayList<>();
        Map<DatasetRef<?>, String> writers = new HashMap<>();
        int count = 2 + random.nextInt(9);
        for (int i = 0; i < count; i++) {
            String name = "n" + i;
            List<DatasetRef<Object>> inputs = new ArrayList<>();
            Set<String> above = new HashSet<>();
            int reads = available.isEmpty() ? 0 : random.nextInt(4);
            for (int r = 0; r < reads; r++) {
                DatasetRef<Object> input = available.get(random.nextInt(available.size()));
                inputs.add(input);
                String writer = Objects.requireNonNull(writers.get(input));
                above.add(writer);
                above.addAll(Objects.requireNonNull(ancestors.get(writer)));
            }
            ancestors.put(name, above);
            List<DatasetRef<Object>> outputs = new ArrayList<>();
            int writes = 1 + random.nextInt(3);
            for (int w = 0; w < writes; w++) {
                List<DatasetRef<Object>> views = newDataset("d" + i + "_" + w, random);
                outputs.add(views.get(0));
                available.addAll(views);
                views.forEach(view -> writers.put(view, name));
            }
            nodes.add(node(name, inputs, outputs));
        }
        this.pipeline = Pipeline.of(nodes);
    }

    /** @return the pipeline; it has no inputs */
    public Pipeline pipeline() {
        return pipeline;
    }

    /**
     * Its datasets by full name: those whose type id is not {@code memory} are to be stored in that format, and the views of one dataset
     * ({@code d1_0@w}, {@code d1_0@r}) at one place; {@code partitioned} ones as CSV.
     *
     * @return the refs
     */
    public Map<String, DatasetRef<?>> refs() {
        return refs;
    }

    /**
     * @param dataset the name of a dataset
     * @return the id of its format, {@code partitioned}, or {@code memory}
     */
    public String typeId(String dataset) {
        return Objects.requireNonNull(kinds.get(dataset), dataset).typeId();
    }

    /** @return for each node that ran what it received, by its name; complete when the run is over */
    public Map<String, String> received() {
        return new TreeMap<>(received);
    }

    /** The view in which a dataset is written, and sometimes another one. */
    private List<DatasetRef<Object>> newDataset(String name, SplittableRandom random) {
        Kind<?> kind = KINDS.get(random.nextInt(KINDS.size()));
        boolean hasOneView = Set.of("memory", "bytes", "partitioned").contains(kind.typeId());
        if (hasOneView || random.nextInt(4) > 0) {
            return List.of(newRef(name, kind));
        }
        Kind<?> other = OTHER_VIEWS.get(random.nextInt(OTHER_VIEWS.size()));
        return List.of(newRef(name + "@w", kind), newRef(name + "@r", other));
    }

    @SuppressWarnings("unchecked") // nodes of this pipeline treat all values alike
    private DatasetRef<Object> newRef(String name, Kind<?> kind) {
        kinds.put(name, kind);
        DatasetRef<Object> ref = (DatasetRef<Object>) (DatasetRef<?>) DatasetRef.of(name, kind.type());
        refs.put(name, ref);
        return ref;
    }

    private Node node(String name, List<DatasetRef<Object>> inputs, List<DatasetRef<Object>> outputs) {
        return switch (inputs.size()) {
            case 0 -> Node.named(name).readsNothing().writesList(outputs).by(() -> run(name, outputs));
            case 1 -> Node.named(name).reads(inputs.get(0)).writesList(outputs).by(a -> run(name, outputs, a));
            case 2 ->
                Node.named(name)
                        .reads(inputs.get(0), inputs.get(1))
                        .writesList(outputs)
                        .by((a, b) -> run(name, outputs, a, b));
            default ->
                Node.named(name)
                        .reads(inputs.get(0), inputs.get(1), inputs.get(2))
                        .writesList(outputs)
                        .by((a, b, c) -> run(name, outputs, a, b, c));
        };
    }

    private List<Object> run(String name, List<DatasetRef<Object>> outputs, Object... inputs) {
        StringBuilder seen = new StringBuilder();
        for (Object input : inputs) {
            describe(input, seen);
            seen.append('\n');
        }
        received.put(name, seen.toString());
        damageWhatWasReturned(name);
        Arrays.stream(inputs).forEach(RandomPipeline::damage);
        CRC32 crc = new CRC32();
        crc.update((name + seen).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        SplittableRandom random = new SplittableRandom(seed ^ crc.getValue());
        List<Object> values = new ArrayList<>();
        for (DatasetRef<Object> output : outputs) {
            values.add(Objects.requireNonNull(kinds.get(output.name())).maker().make(random));
        }
        if (values.size() > 1 && outputs.get(0).type().equals(outputs.get(1).type())) {
            values.set(1, values.get(0)); // one object under two names
        }
        returned.put(name, List.copyOf(values));
        values.replaceAll(value -> value instanceof Rows<?> rows ? needingInputs(rows, inputs) : value);
        return values;
    }

    /** Rows that can be read only while the rows that the node has read are open. */
    private static Rows<?> needingInputs(Rows<?> rows, Object[] inputs) {
        return Rows.from(() -> {
            for (Object input : inputs) {
                if (input instanceof Rows<?> needed) {
                    needed.count();
                }
            }
            return rows.stream();
        });
    }

    /** Of a node that may still be about to return nothing is damaged: that would be the node's own mistake. */
    private void damageWhatWasReturned(String by) {
        synchronized (returned) { // two nodes may descend from one
            for (String above : Objects.requireNonNull(ancestors.get(by))) {
                returned.getOrDefault(above, List.of()).forEach(RandomPipeline::damage);
            }
        }
    }

    /** Writes down classes, content and order, and whether a collection can be changed. */
    private static void describe(@Nullable Object value, StringBuilder into) {
        if (value == null) {
            into.append("null");
            return;
        }
        into.append(value.getClass().getName()).append(':');
        if (value instanceof Rows<?> rows) {
            listOf(rows).forEach(row -> {
                describe(row, into);
                into.append(';');
            });
        } else if (value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                into.append(Array.get(value, i)).append(',');
            }
        } else if (value instanceof Map<?, ?> map) {
            into.append(canBeCleared(map::clear) ? "mutable{" : "{");
            map.forEach((key, entry) -> {
                describe(key, into);
                into.append('=');
                describe(entry, into);
                into.append(';');
            });
            into.append('}');
        } else if (value instanceof Collection<?> collection) {
            into.append(canBeCleared(() -> collection.removeIf(e -> false)) ? "mutable[" : "[");
            collection.forEach(element -> {
                describe(element, into);
                into.append(';');
            });
            into.append(']');
        } else if (value.getClass().isRecord()) {
            components(value).forEach(component -> {
                describe(component, into);
                into.append('|');
            });
        } else {
            into.append(value);
        }
    }

    private static List<?> listOf(Rows<?> rows) {
        try {
            return rows.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean canBeCleared(Runnable attempt) {
        try {
            attempt.run();
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    private static List<Object> components(Object value) {
        List<Object> components = new ArrayList<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                components.add(component.getAccessor().invoke(value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return components;
    }

    /** Changes everything in a value that can be changed. */
    private static void damage(Object value) {
        if (value instanceof byte[] bytes) {
            Arrays.fill(bytes, (byte) '!');
        } else if (value instanceof int[] numbers) {
            Arrays.fill(numbers, -1);
        } else if (value instanceof Live<?> live) {
            damage(live.list());
        } else if (value instanceof Rows<?> rows) {
            listOf(rows).forEach(RandomPipeline::damage);
        } else if (value.getClass().isRecord()) {
            components(value).forEach(RandomPipeline::damage);
        } else if (value instanceof Collection<?> collection) {
            collection.forEach(RandomPipeline::damage);
            canBeCleared(collection::clear);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(RandomPipeline::damage);
            canBeCleared(map::clear);
        }
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(random.nextInt(10) == 0 ? 20_000 : 60);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 100_000 : 200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<Row> rows(SplittableRandom random) {
        List<Row> rows = new ArrayList<>();
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            rows.add(new Row(text(random), random.nextInt(), random.nextDouble() * 1e6));
        }
        return rows;
    }

    private static Bag bag(SplittableRandom random) {
        return new Bag(random.ints(random.nextInt(20)).toArray(), names(random));
    }

    private static Map<String, List<Integer>> map(SplittableRandom random) {
        Map<String, List<Integer>> map = new HashMap<>();
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            map.put("key" + random.nextInt(100), new ArrayList<>(List.of(i, random.nextInt())));
        }
        return map;
    }

    /** Ids in folders too, in no order; two maps share some of them. */
    private static Map<String, List<Row>> partitions(SplittableRandom random) {
        Map<String, List<Row>> partitions = new HashMap<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            partitions.put((random.nextBoolean() ? "" : "day=1/") + "p" + random.nextInt(8), rows(random));
        }
        return partitions;
    }

    private static List<Bag> bags(SplittableRandom random) {
        List<Bag> bags = new ArrayList<>();
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            bags.add(bag(random));
        }
        return bags;
    }

    private static List<String> names(SplittableRandom random) {
        List<String> names = new ArrayList<>();
        int count = random.nextInt(10);
        for (int i = 0; i < count; i++) {
            names.add("name" + random.nextInt(1000));
        }
        return names;
    }
}
