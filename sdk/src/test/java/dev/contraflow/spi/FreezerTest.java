package dev.contraflow.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Immutable;
import dev.contraflow.Rows;
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

    record Tree(@Nullable Tree child, List<String> items) {}

    record ItemsFirst(List<String> items, @Nullable ItemsFirst child) {}

    record Left(@Nullable Right right) {}

    record Right(@Nullable Left left, List<String> items) {}

    record Branches(List<Branches> children, List<String> items) {}

    sealed interface Expression permits Leaf, Sum, Empty {}

    record Leaf(List<String> items) implements Expression {}

    record Sum(Expression one, Expression two) implements Expression {}

    enum Empty implements Expression {
        NOTHING
    }

    sealed interface Formula permits Constant, Product {}

    record Constant(int number) implements Formula {}

    record Product(Formula one, Formula two, @Nullable Ring ring) implements Formula {}

    record Ring(@Nullable Formula formula) {}

    record Box<T>(T content, @Nullable Box<T> next) {}

    record Bounded<T extends Formula>(T content, @Nullable Bounded<T> next) {}

    record ArrayBelow(@Nullable ArrayBelow child, int @Nullable [] numbers) {}

    record LazyRows(@Nullable LazyRows child, @Nullable Rows<String> rows) {}

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
                new Tree(new Tree(null, List.of("a")), List.of("b")),
                new Left(new Right(new Left(null), List.of("a"))),
                new Branches(List.of(new Branches(List.of(), List.of("a"))), List.of()),
                new Sum(new Leaf(List.of("a")), Empty.NOTHING),
                new Product(new Constant(1), new Product(new Constant(2), new Constant(3), null), new Ring(null)),
                new Box<>("a", new Box<>("b", null)),
                new Bounded<>(new Constant(1), new Bounded<>(new Constant(2), null)),
                new LazyRows(new LazyRows(null, null), null),
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
                new Tree(new Tree(null, changeable()), List.of("b")),
                new Tree(new Tree(new Tree(null, changeable()), List.of()), List.of("b")),
                new ItemsFirst(List.of("b"), new ItemsFirst(changeable(), null)),
                new Left(new Right(null, changeable())),
                new Left(new Right(new Left(new Right(null, changeable())), List.of())),
                new Right(new Left(new Right(null, changeable())), List.of()),
                new Branches(List.of(new Branches(List.of(), changeable())), List.of()),
                new Branches(new ArrayList<>(), List.of()),
                new Sum(Empty.NOTHING, new Sum(Empty.NOTHING, new Leaf(changeable()))),
                new Box<Object>("a", new Box<Object>(new Date(), null)),
                new Box<Object>("a", new Box<Object>(new Box<Object>(changeable(), null), null)),
                new ArrayBelow(new ArrayBelow(null, new int[] {1}), null),
                listOfItself(),
                List.of(new Date()),
                Map.of("k", new StringBuilder()),
                new ArrayList<>(List.of("a", "b")).subList(0, 1),
                identitySet(),
                Collections.unmodifiableSet(identitySet()),
                Optional.of(new Date()));
    }

    private static List<String> changeable() {
        return new ArrayList<>(List.of("a"));
    }

    private static List<Object> listOfItself() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        list.add(list);
        return list;
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

    /** Whichever of the types that hold each other is judged first. */
    @Test
    void judgesEachTypeOfACircleByItself() {
        record Inner(@Nullable Object outer, List<String> items) {}
        record Outer(@Nullable Inner inner, @Nullable Outer outer) {}
        Inner inner = new Inner(null, changeable());
        assertThat(Freezer.freeze(new Outer(null, new Outer(inner, null)), ANY)).isNull();
        assertThat(Freezer.freeze(inner, ANY)).isNull();
        assertThat(Freezer.freeze(new Outer(null, new Outer(null, null)), ANY)).isNotNull();
    }

    @Test
    void aLaterChangeFarDownInAListOfTreesDoesNotShow() {
        List<Tree> trees = new ArrayList<>(List.of(new Tree(new Tree(null, List.of("a")), List.of())));
        Object frozen = Freezer.freeze(trees, new TypeRef<List<Tree>>() {});
        trees.clear();
        assertThat(frozen).isEqualTo(List.of(new Tree(new Tree(null, List.of("a")), List.of())));
        trees.add(new Tree(new Tree(null, changeable()), List.of()));
        assertThat(Freezer.freeze(trees, new TypeRef<List<Tree>>() {})).isNull();
    }

    /** A chain of 100,000 records: immutable by declaration it is not looked into, else looking into it is given up. */
    @Test
    void aChainOfAnyLengthNeedsNoStack() {
        Chain declared = new Chain("end", null);
        Tree lookedInto = new Tree(null, List.of());
        List<Object> lists = List.of();
        for (int i = 0; i < 100_000; i++) {
            declared = new Chain("link", declared);
            lookedInto = new Tree(lookedInto, List.of());
            lists = List.of(lists);
        }
        assertThat(Freezer.freeze(declared, ANY) == declared).isTrue(); // neither can be shown: toString needs a stack
        assertThat(Freezer.freeze(lookedInto, ANY) == null).isTrue();
        assertThat(Freezer.freeze(lists, ANY) == null).isTrue();
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
