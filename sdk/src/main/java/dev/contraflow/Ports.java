package dev.contraflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The inputs or the outputs of a node, in the form in which they are written, which is part of what a node is. Immutable. */
record Ports(Node.Form form, List<String> keys, List<DatasetRef<?>> refs) {
    static final Ports NOTHING = new Ports(Node.Form.NOTHING, List.of(), List.of());

    static Ports each(List<DatasetRef<?>> refs) {
        return refs.isEmpty() ? NOTHING : new Ports(Node.Form.EACH, List.of(), List.copyOf(refs));
    }

    static <A> Ports list(List<DatasetRef<A>> refs) {
        return new Ports(Node.Form.LIST, List.of(), List.copyOf(refs));
    }

    static <A> Ports map(Map<String, DatasetRef<A>> refs) {
        return new Ports(Node.Form.MAP, List.copyOf(refs.keySet()), List.copyOf(refs.values()));
    }

    Ports renamed(UnaryOperator<DatasetRef<?>> name) {
        List<DatasetRef<?>> renamed = new ArrayList<>(refs.size());
        refs.forEach(ref -> renamed.add(name.apply(ref)));
        return new Ports(form, keys, List.copyOf(renamed));
    }

    /** What the function gets for loaded values: each by itself, or all in one unmodifiable list or map. */
    Object[] arguments(Object[] values) {
        return switch (form) {
            case NOTHING, EACH -> values;
            case LIST -> new Object[] {Collections.unmodifiableList(new ArrayList<>(Arrays.asList(values)))};
            case MAP -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = 0; i < values.length; i++) {
                    map.put(keys.get(i), values[i]);
                }
                yield new Object[] {Collections.unmodifiableMap(map)};
            }
        };
    }

    /** What identity goes by: the order of a map does not matter. */
    Object identity() {
        if (form != Node.Form.MAP) {
            return List.of(form, names());
        }
        Map<String, String> byKey = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            byKey.put(keys.get(i), refs.get(i).name());
        }
        return byKey;
    }

    List<String> names() {
        return refs.stream().map(DatasetRef::name).toList();
    }
}
