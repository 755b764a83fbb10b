package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one Java type stand in a tree of lists, maps and scalars (JSON's, which is also YAML's). Exact by construction: what it
 * writes, it reads as an equal value, or it refuses to write it. Stateless and thread-safe once made.
 */
abstract class Codec {
    /** Deeper trees are refused on both sides: a list that contains itself has no end, and every level takes stack. */
    static final int DEEPEST = 500;

    /** Writes a value or null. */
    final void write(@Nullable Object value, JsonGenerator out) throws IOException {
        if (value == null) {
            writeNull(out);
        } else {
            encode(value, out);
        }
    }

    /** Reads the value that begins at the current token, and stops at its last token. */
    final @Nullable Object read(Source in) throws IOException {
        return in.token() == Source.Token.NULL ? readNull() : decode(in);
    }

    /** Null is itself, unless a type says otherwise. */
    void writeNull(JsonGenerator out) throws IOException {
        out.writeNull();
    }

    @Nullable
    Object readNull() throws Refusal {
        return null;
    }

    /** What a component of a record is that the bytes do not name. */
    @Nullable
    Object absent() throws Refusal {
        throw new Refusal("is missing");
    }

    abstract void encode(Object value, JsonGenerator out) throws IOException;

    abstract @Nullable Object decode(Source in) throws IOException;

    static Refusal wrongClass(Object value, String declared) {
        return new Refusal("a " + value.getClass().getName() + " stands where the type says " + declared);
    }

    static void requireShallow(JsonGenerator out) throws Refusal {
        if (out.getOutputContext().getNestingDepth() >= DEEPEST) {
            throw new Refusal("it is nested deeper than " + DEEPEST + " levels, or contains itself");
        }
    }
}
