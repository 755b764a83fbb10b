package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.contraflow.Rows.Cursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** Rows as JSON values, one on each line. */
final class JsonLinesCodec extends RowCodec {
    private final JsonFactory factory = Json.factory(); // puts an LF between values
    private final Codec element;

    JsonLinesCodec(Codec element) {
        super("jsonl");
        this.element = element;
    }

    @Override
    void write(Cursor<?> rows, OutputStream out) throws IOException {
        try (JsonGenerator json = factory.createGenerator(out)) {
            long index = 0;
            while (rows.advance()) {
                try {
                    element.write(rows.row(), json);
                } catch (Refusal refusal) {
                    throw Problems.unencodable(typeId(), refusal.within(index));
                }
                index++;
            }
            if (index > 0) {
                json.writeRaw('\n');
            }
        }
    }

    @Override
    Cursor<@Nullable Object> read(InputStream in) throws IOException {
        try {
            return new Reading(Texts.readerAfterByteOrderMark(in));
        } catch (CharacterCodingException e) {
            throw Problems.notUtf8(typeId(), e);
        }
    }

    private final class Reading extends RowReader {
        private final BufferedReader lines;
        private long number;
        private long index;

        Reading(BufferedReader lines) {
            this.lines = lines;
        }

        @Override
        public boolean advance() throws IOException {
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank()) {
                        return standAt(valueOf(line));
                    }
                }
                return end();
            } catch (CharacterCodingException e) {
                throw Problems.notUtf8(typeId(), e);
            }
        }

        private @Nullable Object valueOf(String line) throws IOException {
            try (JsonParser parser = factory.createParser(line)) {
                JsonSource source = new JsonSource(parser, number);
                try {
                    source.next();
                    Object value = element.read(source);
                    if (source.next() != Source.Token.END) {
                        throw source.unexpected("the end of the line");
                    }
                    index++;
                    return value;
                } catch (Refusal refusal) {
                    throw Problems.unreadable(typeId(), source.position(), refusal.within(index));
                }
            }
        }
    }
}
