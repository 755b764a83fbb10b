package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists and sets: a list of their elements, in their order. */
final class CollectionCodec extends Codec {
    private final Class<?> type;
    private final Codec element;

    /** @param type List or Set */
    CollectionCodec(Class<?> type, Codec element) {
        this.type = type;
        this.element = element;
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        if (!type.isInstance(value)) {
            throw wrongClass(value, type.getSimpleName());
        }
        writeElements((Collection<?>) value, element, out);
    }

    static void writeElements(Collection<?> elements, Codec element, JsonGenerator out) throws IOException {
        requireShallow(out);
        out.writeStartArray();
        int index = 0;
        for (Object each : elements) {
            try {
                element.write(each, out);
            } catch (Refusal refusal) {
                throw refusal.within(index);
            }
            index++;
        }
        out.writeEndArray();
    }

    @Override
    Object decode(Source in) throws IOException {
        if (type == List.class) {
            return readList(in, element);
        }
        Set<@Nullable Object> elements = new LinkedHashSet<>();
        readElements(in, element, elements);
        return Collections.unmodifiableSet(elements);
    }

    static List<@Nullable Object> readList(Source in, Codec element) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        readElements(in, element, elements);
        return Collections.unmodifiableList(elements);
    }

    static void readElements(Source in, Codec element, Collection<@Nullable Object> into) throws IOException {
        if (in.token() != Source.Token.LIST) {
            throw in.unexpected("a list");
        }
        while (in.next() != Source.Token.END_LIST) {
            try {
                if (!into.add(element.read(in))) {
                    throw new Refusal("the element is in the set already");
                }
            } catch (Refusal refusal) {
                throw refusal.within(into.size());
            }
        }
    }
}
