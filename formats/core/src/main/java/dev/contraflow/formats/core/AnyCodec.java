package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of the type Object: trees of what JSON can tell apart without a type. A whole number reads as the smallest of Integer, Long and
 * BigInteger that holds it, a number with a fraction or an exponent as a Double (the rule of Jackson and of most JSON readers); numbers of any
 * other class are refused, since they would come back as another one.
 */
final class AnyCodec extends Codec {
    private static final int INTEGER_BITS = 31;
    private static final int LONG_BITS = 63;

    private final Dialect dialect;

    AnyCodec(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        if (value instanceof String text) {
            out.writeString(Texts.requireEncodable(text));
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof Number number) {
            out.writeNumber(print(number, dialect));
        } else if (value instanceof List<?> list) {
            CollectionCodec.writeElements(list, this, out);
        } else if (value instanceof Map<?, ?> map) {
            MapCodec.writeEntries(map, this, out);
        } else {
            throw new Refusal("a " + value.getClass().getName()
                    + " would not come back as one, where the type says Object; declare its type");
        }
    }

    /** The text of a number that reads back as one of the same class. */
    static String print(Number number, Dialect dialect) throws Refusal {
        if (number instanceof Double d) {
            return Scalars.print(d, dialect);
        }
        if (number instanceof Integer || number instanceof Long || number.getClass() == BigInteger.class) {
            String text = number.toString();
            if (parseInteger(text).getClass() == number.getClass()) {
                return text;
            }
        }
        throw new Refusal("the " + number.getClass().getSimpleName() + " " + number
                + " would come back as a number of another class, where the type says Object;"
                + " use an Integer, or a Long or BigInteger beyond its range, or a Double, or declare the type");
    }

    /** The smallest whole number that holds a text. */
    static Number parseInteger(String text) {
        BigInteger whole = new BigInteger(text);
        int bits = whole.bitLength();
        if (bits > LONG_BITS) {
            return whole;
        }
        if (bits > INTEGER_BITS) {
            return whole.longValue();
        }
        return whole.intValue();
    }

    @Override
    @Nullable
    Object decode(Source in) throws IOException {
        return switch (in.token()) {
            case TEXT -> in.text();
            case INTEGER -> parseInteger(in.text());
            case DECIMAL -> parseDecimal(in.text());
            case FLAG -> in.text().equalsIgnoreCase("true");
            case LIST -> CollectionCodec.readList(in, this);
            case MAP -> MapCodec.readEntries(in, this);
            default -> throw in.unexpected("a value");
        };
    }

    private Double parseDecimal(String text) throws Refusal {
        try {
            return Scalars.parseDouble(text, dialect);
        } catch (NumberFormatException e) {
            throw new Refusal("the number " + text + " is too large for a double", e);
        }
    }
}
