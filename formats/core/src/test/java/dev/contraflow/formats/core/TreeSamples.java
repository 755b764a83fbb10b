package dev.contraflow.formats.core;

import dev.contraflow.TypeRef;
import dev.contraflow.testkit.Samples;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What json and yaml hold alike. */
final class TreeSamples {
    private TreeSamples() {}

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "not my name";
            }
        }
    }

    record Numbers(
            byte b,
            short s,
            int i,
            long l,
            float f,
            double d,
            boolean flag,
            char c,
            @Nullable Byte boxedByte,
            @Nullable Short boxedShort,
            @Nullable Integer boxedInt,
            @Nullable Long boxedLong,
            @Nullable Float boxedFloat,
            @Nullable Double boxedDouble,
            @Nullable Boolean boxedFlag,
            @Nullable Character boxedChar,
            @Nullable BigDecimal decimal,
            @Nullable BigInteger whole) {}

    record Times(
            @Nullable Instant instant,
            @Nullable LocalDate date,
            @Nullable LocalTime time,
            @Nullable LocalDateTime dateTime,
            @Nullable OffsetTime offsetTime,
            @Nullable OffsetDateTime offsetDateTime,
            @Nullable ZonedDateTime zonedDateTime,
            @Nullable Duration duration,
            @Nullable Period period,
            @Nullable Year year,
            @Nullable YearMonth yearMonth,
            @Nullable MonthDay monthDay,
            @Nullable ZoneOffset offset,
            @Nullable ZoneId zone) {}

    record Node(String name, List<Node> children, Map<String, Node> byName) {}

    record Pair<A, B>(A left, B right) {}

    @SuppressWarnings("ArrayRecordComponent") // records with arrays are what is tested
    record Mixed(
            Pair<String, List<Integer>> pair,
            Optional<String> maybe,
            @Nullable Color color,
            Set<Color> colors,
            int[] ints,
            String @Nullable [][] grid,
            @Nullable UUID id,
            @Nullable URI uri,
            byte[] raw,
            List<Optional<Double>> holes,
            @Nullable Object any) {}

    static Mixed mixed(@Nullable Object any) {
        return new Mixed(
                new Pair<>("l", Collections.unmodifiableList(new ArrayList<>(List.of(1, 2)))),
                Optional.of(""),
                Color.GREEN,
                Collections.singleton(Color.GREEN),
                new int[] {3, -1},
                new String[][] {{"a"}, {}},
                new UUID(1, 2),
                URI.create("s3://b/k"),
                new byte[] {0, -1},
                List.of(Optional.empty(), Optional.of(-0.0)),
                any);
    }

    /** Its values may be null, which a test need not say everywhere. */
    @SuppressWarnings("NullAway")
    static Map<String, Object> ordered(@Nullable Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return map;
    }

    static List<Object> things(Object... things) {
        return List.of(things);
    }

    static List<@Nullable Object> cyclic() {
        List<@Nullable Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }

    static Object nested(int levels) {
        List<Object> list = List.of();
        for (int i = 1; i < levels; i++) {
            list = List.of(list);
        }
        return list;
    }

    /** Lists and maps come first: in both formats the rest is inside them. */
    static List<Samples<?>> shared() {
        return List.of(
                Samples.of(
                        TypeRef.of(Node.class),
                        new Node(
                                "",
                                List.of(new Node("a", List.of(), Map.of())),
                                Map.of("/~", new Node("\u0000\n", List.of(), Map.of())))),
                Samples.of(
                                TypeRef.of(Mixed.class),
                                mixed(null),
                                mixed(ordered(
                                        "a",
                                        things(1, 5_000_000_000L, BigInteger.TWO.pow(64), 0.1, true, "x"),
                                        "b",
                                        null,
                                        "c",
                                        Map.of())))
                        .refusing(
                                mixed(1L),
                                mixed(new BigDecimal("0.1")),
                                mixed(0.5f),
                                mixed(Set.of(1)),
                                mixed(new int[0]),
                                mixed(Map.of(1, 2)),
                                mixed(LocalDate.EPOCH),
                                mixed(cyclic()),
                                mixed("\ud800")),
                Samples.of(TypeRef.of(Times.class), times()),
                Samples.of(
                                new TypeRef<List<String>>() {},
                                List.of(),
                                List.of(""),
                                Arrays.asList("a", Bytes.nullValue()))
                        .refusing(List.of("a\udc00"), List.of("\ud800\ud800")),
                Samples.of(
                                new TypeRef<Map<String, Integer>>() {},
                                Map.of(),
                                Collections.singletonMap("", Bytes.nullValue()))
                        .refusing(Map.of("\ud800", 1)),
                Samples.of(new TypeRef<Set<Object>>() {}, Set.of(), Set.of("1"), Set.of(1)),
                Samples.of(
                                new TypeRef<List<BigDecimal>>() {},
                                List.of(
                                        new BigDecimal("1.00"),
                                        new BigDecimal("1E+3"),
                                        new BigDecimal("-0.0"),
                                        BigDecimal.valueOf(1, -1_000_000_000),
                                        BigDecimal.valueOf(1, 1_000_000_000)))
                        .refusing(List.of(BigDecimal.valueOf(1, Integer.MIN_VALUE))),
                Samples.of(
                        new TypeRef<List<ZonedDateTime>[]>() {},
                        arrayOf(List.of(
                                ZonedDateTime.of(LocalDateTime.of(2020, 10, 25, 2, 30), ZoneId.of("Europe/Paris"))))),
                Samples.of(TypeRef.of(Object.class), List.of(), Map.of(), nested(Codec.DEEPEST))
                        .refusing(nested(Codec.DEEPEST + 1)),
                Samples.of(TypeRef.of(Color[].class), new Color[0], new Color[] {Color.RED}),
                Samples.of(
                        new TypeRef<Pair<Pair<Integer, String>, Set<Long>>>() {},
                        new Pair<>(new Pair<>(1, Bytes.nullValue()), Set.of(2L))));
    }

    private static Times times() {
        return new Times(
                Instant.MAX,
                LocalDate.MIN,
                LocalTime.of(1, 2),
                LocalDateTime.MAX,
                OffsetTime.MIN,
                OffsetDateTime.MAX,
                ZonedDateTime.of(LocalDate.EPOCH, LocalTime.NOON, ZoneId.of("UTC")),
                Duration.ofMillis(-500),
                Period.of(1, -2, 3),
                Year.of(12_345),
                YearMonth.of(2024, 2),
                MonthDay.of(2, 29),
                ZoneOffset.ofHoursMinutesSeconds(1, 2, 3),
                ZoneOffset.UTC);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the very array is wanted
    private static <T> T[] arrayOf(T... values) {
        return values;
    }

    static List<TypeRef<?>> unsupported() {
        return List.of(
                TypeRef.of(Thread.class),
                TypeRef.of(List.class),
                new TypeRef<List<?>>() {},
                new TypeRef<List<? extends String>>() {},
                new TypeRef<Map<Integer, String>>() {},
                new TypeRef<java.util.Iterator<String>>() {},
                new TypeRef<ArrayList<String>>() {},
                new TypeRef<java.util.Collection<String>>() {},
                new TypeRef<Optional<Optional<String>>>() {},
                new TypeRef<Set<byte[]>>() {},
                new TypeRef<Pair<String, Thread>>() {},
                TypeRef.of(Pair.class),
                TypeRef.of(Endless.class),
                TypeRef.of(java.util.Date.class),
                TypeRef.of(Number.class),
                TypeRef.of(Comparable.class));
    }

    record Endless(Grow<Integer> grow) {}

    record Grow<T>(@Nullable Grow<List<T>> more) {}
}
