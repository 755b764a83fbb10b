package dev.contraflow.testkit;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
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
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Random values of a type that formats are likely to get wrong: texts that look like numbers, dates or syntax, control characters, line ends,
 * halves of surrogate pairs; the ends of all ranges; nulls; empty collections. The same seed gives the same values. Not thread-safe.
 *
 * <p>It knows records (also generic ones), List, Rows, Set, Map with text keys, Optional, arrays, Object (trees), texts, numbers, booleans, enums,
 * java.time, UUID and URI. Values that most formats must refuse are among them, but rare.
 */
public final class HostileValues {
    private static final int DEEPEST_TREE = 3;
    private static final int RARE = 60;

    private static final List<String> FRAGMENTS = List.of(
            "",
            " ",
            "  ",
            "\n",
            "\r",
            "\r\n",
            "\t",
            "\u0000",
            "\u0001",
            "\u001b",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\uffff",
            "\ufffe",
            "\ue000",
            ",",
            ";",
            "|",
            ":",
            ": ",
            " #",
            "#",
            "\"",
            "\"\"",
            "'",
            "\\",
            "\\n",
            "/",
            "~",
            "null",
            "Null",
            "NULL",
            "None",
            "NA",
            "NaN",
            ".nan",
            "inf",
            "-inf",
            ".inf",
            "Infinity",
            "true",
            "True",
            "false",
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "0",
            "-0",
            "1",
            "-1",
            "1.0",
            "1e3",
            "1E400",
            "010",
            "0o17",
            "0x1F",
            "0b1",
            "1_000",
            "12:30",
            "1:2:3",
            ".5",
            "5.",
            "+1",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            "-",
            "- a",
            "--",
            "---",
            "...",
            "?",
            "? a",
            "@",
            "`",
            "%",
            "&a",
            "*a",
            "!t",
            "!!str",
            ">",
            "[",
            "]",
            "{",
            "}",
            "[]",
            "{}",
            "<<",
            "=",
            "${x}",
            "a",
            "b c",
            "\u00e9",
            "e\u0301",
            "\u6f22",
            "\ud83d\ude00",
            "\u0661",
            "word ".repeat(40),
            "x".repeat(300));

    private final Random random;

    /** @param seed where the values come from; print it when a test fails */
    public HostileValues(long seed) {
        this.random = new Random(seed);
    }

    /**
     * A random value.
     *
     * @param type its type
     * @return the value, never null
     * @throws IllegalArgumentException if values of the type are not known here
     */
    public Object next(Type type) {
        return next(type, Map.of(), 0);
    }

    private @Nullable Object nextOrNull(Type type, Map<TypeVariable<?>, Type> variables, int depth) {
        boolean nullable = !(type instanceof Class<?> c && c.isPrimitive()) && !(rawOf(type) == Optional.class);
        return nullable && random.nextInt(RARE / 6) == 0 ? null : next(type, variables, depth + 1);
    }

    private Object next(Type type, Map<TypeVariable<?>, Type> variables, int depth) {
        if (type instanceof TypeVariable<?> variable) {
            Type known = variables.get(variable);
            if (known == null) {
                throw unknown(type);
            }
            return next(known, Map.of(), depth);
        }
        if (type instanceof GenericArrayType array) {
            return array(array.getGenericComponentType(), variables, depth);
        }
        if (type instanceof ParameterizedType generic) {
            return generic(generic, variables, depth);
        }
        return ofClass((Class<?>) type, depth);
    }

    private Object generic(ParameterizedType type, Map<TypeVariable<?>, Type> variables, int depth) {
        Type[] arguments = type.getActualTypeArguments();
        Type last = arguments[arguments.length - 1];
        if (type.getRawType() == List.class) {
            return list(last, variables, depth);
        }
        if (type.getRawType() == Rows.class) {
            return Rows.of(list(last, variables, depth));
        }
        if (type.getRawType() == Set.class) {
            return new LinkedHashSet<>(list(last, variables, depth));
        }
        if (type.getRawType() == Map.class) {
            return map(keys(), last, variables, depth);
        }
        if (type.getRawType() == Optional.class) {
            return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(next(last, variables, depth + 1));
        }
        Class<?> raw = (Class<?>) type.getRawType();
        if (raw.isRecord()) {
            Map<TypeVariable<?>, Type> own = new LinkedHashMap<>();
            for (int i = 0; i < arguments.length; i++) {
                own.put(
                        raw.getTypeParameters()[i],
                        arguments[i] instanceof TypeVariable<?> v ? variables.getOrDefault(v, v) : arguments[i]);
            }
            return record(raw, own, depth);
        }
        throw unknown(type);
    }

