package dev.contraflow.formats.core;

import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * What a plain (unquoted) scalar of YAML means: the core schema of YAML 1.2.2, section 10.3.2. Words that mean something else in YAML 1.1, as
 * PyYAML reads it, are refused when they are read, and quoted when they are written.
 */
final class YamlWords {
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern DECIMAL = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    private static final Pattern AMBIGUOUS = Pattern.compile("y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|=|<<"
            + "|[-+]?0[0-9_]+|[-+]?[0-9][0-9_]*_[0-9_]*(\\.[0-9_]*)?|[-+]?0b[01_]+"
            + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?");
    private static final Pattern FIRST_OF_A_NUMBER = Pattern.compile("[-+.0-9]");
    /** Written without quotes: words, and words joined by single spaces; no sign that YAML knows is among them. */
    private static final Pattern SAFE = Pattern.compile("[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");

    private static final int OCTAL_BASE = 8;
    private static final int HEXADECIMAL_BASE = 16;

    private YamlWords() {}

    /** The token that a plain scalar is. */
    static Source.Token tokenOf(String plain) throws Refusal {
        switch (plain) {
            case "", "~", "null", "Null", "NULL" -> {
                return Source.Token.NULL;
            }
            case "true", "True", "TRUE", "false", "False", "FALSE" -> {
                return Source.Token.FLAG;
            }
            default -> {}
        }
        if (AMBIGUOUS.matcher(plain).matches()) {
            throw new Refusal(Texts.quote(plain)
                    + " means different things to YAML 1.1 and 1.2; quote it to keep the text, or write it otherwise");
        }
        if (!FIRST_OF_A_NUMBER.matcher(plain).lookingAt()) { // most scalars are texts: spare them the rest
            return Source.Token.TEXT;
        }
        if (INTEGER.matcher(plain).matches()
                || OCTAL.matcher(plain).matches()
                || HEXADECIMAL.matcher(plain).matches()) {
            return Source.Token.INTEGER;
        }
        return DECIMAL.matcher(plain).matches() ? Source.Token.DECIMAL : Source.Token.TEXT;
    }

    /** The text of an integer in decimal digits. */
    static String decimalDigits(String integer) {
        if (integer.startsWith("0o")) {
            return new BigInteger(integer.substring(2), OCTAL_BASE).toString();
        }
        return integer.startsWith("0x") ? new BigInteger(integer.substring(2), HEXADECIMAL_BASE).toString() : integer;
    }

    /** Whether a text, written without quotes, is the same text to every reader of YAML 1.1 or 1.2. */
    static boolean isSafe(String text) {
        try {
            return SAFE.matcher(text).matches() && tokenOf(text) == Source.Token.TEXT;
        } catch (Refusal ambiguous) {
            return false;
        }
    }

    /** Tells Jackson's generator which texts to quote. */
    static final class Quoting extends StringQuotingChecker {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean needToQuoteName(String name) {
            return !isSafe(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return !isSafe(value);
        }
    }
}
