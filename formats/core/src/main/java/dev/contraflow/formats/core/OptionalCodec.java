package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;

/** An Optional: its value, or null if it is empty. A null in its place has no form left, so it is refused. */
final class OptionalCodec extends Codec {
    private final Codec element;

    OptionalCodec(Codec element) {
        this.element = element;
    }

    @Override
    void writeNull(JsonGenerator out) throws Refusal {
        throw new Refusal("null stands in place of an Optional; use Optional.empty()");
    }

    @Override
    Object readNull() {
        return Optional.empty();
    }

    @Override
    Object absent() {
        return Optional.empty();
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        if (!(value instanceof Optional<?> optional)) {
            throw wrongClass(value, "Optional");
        }
        if (optional.isEmpty()) {
            out.writeNull();
        } else {
            element.write(optional.get(), out);
        }
    }

    @Override
    Object decode(Source in) throws IOException {
        return Optional.ofNullable(element.read(in));
    }
}