    /** Maps in a list mostly have the same keys, as the rows of a table. */
    private List<@Nullable Object> list(Type element, Map<TypeVariable<?>, Type> variables, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        List<String> columns = rawOf(element) == Map.class && random.nextInt(RARE / 6) != 0 ? keys() : null;
        int size = depth > DEEPEST_TREE ? 0 : random.nextInt(5);
        for (int i = 0; i < size; i++) {
            if (columns != null && element instanceof ParameterizedType map) {
                list.add(map(columns, map.getActualTypeArguments()[1], variables, depth + 1));
            } else {
                boolean row = depth == 0 && random.nextInt(RARE / 6) != 0;
                list.add(row ? next(element, variables, depth + 1) : nextOrNull(element, variables, depth));
            }
        }
        return list;
    }

    private List<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            keys.add(text());
        }
        return new ArrayList<>(keys);
    }

    private Map<String, @Nullable Object> map(
            List<String> keys, Type value, Map<TypeVariable<?>, Type> variables, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String key : depth > DEEPEST_TREE ? List.<String>of() : keys) {
            map.put(key, nextOrNull(value, variables, depth));
        }
        return map;
    }

    private Object array(Type component, Map<TypeVariable<?>, Type> variables, int depth) {
        int length = depth > DEEPEST_TREE ? 0 : random.nextInt(4);
        Object array = Array.newInstance(rawOf(component), length);
        for (int i = 0; i < length; i++) {
            Array.set(array, i, nextOrNull(component, variables, depth));
        }
        return array;
    }

    private Object record(Class<?> type, Map<TypeVariable<?>, Type> variables, int depth) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = nextOrNull(components[i].getGenericType(), variables, depth);
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("Cannot make a random " + type.getName(), e);
        }
    }

    private Object ofClass(Class<?> type, int depth) {
        if (type.isRecord()) {
            return record(type, Map.of(), depth);
        }
        if (type.isArray()) {
            return array(type.getComponentType(), Map.of(), depth);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        }
        if (type == Object.class) {
            return tree(depth);
        }
        return scalar(type);
    }

    /** A number of a class that does not come back is rare, so that most trees can be held. */
    private Object tree(int depth) {
        return switch (random.nextInt(depth > DEEPEST_TREE ? 6 : 8)) {
            case 0, 1 -> text();
            case 2 -> random.nextBoolean();
            case 3 -> number().intValue();
            case 4 -> random.nextInt(3) == 0 ? number().longValue() | 1L << 40 : finite();
            case 5 ->
                random.nextInt(RARE / 4) == 0
                        ? scalar(random.nextBoolean() ? BigDecimal.class : Long.class)
                        : BigInteger.ONE.shiftLeft(64 + random.nextInt(64));
            case 6 -> list(Object.class, Map.of(), depth + 1);
            default -> map(keys(), Object.class, Map.of(), depth + 1);
        };
    }

    private double finite() {
        double number = Double.longBitsToDouble(random.nextLong());
        return random.nextInt(4) == 0 || !Double.isFinite(number) ? random.nextInt(5) / 2.0 * -1 : number;
    }

    private Object scalar(Class<?> type) {
        return switch (type.getName()) {
            case "java.lang.String" -> text();
            case "char", "java.lang.Character" ->
                random.nextInt(RARE) == 0 ? '\ud800' : oneOf('a', '\n', '"', '\0', '\u2028', ' ', ',');
            case "boolean", "java.lang.Boolean" -> random.nextBoolean();
            case "byte", "java.lang.Byte" -> number().byteValue();
            case "short", "java.lang.Short" -> number().shortValue();
            case "int", "java.lang.Integer" -> number().intValue();
            case "long", "java.lang.Long" -> number().longValue();
            case "java.math.BigInteger" ->
                new BigInteger(random.nextInt(200), random).multiply(BigInteger.valueOf(number().intValue()));
            case "java.math.BigDecimal" ->
                new BigDecimal(
                        new BigInteger(random.nextInt(90), random),
                        oneOf(0, 1, 5, -3, 40, -40, 400, 1_000_000_000, Integer.MIN_VALUE));
            case "float", "java.lang.Float" -> (float) number(Float.intBitsToFloat(random.nextInt()));
            case "double", "java.lang.Double" -> number(Double.longBitsToDouble(random.nextLong()));
            case "java.util.UUID" -> new UUID(random.nextLong(), random.nextLong());
            case "java.net.URI" -> URI.create(oneOf("", "a", "http://x/y?q=%20#f", "urn:a:b", "//h"));
            default -> time(type);
        };
    }

    private double number(double any) {
        if (random.nextInt(RARE) == 0) {
            return oneOf(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        }
        return random.nextBoolean() && Double.isFinite(any)
                ? any
                : oneOf(
                        0.0,
                        -0.0,
                        1.0,
                        -1.5,
                        0.1,
                        1e-7,
                        1e21,
                        2e-3,
                        1e22,
                        (double) Float.MAX_VALUE,
                        (double) Float.MIN_VALUE,
                        123456789.0,
                        9007199254740992.0);
    }

    private Number number() {
        return switch (random.nextInt(3)) {
            case 0 ->
                oneOf(
                        0L,
                        1L,
                        -1L,
                        127L,
                        -128L,
                        32767L,
                        (long) Integer.MAX_VALUE,
                        (long) Integer.MIN_VALUE,
                        Long.MAX_VALUE,
                        Long.MIN_VALUE);
            case 1 -> (long) random.nextInt(100);
            default -> random.nextLong();
        };
    }

    private Object time(Class<?> type) {
        LocalDate date = oneOf(
                LocalDate.EPOCH,
                LocalDate.MAX,
                LocalDate.MIN,
                LocalDate.of(0, 1, 1),
                LocalDate.of(12345, 2, 3),
                LocalDate.ofEpochDay(random.nextInt(40_000)));
        LocalTime time = oneOf(
                LocalTime.MIDNIGHT,
                LocalTime.MAX,
                LocalTime.of(12, 30),
                LocalTime.of(1, 2, 3, 4_000),
                LocalTime.ofNanoOfDay(random.nextInt(Integer.MAX_VALUE)));
        LocalDate near = LocalDate.ofEpochDay(random.nextInt(40_000));
        ZoneOffset offset =
                oneOf(ZoneOffset.UTC, ZoneOffset.MAX, ZoneOffset.MIN, ZoneOffset.ofHoursMinutesSeconds(-1, -2, -3));
        ZoneId zone = oneOf(
                offset,
                ZoneId.of("UTC"),
                ZoneOffset.ofHours(0),
                ZoneId.of("Europe/Paris"),
                ZoneId.of("GMT+2"),
                ZoneId.of("America/St_Johns"));
        return switch (type.getName()) {
            case "java.time.LocalDate" -> date;
            case "java.time.LocalTime" -> time;
            case "java.time.LocalDateTime" -> date.atTime(time);
            case "java.time.OffsetTime" -> time.atOffset(offset);
            case "java.time.OffsetDateTime" -> OffsetDateTime.of(date, time, offset);
            case "java.time.ZonedDateTime" ->
                random.nextBoolean()
                        ? ZonedDateTime.of(near, time, zone)
                        // the hour that comes twice: only the offset tells which
                        : ZonedDateTime.ofLocal(
                                LocalDateTime.of(2020, 10, 25, 2, 30),
                                ZoneId.of("Europe/Paris"),
                                ZoneOffset.ofHours(1 + random.nextInt(2)));
            case "java.time.Instant" ->
                oneOf(
                        Instant.EPOCH,
                        Instant.MIN,
                        Instant.MAX,
                        Instant.ofEpochSecond(random.nextLong(1L << 34), random.nextInt(1_000_000_000)));
            case "java.time.Duration" ->
                oneOf(
                        Duration.ZERO,
                        Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                        Duration.ofSeconds(Long.MIN_VALUE),
                        Duration.ofMillis(-500),
                        Duration.ofNanos(random.nextLong()));
            case "java.time.Period" -> oneOf(Period.ZERO, Period.of(1, -2, 3), Period.ofDays(-7));
            case "java.time.Year" -> Year.of(oneOf(0, -5, 999, 2024, 12_345, Year.MAX_VALUE));
            case "java.time.YearMonth" -> YearMonth.of(oneOf(0, 2024, -1, 12_345), 1 + random.nextInt(12));
            case "java.time.MonthDay" -> MonthDay.of(2, 29);
            case "java.time.ZoneOffset" -> offset;
            case "java.time.ZoneId" -> zone;
            default -> throw unknown(type);
        };
    }

    private String text() {
        if (random.nextInt(RARE) == 0) {
            return oneOf("\ud800", "a\udc00", "\udc00\ud800");
        }
        StringBuilder text = new StringBuilder();
        int parts = 1 + (random.nextBoolean() ? 0 : random.nextInt(4));
        for (int i = 0; i < parts; i++) {
            text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
        }
        return text.toString();
    }

    @SafeVarargs
    private <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }

    private static Class<?> rawOf(Type type) {
        return TypeRef.rawClass(type);
    }

    private static IllegalArgumentException unknown(Type type) {
        return new IllegalArgumentException("No random values are known of the type " + type.getTypeName());
    }
}
