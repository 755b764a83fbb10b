package dev.contraflow.formats.core;

import dev.contraflow.TypeRef;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one column stand in a cell. An empty cell without quotes is null, one in quotes an empty text. Stateless and
 * thread-safe.
 */
abstract class CsvCell {
    /** The text of a value; null for an empty cell without quotes. */
    abstract @Nullable String print(@Nullable Object value) throws Refusal;

    /** The value of a cell's text, null for an empty one without quotes. */
    abstract @Nullable Object parse(@Nullable String text, Quotes quotes) throws Refusal;

    /** Whether a value's text would be taken for something else without quotes. */
    boolean needsQuotes(@Nullable Object value) {
        return false;
    }

    /** Whether a cell stands in quotes. */
    enum Quotes {
        ABSENT,
        PRESENT
    }

    /** The cells of a declared type; empty if no cell can hold it. */
    static Optional<CsvCell> of(Type type) {
        if (type == Object.class) {
            return Optional.of(new Untyped());
        }
        if (type instanceof Class<?> plain) {
            return Scalars.of(plain, Dialect.CSV)
                    .map(scalar -> plain.isPrimitive() ? new Primitive(scalar) : new Typed(scalar));
        }
        if (type instanceof ParameterizedType generic
                && TypeRef.rawClass(generic) == Optional.class
                && generic.getActualTypeArguments()[0] instanceof Class<?> element) {
            return Scalars.of(element, Dialect.CSV).map(OptionalCell::new);
        }
        return Optional.empty();
    }

    /** Values of a declared class, or null. */
    private static class Typed extends CsvCell {
        final Scalar scalar;

        Typed(Scalar scalar) {
            this.scalar = scalar;
        }

        @Override
        @Nullable
        String print(@Nullable Object value) throws Refusal {
            return value == null ? null : scalar.print(value);
        }

        @Override
        @Nullable
        Object parse(@Nullable String text, Quotes quotes) throws Refusal {
            // tools that quote everything write a missing number or flag as ""
            if (text == null || (text.isEmpty() && scalar.kind() != Scalar.Kind.TEXT)) {
                return null;
            }
            return scalar.parse(scalar.kind() == Scalar.Kind.INTEGER ? withoutZeroFraction(text) : text);
        }

        /** pandas writes a column of integers with a gap as {@code 1.0}. */
        private static String withoutZeroFraction(String text) {
            int dot = text.indexOf('.');
            return dot > 0
                            && dot + 1 < text.length()
                            && text.chars().skip(dot + 1).allMatch(c -> c == '0')
                    ? text.substring(0, dot)
                    : text;
        }
    }

    private static final class Primitive extends Typed {
        Primitive(Scalar scalar) {
            super(scalar);
        }

        @Override
        Object parse(@Nullable String text, Quotes quotes) throws Refusal {
            Object value = super.parse(text, quotes);
            if (value == null) {
                throw new Refusal("expected " + scalar.expected() + ", but found nothing");
            }
            return value;
        }
    }

    private static final class OptionalCell extends Typed {
        OptionalCell(Scalar scalar) {
            super(scalar);
        }

        @Override
        @Nullable
        String print(@Nullable Object value) throws Refusal {
            if (!(value instanceof Optional<?> optional)) {
                throw new Refusal("null stands in place of an Optional; use Optional.empty()");
            }
            return super.print(optional.orElse(null));
        }

        @Override
        Object parse(@Nullable String text, Quotes quotes) throws Refusal {
            return Optional.ofNullable(super.parse(text, quotes));
        }
    }

    /**
     * Values of the type Object: in quotes a text; without, what it looks like. A text that looks like something else is written in quotes.
     */
    private static final class Untyped extends CsvCell {
        private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
        private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

        @Override
        @Nullable
        String print(@Nullable Object value) throws Refusal {
            if (value == null) {
                return null;
            }
            if (value instanceof String text) {
                return Texts.requireEncodable(text);
            }
            if (value instanceof Boolean flag) {
                return flag.toString();
            }
            if (value instanceof Number number) {
                return AnyCodec.print(number, Dialect.CSV);
            }
            throw new Refusal("a " + value.getClass().getName()
                    + " would not come back as one, where the type says Object; declare its type");
        }

        @Override
        boolean needsQuotes(@Nullable Object value) {
            return value instanceof String text && !text.isEmpty() && !(guess(text) instanceof String);
        }

        @Override
        @Nullable
        Object parse(@Nullable String text, Quotes quotes) {
            return text == null || quotes == Quotes.PRESENT ? text : guess(text);
        }

        private static Object guess(String text) {
            return switch (text) {
                case "true", "True" -> true;
                case "false", "False" -> false;
                case "NaN" -> Double.NaN;
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> text.charAt(0) == '-' || Character.isDigit(text.charAt(0)) ? guessNumber(text) : text;
            };
        }

        private static Object guessNumber(String text) {
            if (INTEGER.matcher(text).matches()) {
                return AnyCodec.parseInteger(text);
            }
            if (DECIMAL.matcher(text).matches()) {
                double value = Double.parseDouble(text);
                return Double.isInfinite(value) ? text : (Object) value;
            }
            return text;
        }
    }
}
