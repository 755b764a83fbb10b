package dev.contraflow.formats.core;

import dev.contraflow.Rows.Cursor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** Rows as lines of text. */
final class TextLinesCodec extends RowCodec {
    TextLinesCodec() {
        super("text");
    }

    @Override
    void write(Cursor<?> rows, OutputStream out) throws IOException {
        Writer writer = Texts.writer(out);
        long number = 0;
        while (rows.advance()) {
            number++;
            try {
                writer.write(requireLine(rows.row()));
                writer.write('\n');
            } catch (Refusal refusal) {
                throw Problems.unencodable(typeId(), "in row " + number, refusal);
            }
        }
        writer.flush();
    }

    /** A text that reads back as one line, and as the same text. */
    private static String requireLine(@Nullable Object row) throws Refusal {
        if (!(row instanceof String line)) {
            throw row == null ? new Refusal("the row is null") : Codec.wrongClass(row, "String");
        }
        int feed = line.indexOf('\n');
        if (feed >= 0) {
            throw new Refusal("the text has a line feed (LF) at character " + feed + ", which would end the row");
        }
        if (line.endsWith("\r")) {
            throw new Refusal("the text ends in a carriage return (CR), which would be read as part of the line end");
        }
        return Texts.requireEncodable(line);
    }

    @Override
    Cursor<@Nullable Object> read(InputStream in) {
        return new Reading(Texts.reader(in));
    }

    /** A BufferedReader would end a line at a lone CR too. */
    private final class Reading extends RowReader {
        private static final int BUFFER = 8 << 10;

        private final Reader in;
        private final char[] buffer = new char[BUFFER];
        private int at;
        private int end;

        Reading(Reader in) {
            this.in = in;
        }

        @Override
        public boolean advance() throws IOException {
            StringBuilder begun = null;
            while (at < end || fill()) {
                int feed = at;
                while (feed < end && buffer[feed] != '\n') {
                    feed++;
                }
                boolean isWhole = feed < end;
                if (isWhole && begun == null) {
                    String line = new String(buffer, at, feed - at);
                    at = feed + 1;
                    return standAt(withoutReturn(line));
                }
                begun = begun == null ? new StringBuilder() : begun;
                begun.append(buffer, at, feed - at);
                at = feed + 1;
                if (isWhole) {
                    return standAt(withoutReturn(begun.toString()));
                }
            }
            return begun == null ? end() : standAt(withoutReturn(begun.toString())); // the last line needs no end
        }

        private boolean fill() throws IOException {
            try {
                at = 0;
                end = Math.max(0, in.read(buffer));
                return end > 0;
            } catch (CharacterCodingException e) {
                throw Problems.notUtf8(typeId(), e);
            }
        }
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
