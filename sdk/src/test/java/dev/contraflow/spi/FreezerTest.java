package dev.contraflow.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Immutable;
import dev.contraflow.TypeRef;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FreezerTest {
    record Flat(String name, int count, Instant at) {}

    record Nested(Flat flat, Kind kind) {}

    enum Kind {
        ONE,
        TWO {
            @Override
            public String toString() {
                return "two";
            }
        }
    }

    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    record Drawing(Shape shape) {}

    record Holder(List<String> items) {}

    record Maybe(Optional<String> text) {}

    record WithArray(int[] numbers) {}

    record Anything(Object value) {}

    record Chain(String name, @Nullable Chain next) {}

    record Masked(List<String> items) {
        @Override
        public List<String> items() {
            return List.copyOf(items);
        }
    }

    @Immutable
    static final class Marked {}

    static class SneakyDecimal extends BigDecimal {
        private static final long serialVersionUID = 1L;

        SneakyDecimal() {
            super("1");
        }
    }

    static final class SneakyList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

    static List<Object> immutable() {
        return List.of(
                "text",
                1,
                2L,
                1.5,
                true,
                'c',
                new BigDecimal("1.50"),
                UUID.randomUUID(),
                Instant.now(),
                Kind.ONE,
                Kind.TWO,
                new Flat("a", 1, Instant.EPOCH),
                new Nested(new Flat("a", 1, Instant.EPOCH), Kind.TWO),
                new Drawing(new Circle(1)),
                new Holder(List.of("a")),
                new Maybe(Optional.of("x")),
                Optional.empty(),
                new Anything("text"),
                new Chain("a", new Chain("b", null)),
                new Marked());
    }

    @ParameterizedTest
    @MethodSource("immutable")
    void takesImmutableValuesAsTheyAre(Object value) {
        assertThat(Freezer.freeze(value, ANY)).isSameAs(value);
    }

    static List<Object> notVouchedFor() {
        return List.of(
                new int[] {1},
                new Date(),
                new StringBuilder(),
                new TreeMap<>(Map.of("a", 1)),
                new SneakyDecimal(),
                new SneakyList(),
                new WithArray(new int[] {1}),
                new Holder(new ArrayList<>(List.of("a"))),
                new Holder(Collections.unmodifiableList(new ArrayList<>(List.of("a")))),
                new Masked(new ArrayList<>(List.of("a"))),
                new Anything(new Date()),
                List.of(new Date()),
                Map.of("k", new StringBuilder()),
                new ArrayList<>(List.of("a", "b")).subList(0, 1),
                identitySet(),
                Collections.unmodifiableSet(identitySet()),
                Optional.of(new Date()));
    }

    /** Two equal elements, which only a set that compares by identity keeps apart. */
    private static Set<Object> identitySet() {
        Set<Object> set = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        set.add(new BigDecimal("1"));
        set.add(new BigDecimal("1"));
        return set;
    }

    @ParameterizedTest
    @MethodSource("notVouchedFor")
    void doesNotVouchForWhatMayChange(Object value) {
        assertThat(Freezer.freeze(value, ANY)).isNull();
    }

    @Test
    void copiesOrdinaryCollectionsIntoOneUnmodifiableClassEach() {
        List<List<?>> lists = List.of(
                new ArrayList<>(List.of("a", "b")),
                List.of("a", "b"),
                Arrays.asList("a", "b"),
                new java.util.LinkedList<>(List.of("a", "b")));
        for (List<?> list : lists) {
            Object frozen = Freezer.freeze(list, ANY);
            assertThat(frozen).isEqualTo(List.of("a", "b"));
            assertThat(frozen).hasSameClassAs(Collections.unmodifiableList(new ArrayList<>()));
        }
    }

    @Test
    void aLaterChangeOfTheOriginalDoesNotShow() {
        List<String> inner = new ArrayList<>(List.of("a"));
        Map<String, List<String>> original = new LinkedHashMap<>();
        original.put("z", inner);
        original.put("a", List.of());
        Object frozen = Freezer.freeze(original, ANY);
        inner.add("changed");
        original.clear();
        assertThat(frozen).isEqualTo(Map.of("z", List.of("a"), "a", List.of()));
        assertThat(((Map<?, ?>) java.util.Objects.requireNonNull(frozen))
                        .keySet()
                        .toArray())
                .containsExactly("z", "a");
        assertThatThrownBy(((Map<?, ?>) frozen)::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void keepsNullsAndTheOrderOfIteration() {
        Map<String, @Nullable String> map = new HashMap<>();
        map.put("k", null);
        assertThat(Freezer.freeze(map, ANY)).isEqualTo(map);
        Set<String> set = new LinkedHashSet<>(List.of("c", "a", "b"));
        assertThat(((Set<?>) java.util.Objects.requireNonNull(Freezer.freeze(set, ANY))).toArray())
                .containsExactly("c", "a", "b");
    }

    @Test
    void doesNotVouchForACopyThatTheDeclaredTypeCouldNotHold() {
        ArrayList<String> list = new ArrayList<>(List.of("a"));
        assertThat(Freezer.freeze(list, new TypeRef<ArrayList<String>>() {})).isNull();
        assertThat(Freezer.freeze(Map.of("k", list), new TypeRef<Map<String, ArrayList<String>>>() {}))
                .isNull();
        assertThat(Freezer.freeze(Map.of("k", list), new TypeRef<Map<String, List<String>>>() {}))
                .isNotNull();
        assertThat(Freezer.freeze(list, new TypeRef<Iterable<String>>() {})).isNotNull();
    }
}
