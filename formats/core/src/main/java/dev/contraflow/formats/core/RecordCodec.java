package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.contraflow.config.Suggestion;
import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record: a map from the names of its components to their values, in the order of their declaration; none may be missing or unknown. */
final class RecordCodec extends Codec {
    private final RecordShape shape;
    private final Map<String, Integer> indexes;
    private List<Codec> codecs = List.of();

    RecordCodec(RecordShape shape) {
        this.shape = shape;
        this.indexes = new LinkedHashMap<>();
        shape.names().forEach(name -> indexes.put(name, indexes.size()));
    }

    /** Ends its making; apart from the constructor, because a record may contain itself, in a list for instance. */
    void setComponents(List<Codec> components) {
        this.codecs = List.copyOf(components);
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        requireShallow(out);
        shape.requireInstance(value);
        out.writeStartObject();
        for (int i = 0; i < codecs.size(); i++) {
            String name = shape.names().get(i);
            out.writeFieldName(name);
            try {
                codecs.get(i).write(shape.component(value, i), out);
            } catch (Refusal refusal) {
                throw refusal.within(name);
            }
        }
        out.writeEndObject();
    }

    @Override
    Object decode(Source in) throws IOException {
        if (in.token() != Source.Token.MAP) {
            throw in.unexpected("a map (record " + shape.type().getSimpleName() + ")");
        }
        @Nullable Object[] values = new @Nullable Object[codecs.size()];
        BitSet seen = new BitSet(values.length);
        while (in.next() != Source.Token.END_MAP) {
            String name = in.text();
            int index = indexOf(name);
            try {
                if (seen.get(index)) {
                    throw new Refusal("the key is there already");
                }
                seen.set(index);
                in.next();
                values[index] = codecs.get(index).read(in);
            } catch (Refusal refusal) {
                throw refusal.within(name);
            }
        }
        fillAbsent(values, seen);
        return shape.newInstance(values);
    }

    private int indexOf(String name) throws Refusal {
        Integer index = indexes.get(name);
        if (index == null) {
            throw new Refusal("record " + shape.type().getSimpleName() + " has no component " + Texts.quote(name) + "."
                    + Suggestion.didYouMean(name, shape.names()) + " It has: " + String.join(", ", shape.names()));
        }
        return index;
    }

    private void fillAbsent(@Nullable Object[] values, BitSet seen) throws Refusal {
        for (int i = seen.nextClearBit(0); i < values.length; i = seen.nextClearBit(i + 1)) {
            try {
                values[i] = codecs.get(i).absent();
            } catch (Refusal refusal) {
                throw refusal.within(shape.names().get(i));
            }
        }
    }
}
