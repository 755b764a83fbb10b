package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arrays of any component type but byte: a list of their components. */
final class ArrayCodec extends Codec {
    private final Class<?> component;
    private final Codec element;

    ArrayCodec(Class<?> component, Codec element) {
        this.component = component;
        this.element = element;
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        // a String[] that stands where the type says Object[] would come back as an Object[]
        if (value.getClass() != component.arrayType()) {
            throw wrongClass(value, component.getSimpleName() + "[]");
        }
        requireShallow(out);
        out.writeStartArray();
        for (int i = 0; i < Array.getLength(value); i++) {
            try {
                element.write(Array.get(value, i), out);
            } catch (Refusal refusal) {
                throw refusal.within(i);
            }
        }
        out.writeEndArray();
    }

    @Override
    Object decode(Source in) throws IOException {
        List<@Nullable Object> elements = CollectionCodec.readList(in, element);
        Object array = Array.newInstance(component, elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Array.set(array, i, elements.get(i));
        }
        return array;
    }
}
