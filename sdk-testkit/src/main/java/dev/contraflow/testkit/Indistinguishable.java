package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a value with what came back from its bytes, more strictly than {@code equals}: by class (an Integer is no Long), in order (of sets
 * and maps too), array by array, component by component of records. Collections that came back must be of the canonical classes: unmodifiable
 * views that keep the order. {@link Rows} are read to their end, and compared row by row. So the records of samples must keep the collections that their constructors get. Stateless and thread-safe.
 */
public final class Indistinguishable {
    private static final Class<?> LIST =
            Collections.unmodifiableList(new ArrayList<>()).getClass();
    private static final Class<?> SET =
            Collections.unmodifiableSet(new LinkedHashSet<>()).getClass();
    private static final Class<?> MAP =
            Collections.unmodifiableMap(new LinkedHashMap<>()).getClass();

    private Indistinguishable() {}

    /**
     * Fails if a value that was decoded can be told from the value that was encoded.
     *
     * @param decoded what came back
     * @param original what was encoded
     * @throws AssertionError if they differ, naming the place
     */
    public static void assertIndistinguishable(@Nullable Object decoded, @Nullable Object original) {
        compare(decoded, original, "the value");
    }

    private static void compare(@Nullable Object decoded, @Nullable Object original, String place) {
        if (original == null || decoded == null) {
            assertThat(decoded).as(place).isEqualTo(original);
        } else if (original instanceof Rows<?> rows) {
            assertThat(decoded).as("class of " + place).isInstanceOf(Rows.class);
            compareElements(elementsOf((Rows<?>) decoded), elementsOf(rows), place);
        } else if (original instanceof List<?> list) {
            assertThat(decoded.getClass()).as("class of " + place).isEqualTo(LIST);
            compareElements((List<?>) decoded, list, place);
        } else if (original instanceof Set<?> set) {
            assertThat(decoded.getClass()).as("class of " + place).isEqualTo(SET);
            compareElements((Set<?>) decoded, set, place);
        } else if (original instanceof Map<?, ?> map) {
            assertThat(decoded.getClass()).as("class of " + place).isEqualTo(MAP);
            compareElements(((Map<?, ?>) decoded).keySet(), map.keySet(), "keys of " + place);
            compareElements(((Map<?, ?>) decoded).values(), map.values(), "values of " + place);
        } else {
            compareSingle(decoded, original, place);
        }
    }

    private static void compareSingle(Object decoded, Object original, String place) {
        assertThat(decoded.getClass()).as("class of " + place).isEqualTo(original.getClass());
        if (original instanceof Optional<?> optional) {
            compare(((Optional<?>) decoded).orElse(null), optional.orElse(null), "content of " + place);
        } else if (original.getClass().isArray()) {
            compareElements(elementsOf(decoded), elementsOf(original), place);
        } else if (original instanceof Record) {
            compareRecords(decoded, original, place);
        } else {
            assertThat(decoded).as(place).isEqualTo(original);
        }
    }

    private static void compareElements(Collection<?> decoded, Collection<?> original, String place) {
        List<?> left = new ArrayList<>(decoded);
        List<?> right = new ArrayList<>(original);
        assertThat(left).as("size of " + place).hasSameSizeAs(right);
        for (int i = 0; i < left.size(); i++) {
            compare(left.get(i), right.get(i), "element " + i + " of " + place);
        }
    }

    private static List<@Nullable Object> elementsOf(Object array) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(Array.get(array, i));
        }
        return elements;
    }

    private static List<?> elementsOf(Rows<?> rows) {
        try {
            return rows.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compareRecords(Object decoded, Object original, String place) {
        for (RecordComponent component : original.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                compare(
                        component.getAccessor().invoke(decoded),
                        component.getAccessor().invoke(original),
                        component.getName() + " of " + place);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("cannot look into " + original.getClass(), e);
            }
        }
    }
}
