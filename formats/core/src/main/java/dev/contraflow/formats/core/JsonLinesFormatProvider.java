package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.ParameterizedType;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format {@code jsonl} (JSON Lines, UTF-8): a {@code List}, each element one compact JSON value on a line of its own that ends in LF. The
 * elements may be of every type that {@link JsonFormatProvider json} holds, under the same rules; a null element is the line {@code null}.
 * Blank lines, CRLF and a missing LF at the end are accepted when it is read. Exact.
 *
 * <p>That whole lines are missing at the end, or digits of a number on the last line, cannot be seen when it is read.
 *
 * <p>Options: {@code encoding}: {@code utf-8}. Stateless and thread-safe, and so are its formats.
 */
public final class JsonLinesFormatProvider implements FormatProvider {
    /** Makes the provider; it holds nothing. */
    public JsonLinesFormatProvider() {}

    /** @return {@code jsonl} */
    @Override
    public String typeId() {
        return "jsonl";
    }

    @Override
    @SuppressWarnings("unchecked") // T is a List of what the codec was made for
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        if (type.rawType() != List.class || !(type.type() instanceof ParameterizedType list)) {
            throw new UnsupportedTypeException("jsonl holds a List of records, maps or other JSON values, not " + type);
        }
        Texts.requireUtf8(options);
        return (Format<T>) new JsonLinesFormat(Codecs.of(list.getActualTypeArguments()[0], typeId(), Dialect.JSON));
    }

    private static final class JsonLinesFormat implements Format<List<@Nullable Object>> {
        private final JsonFactory factory = Json.factory(); // puts an LF between values
        private final Codec element;

        JsonLinesFormat(Codec element) {
            this.element = element;
        }

        @Override
        public String typeId() {
            return "jsonl";
        }

        @Override
        public void encode(List<@Nullable Object> value, OutputStream out) throws IOException {
            try (JsonGenerator json = factory.createGenerator(out)) {
                int index = 0;
                for (Object each : value) {
                    try {
                        element.write(each, json);
                    } catch (Refusal refusal) {
                        throw refusal.within(index);
                    }
                    index++;
                }
                if (index > 0) {
                    json.writeRaw('\n');
                }
            } catch (Refusal refusal) {
                throw Problems.unencodable(typeId(), refusal);
            }
        }

        @Override
        public List<@Nullable Object> decode(InputStream in) throws IOException {
            List<@Nullable Object> elements = new ArrayList<>();
            try {
                BufferedReader lines = Texts.readerAfterByteOrderMark(in);
                long number = 1;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        elements.add(decodeLine(line, number, elements.size()));
                    }
                    number++;
                }
            } catch (CharacterCodingException e) {
                throw Problems.notUtf8(typeId(), e);
            }
            return Collections.unmodifiableList(elements);
        }

        private @Nullable Object decodeLine(String line, long number, int index) throws IOException {
            try (JsonParser parser = factory.createParser(line)) {
                JsonSource source = new JsonSource(parser, number);
                try {
                    source.next();
                    Object value = element.read(source);
                    if (source.next() != Source.Token.END) {
                        throw source.unexpected("the end of the line");
                    }
                    return value;
                } catch (Refusal refusal) {
                    throw Problems.unreadable(typeId(), source.position(), refusal.within(index));
                }
            }
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }
}
