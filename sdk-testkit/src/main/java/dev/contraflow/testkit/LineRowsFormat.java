package dev.contraflow.testkit;

import dev.contraflow.Rows;
import dev.contraflow.io.RowsFormat;
import dev.contraflow.io.UnencodableValueException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Rows of text, a line for each: the bytes of a {@link LinesFormat}, read and written one by one. It refuses texts with a line feed. A line
 * that is {@link #BROKEN} cannot be read. Stateless and thread-safe.
 */
public final class LineRowsFormat implements RowsFormat<String> {
    /** A line that is written and cannot be read. */
    public static final String BROKEN = "broken";

    /** Makes the format; it holds nothing. */
    public LineRowsFormat() {}

    @Override
    public String typeId() {
        return "lines";
    }

    @Override
    public void encode(Rows<String> value, OutputStream out) throws IOException {
        try (Rows.Cursor<String> rows = value.open()) {
            while (rows.advance()) {
                String line = rows.row();
                if (line.indexOf('\n') >= 0) {
                    throw new UnencodableValueException("a line feed cannot be written");
                }
                out.write((line + '\n').getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Override
    public Rows.Cursor<String> read(InputStream in) {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return new Rows.Cursor<>() {
            private String line = "";

            @Override
            public boolean advance() throws IOException {
                String next = lines.readLine();
                if (BROKEN.equals(next)) {
                    throw new IOException("Cannot read lines: a line is broken");
                }
                line = next == null ? "" : next;
                return next != null;
            }

            @Override
            public String row() {
                return line;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public boolean isExact() {
        return true;
    }
}
