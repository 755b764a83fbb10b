package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps with text keys, in their order. */
final class MapCodec extends Codec {
    private final Codec value;

    MapCodec(Codec value) {
        this.value = value;
    }

    @Override
    void encode(Object map, JsonGenerator out) throws IOException {
        if (!(map instanceof Map<?, ?> entries)) {
            throw wrongClass(map, "Map");
        }
        writeEntries(entries, value, out);
    }

    static void writeEntries(Map<?, ?> entries, Codec value, JsonGenerator out) throws IOException {
        requireShallow(out);
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new Refusal("the key " + Texts.quote(String.valueOf(entry.getKey()))
                        + " is not a text: only text keys can be told apart when they are read back");
            }
            try {
                out.writeFieldName(Texts.requireEncodable(key));
                value.write(entry.getValue(), out);
            } catch (Refusal refusal) {
                throw refusal.within(key);
            }
        }
        out.writeEndObject();
    }

    @Override
    Object decode(Source in) throws IOException {
        return readEntries(in, value);
    }

    static Map<String, @Nullable Object> readEntries(Source in, Codec value) throws IOException {
        if (in.token() != Source.Token.MAP) {
            throw in.unexpected("a map");
        }
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        while (in.next() != Source.Token.END_MAP) {
            String key = in.text();
            try {
                if (entries.containsKey(key)) {
                    throw new Refusal("the key is there already");
                }
                in.next();
                entries.put(key, value.read(in));
            } catch (Refusal refusal) {
                throw refusal.within(key);
            }
        }
        return Collections.unmodifiableMap(entries);
    }
}
