package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.lang.invoke.MethodType;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The scalars that every format of text holds, each with a text that reads back equal. Floating point numbers are written in the shortest form
 * that reads back equal, by Jackson's implementation of Schubfach: the JDK's own was not shortest before 19, so its text depends on the JVM.
 */
final class Scalars {
    /** The words for the types in messages about types that cannot be held. */
    static final String WORDS = "texts, numbers, booleans, enums, java.time values, UUID, URI";

    /** Beyond it the text may have an exponent that BigDecimal does not read back, depending on the version of Java. */
    private static final int LARGEST_SCALE = 1_000_000_000;

    private Scalars() {}

    /** The scalar of a class, primitive or not; empty if the class is none. */
    static Optional<Scalar> of(Class<?> declared, Dialect dialect) {
        Class<?> type = MethodType.methodType(declared).wrap().returnType();
        Scalar scalar = number(type, dialect);
        if (scalar == null) {
            scalar = type.isEnum() ? constant(type) : text(type);
        }
        return Optional.ofNullable(scalar);
    }

    private static @Nullable Scalar number(Class<?> type, Dialect dialect) {
        return switch (type.getName()) {
            case "java.lang.Byte" -> integer(type, Byte::valueOf);
            case "java.lang.Short" -> integer(type, Short::valueOf);
            case "java.lang.Integer" -> integer(type, Integer::valueOf);
            case "java.lang.Long" -> integer(type, Long::valueOf);
            case "java.math.BigInteger" -> integer(type, BigInteger::new);
            case "java.time.Year" -> integer(type, text -> Year.of(Integer.parseInt(text)));
            case "java.lang.Boolean" -> new Scalar(type, Scalar.Kind.FLAG, Object::toString, Scalars::parseFlag);
            case "java.lang.Double" ->
                new Scalar(
                        type, Scalar.Kind.DECIMAL, v -> print((Double) v, dialect), text -> parseDouble(text, dialect));
            case "java.lang.Float" ->
                new Scalar(
                        type, Scalar.Kind.DECIMAL, v -> print((Float) v, dialect), text -> parseFloat(text, dialect));
            case "java.math.BigDecimal" ->
                new Scalar(type, Scalar.Kind.DECIMAL, v -> print((BigDecimal) v, dialect), BigDecimal::new);
            default -> null;
        };
    }

    private static Scalar integer(Class<?> type, Scalar.Parser parser) {
        return new Scalar(type, Scalar.Kind.INTEGER, Object::toString, parser);
    }

    private static @Nullable Scalar text(Class<?> type) {
        return switch (type.getName()) {
            case "java.lang.String" -> text(type, text -> text);
            case "java.lang.Character" -> text(type, Scalars::parseCharacter);
            case "java.util.UUID" -> text(type, UUID::fromString);
            case "java.time.LocalDate" -> text(type, LocalDate::parse);
            case "java.time.LocalTime" -> text(type, LocalTime::parse);
            case "java.time.LocalDateTime" -> text(type, LocalDateTime::parse);
            case "java.time.OffsetTime" -> text(type, OffsetTime::parse);
            case "java.time.OffsetDateTime" -> text(type, OffsetDateTime::parse);
            case "java.time.Instant" -> text(type, Instant::parse);
            case "java.time.Duration" -> text(type, Duration::parse);
            case "java.time.Period" -> text(type, Period::parse);
            case "java.time.ZoneOffset" -> text(type, ZoneOffset::of);
            case "java.time.MonthDay" -> text(type, MonthDay::parse);
            case "java.time.YearMonth" -> checkedText(type, YearMonth::parse);
            case "java.time.ZonedDateTime" -> checkedText(type, ZonedDateTime::parse);
            case "java.time.ZoneId" -> checkedText(type, ZoneId::of);
            case "java.net.URI" -> checkedText(type, URI::create);
            case "[B" ->
                new Scalar(
                        type,
                        Scalar.Kind.TEXT,
                        v -> Base64.getEncoder().encodeToString((byte[]) v),
                        text -> Base64.getDecoder().decode(text));
            default -> null;
        };
    }

