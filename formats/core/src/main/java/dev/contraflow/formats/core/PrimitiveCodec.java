package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A primitive: its box, but never null. */
final class PrimitiveCodec extends Codec {
    private final Scalar box;

    PrimitiveCodec(Scalar box) {
        this.box = box;
    }

    @Override
    @Nullable
    Object readNull() throws Refusal {
        throw new Refusal("expected " + box.expected() + ", but found null");
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        box.encode(value, out);
    }

    @Override
    @Nullable
    Object decode(Source in) throws IOException {
        return box.decode(in);
    }
}
