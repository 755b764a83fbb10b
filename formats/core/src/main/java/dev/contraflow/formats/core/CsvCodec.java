package dev.contraflow.formats.core;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import dev.contraflow.Rows.Cursor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as CSV. */
final class CsvCodec extends RowCodec {
    /** Half of what a reader bears, as every quote is written twice. */
    private static final int LONGEST_CELL = CsvLines.LONGEST_LINE / 4;

    private final CsvRows rows;
    private final char separator;
    private final LineDelimiter lineEnd;

    CsvCodec(CsvRows rows, char separator, LineDelimiter lineEnd) {
        super("csv");
        this.rows = rows;
        this.separator = separator;
        this.lineEnd = lineEnd;
    }

    @Override
    void write(Cursor<?> value, OutputStream out) throws IOException {
        Writer text = Texts.writer(out);
        Quoting quoting = new Quoting();
        CsvWriter csv = CsvWriter.builder()
                .fieldSeparator(separator)
                .lineDelimiter(lineEnd)
                .quoteStrategy(quoting)
                .build(text);
        try {
            writeRows(value, csv, quoting);
            csv.flush();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        text.flush();
    }

    private void writeRows(Cursor<?> value, CsvWriter csv, Quoting quoting) throws IOException {
        List<String> columns = List.of();
        long number = 0;
        while (value.advance()) {
            Object row = value.row();
            number++;
            try {
                if (number == 1) {
                    columns = row == null ? List.of() : rows.columnsOf(row);
                    csv.writeRecord(columns);
                }
                writeRow(row, number, columns, csv, quoting);
            } catch (Refusal refusal) {
                throw Problems.unencodable(typeId(), "in row " + number, refusal);
            }
        }
        if (number == 0 && !rows.columnsOfNoRows().isEmpty()) {
            csv.writeRecord(rows.columnsOfNoRows());
        }
    }

    private void writeRow(@Nullable Object row, long number, List<String> columns, CsvWriter csv, Quoting quoting)
            throws IOException {
        @Nullable Object[] values = rows.values(row, columns);
        @Nullable String[] texts = new @Nullable String[values.length];
        quoting.forced.clear();
        for (int i = 0; i < values.length; i++) {
            try {
                texts[i] = print(rows.cell(i), values[i]);
                quoting.forced.set(i, rows.cell(i).needsQuotes(values[i]));
            } catch (Refusal refusal) {
                throw Problems.unencodable(
                        typeId(), "in row " + number + ", column " + Texts.quote(columns.get(i)), refusal);
            }
        }
        csv.writeRecord(texts);
    }

    private static @Nullable String print(CsvCell cell, @Nullable Object value) throws Refusal {
        String text = cell.print(value);
        if (text != null && text.length() > LONGEST_CELL) {
            throw new Refusal("the text is longer than " + LONGEST_CELL + " characters");
        }
        return text;
    }

    @Override
    Cursor<@Nullable Object> read(InputStream in) throws IOException {
        return new CsvReading(rows, in, separator);
    }

    /** An empty text in quotes, a null without; and in quotes what the reader would take for something else. Used for one file. */
    private static final class Quoting implements QuoteStrategy {
        private final BitSet forced = new BitSet();

        @Override
        public boolean quoteEmpty(int lineNumber, int column) {
            return true;
        }

        /** A byte order mark at the beginning of the first name would be taken for the file's. */
        @Override
        public boolean quoteValue(int lineNumber, int column, String value) {
            return forced.get(column) || value.charAt(0) == '\uFEFF';
        }
    }
}
