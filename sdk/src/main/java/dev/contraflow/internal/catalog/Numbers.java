package dev.contraflow.internal.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Converts the numbers of configurations without losing anything; only to floating point they may be rounded. */
final class Numbers {
    private Numbers() {}

    /**
     * A number as one of another class.
     *
     * @param number a Long, BigInteger or Double
     * @param type the class
     * @return the number; null if it is out of its range, or not whole where it has to be
     */
    static @Nullable Object converted(Number number, Class<?> type) {
        if (type == Double.class) {
            return number.doubleValue();
        }
        if (type == Float.class) {
            return number.floatValue();
        }
        if (type == BigDecimal.class) {
            return decimal(number);
        }
        return number instanceof Double ? null : whole(new BigInteger(number.toString()), type);
    }

    private static @Nullable BigDecimal decimal(Number number) {
        boolean isFinite = !(number instanceof Double d) || Double.isFinite(d);
        return isFinite ? new BigDecimal(number.toString()) : null;
    }

    private static @Nullable Number whole(BigInteger number, Class<?> type) {
        int bits = number.bitLength();
        if (type == Long.class && bits < Long.SIZE) {
            return number.longValue();
        }
        if (type == Integer.class && bits < Integer.SIZE) {
            return number.intValue();
        }
        if (type == Short.class && bits < Short.SIZE) {
            return number.shortValue();
        }
        if (type == Byte.class && bits < Byte.SIZE) {
            return number.byteValue();
        }
        return type == BigInteger.class ? number : null;
    }
}
