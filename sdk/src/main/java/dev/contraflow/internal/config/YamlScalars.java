package dev.contraflow.internal.config;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The types of plain scalars: those of the core schema of YAML 1.2 (section 10.3.2 of its specification). What YAML 1.1 reads otherwise is
 * {@linkplain #isAmbiguous ambiguous}, since configurations are copied from projects whose reader was one of 1.1. {@code y} and {@code n}
 * are not: PyYAML, which read them there, takes them as texts, and so does 1.2.
 */
final class YamlScalars {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUES = Set.of("true", "True", "TRUE");
    private static final Set<String> FALSES = Set.of("false", "False", "FALSE");
    private static final Pattern BOOLEAN_OF_1_1 = Pattern.compile("[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF");
    private static final Pattern NUMBER_OF_1_1 = Pattern.compile(
            "[-+]?(0\\d+" // octal
                    + "|0b[01_]+"
                    + "|(?=[^_]*_)(0x[\\p{XDigit}_]+|\\d[\\d_]*(\\.[\\d_]*)?([eE][-+]?\\d+)?)" // underscores
                    + "|\\d+(:[0-5]?\\d)+(\\.\\d*)?)"); // base sixty
    private static final Pattern INTEGER = Pattern.compile("[-+]?\\d+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x\\p{XDigit}+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.\\d+|\\d+(\\.\\d*)?)([eE][-+]?\\d+)?");
    private static final Pattern INFINITY = Pattern.compile("[-+]?\\.(inf|Inf|INF)");
    private static final Set<String> NANS = Set.of(".nan", ".NaN", ".NAN");

    private YamlScalars() {}

    /** Whether YAML 1.1 and 1.2 read this plain scalar differently. */
    static boolean isAmbiguous(String text) {
        return mayBeNumber(text)
                ? NUMBER_OF_1_1.matcher(text).matches()
                : text.length() <= 3 && BOOLEAN_OF_1_1.matcher(text).matches();
    }

    /** The value of a plain scalar: null, a Boolean, Long, BigInteger or Double, or its text. */
    static @Nullable Object typed(String text) {
        if (NULLS.contains(text)) {
            return null;
        }
        if (TRUES.contains(text)) {
            return true;
        }
        if (FALSES.contains(text)) {
            return false;
        }
        return mayBeNumber(text) ? number(text) : text;
    }

    /** The patterns are tried only where the first character allows it: most scalars are texts. */
    private static boolean mayBeNumber(String text) {
        return !text.isEmpty() && "+-.0123456789".indexOf(text.charAt(0)) >= 0;
    }

    private static Object number(String text) {
        if (INTEGER.matcher(text).matches()) {
            return integer(text, 10);
        }
        if (OCTAL.matcher(text).matches()) {
            return integer(text.substring(2), 8);
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return integer(text.substring(2), 16);
        }
        if (FLOAT.matcher(text).matches()) {
            return Double.valueOf(text);
        }
        if (INFINITY.matcher(text).matches()) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return NANS.contains(text) ? (Object) Double.NaN : text;
    }

    private static Number integer(String digits, int radix) {
        BigInteger value = new BigInteger(digits, radix);
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }
}