    private static Scalar text(Class<?> type, Scalar.Parser parser) {
        return new Scalar(type, Scalar.Kind.TEXT, Object::toString, parser);
    }

    /** For classes whose own text does not always read back: years beyond 9999, zones that the rules of another JVM resolve otherwise. */
    private static Scalar checkedText(Class<?> type, Scalar.Parser parser) {
        return new Scalar(type, Scalar.Kind.TEXT, value -> requireSame(value, value.toString(), parser), parser);
    }

    private static String requireSame(Object value, String text, Scalar.Parser parser) throws Refusal {
        try {
            if (parser.parse(text).equals(value)) {
                return text;
            }
        } catch (RuntimeException e) {
            throw new Refusal(
                    "the text " + Texts.quote(text) + " of a "
                            + value.getClass().getSimpleName() + " does not read back",
                    e);
        }
        throw new Refusal("the text " + Texts.quote(text) + " of a "
                + value.getClass().getSimpleName() + " reads back as another value");
    }

    /** By name: an enum may print itself as it likes. */
    private static Scalar constant(Class<?> type) {
        Map<String, Enum<?>> byName = Arrays.stream(type.getEnumConstants())
                .map(constant -> (Enum<?>) constant)
                .collect(Collectors.toMap(Enum::name, Function.identity()));
        return new Scalar(type, Scalar.Kind.TEXT, value -> ((Enum<?>) value).name(), text -> {
            Enum<?> constant = byName.get(text);
            if (constant == null) {
                throw new IllegalArgumentException("No constant " + text);
            }
            return constant;
        });
    }

    /** The text of a double in a dialect. */
    static String print(Double value, Dialect dialect) throws Refusal {
        return NumberOutput.notFinite(value)
                ? dialect.notFinite(value)
                : dialect.finite(NumberOutput.toString(value, true));
    }

    private static String print(Float value, Dialect dialect) throws Refusal {
        return NumberOutput.notFinite(value)
                ? dialect.notFinite(value)
                : dialect.finite(NumberOutput.toString(value, true));
    }

    private static String print(BigDecimal value, Dialect dialect) throws Refusal {
        if (Math.abs((long) value.scale()) > LARGEST_SCALE) {
            throw new Refusal("the scale " + value.scale() + " of a BigDecimal is beyond " + LARGEST_SCALE);
        }
        return dialect.finite(value.toString());
    }

    /** The double of a text in a dialect; a number too large for a double is an error, not an infinity. */
    static Double parseDouble(String text, Dialect dialect) {
        if (!isDecimal(text)) {
            return parseNotFinite(text, dialect);
        }
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            throw new NumberFormatException("too large for a double");
        }
        return value;
    }

    private static Float parseFloat(String text, Dialect dialect) {
        if (!isDecimal(text)) {
            return parseNotFinite(text, dialect).floatValue();
        }
        float value = Float.parseFloat(text);
        if (Float.isInfinite(value)) {
            throw new NumberFormatException("too large for a float");
        }
        return value;
    }

    /** Java also parses {@code 1d}, {@code 0x1p3} and spaces around a number, which no format means by a number. */
    private static boolean isDecimal(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                return false;
            }
        }
        return true;
    }

    private static Double parseNotFinite(String text, Dialect dialect) {
        boolean negative = text.startsWith("-");
        String word = negative || text.startsWith("+") ? text.substring(1) : text;
        boolean known = switch (dialect) {
            case JSON -> false;
            case YAML -> word.equalsIgnoreCase(".inf") || text.equalsIgnoreCase(".nan");
            case CSV ->
                word.equalsIgnoreCase("inf") || word.equalsIgnoreCase("infinity") || text.equalsIgnoreCase("nan");
        };
        if (!known) {
            throw new NumberFormatException("no number");
        }
        return word.toLowerCase(Locale.ROOT).contains("nan")
                ? Double.NaN
                : negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    private static Boolean parseFlag(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static Character parseCharacter(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException("not one character");
        }
        return text.charAt(0);
    }
}
