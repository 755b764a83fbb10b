package dev.contraflow.formats.core;

/** Where the formats write the same scalar differently: numbers that are not finite, and exponents. */
enum Dialect {
    /** RFC 8259 has no numbers that are not finite. */
    JSON("", "", ""),
    /** YAML 1.2 core. */
    YAML(".nan", ".inf", "-.inf"),
    /** As pandas reads and writes them. */
    CSV("NaN", "inf", "-inf");

    private final String notANumber;
    private final String infinity;
    private final String negativeInfinity;

    Dialect(String notANumber, String infinity, String negativeInfinity) {
        this.notANumber = notANumber;
        this.infinity = infinity;
        this.negativeInfinity = negativeInfinity;
    }

    /** The text of a number that is not finite. */
    String notFinite(double value) throws Refusal {
        if (this == JSON) {
            throw new Refusal(value + " is not a number that JSON can hold");
        }
        return Double.isNaN(value) ? notANumber : value > 0 ? infinity : negativeInfinity;
    }

    /** The text of a finite number; YAML 1.1 takes {@code 1.0E10} for a text, but not {@code 1.0E+10}. */
    String finite(String text) {
        int exponent = this == YAML ? text.indexOf('E') : -1;
        return exponent < 0 || text.charAt(exponent + 1) == '-' || text.charAt(exponent + 1) == '+'
                ? text
                : text.substring(0, exponent + 1) + '+' + text.substring(exponent + 1);
    }
}
