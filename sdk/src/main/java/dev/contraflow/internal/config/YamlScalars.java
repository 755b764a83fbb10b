package dev.contraflow.internal.config;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The types of plain scalars, as Kedro's reader (PyYAML, YAML 1.1) gives them: {@code yes}, {@code no}, {@code on} and {@code off} are true
 * or false, {@code 1_000} and {@code 0b101} are numbers; dates are texts, and so are {@code y} and {@code n}. Two things of YAML 1.1 are
 * left out, because what they do is hardly ever meant: numbers with a leading zero ({@code 010}, there octal) and with colons ({@code 1:30},
 * there in base sixty) are texts, as they are written. Unlike there, {@code -.5} is a number.
 */
public final class YamlScalars {
    /** Of a longer number, nobody knows what it is; and making it takes time that grows with the square of its length. */
    static final int LONGEST_NUMBER = 1000;

    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUES = Set.of("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON");
    private static final Set<String> FALSES = Set.of("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF");
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][\\d_]*)");
    private static final Pattern BINARY = Pattern.compile("[-+]?0b[01_]*[01][01_]*");
    private static final Pattern HEXADECIMAL = Pattern.compile("[-+]?0x_*\\p{XDigit}[\\p{XDigit}_]*");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.\\d[\\d_]*|\\d[\\d_]*(\\.[\\d_]*)?)([eE][-+]?\\d+)?");
    private static final Pattern INFINITY = Pattern.compile("[-+]?\\.(inf|Inf|INF)");
    private static final Set<String> NANS = Set.of(".nan", ".NaN", ".NAN");
    private static final int LONGEST_WORD = 5; // false

    private YamlScalars() {}

    /**
     * The value of a plain scalar.
     *
     * @param text the scalar
     * @return null, a Boolean, Long, BigInteger or Double, or its text
     */
    public static @Nullable Object typed(String text) {
        if (mayBeNumber(text)) {
            return number(text);
        }
        if (text.length() > LONGEST_WORD) {
            return text;
        }
        if (NULLS.contains(text)) {
            return null;
        }
        boolean isTrue = TRUES.contains(text);
        return isTrue || FALSES.contains(text) ? (Object) isTrue : text;
    }

    /** The patterns are tried only where the first character allows it: most scalars are texts. */
    private static boolean mayBeNumber(String text) {
        return !text.isEmpty() && "+-.0123456789".indexOf(text.charAt(0)) >= 0;
    }

    /** A number as a Long, BigInteger or Double; or the text, if it is none. */
    static Object number(String text) {
        if (text.length() > LONGEST_NUMBER) {
            return text;
        }
        if (INTEGER.matcher(text).matches()) {
            return integer(text, 10);
        }
        if (FLOAT.matcher(text).matches()) {
            boolean isWhole = text.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
            return isWhole ? (Object) text : Double.valueOf(text.replace("_", "")); // whole, yet no integer: 010
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return integer(text.replaceFirst("0x", ""), 16);
        }
        if (BINARY.matcher(text).matches()) {
            return integer(text.replaceFirst("0b", ""), 2);
        }
        if (INFINITY.matcher(text).matches()) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return NANS.contains(text) ? (Object) Double.NaN : text;
    }

    private static Number integer(String digits, int radix) {
        BigInteger value = new BigInteger(digits.replace("_", ""), radix);
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }
}
