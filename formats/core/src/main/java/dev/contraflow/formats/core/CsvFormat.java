package dev.contraflow.formats.core;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import dev.contraflow.io.Format;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A list of rows as CSV. */
final class CsvFormat implements Format<List<@Nullable Object>> {
    /** Half of what a reader bears, as every quote is written twice. */
    private static final int LONGEST_CELL = CsvLines.LONGEST_LINE / 4;

    private final CsvRows rows;
    private final char separator;
    private final LineDelimiter lineEnd;

    CsvFormat(CsvRows rows, char separator, LineDelimiter lineEnd) {
        this.rows = rows;
        this.separator = separator;
        this.lineEnd = lineEnd;
    }

    @Override
    public String typeId() {
        return "csv";
    }

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public void encode(List<@Nullable Object> value, OutputStream out) throws IOException {
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

    private void writeRows(List<@Nullable Object> value, CsvWriter csv, Quoting quoting) throws IOException {
        List<String> columns = List.of();
        int number = 0;
        for (Object row : value) {
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

    private void writeRow(@Nullable Object row, int number, List<String> columns, CsvWriter csv, Quoting quoting)
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
    public List<@Nullable Object> decode(InputStream in) throws IOException {
        try {
            return Collections.unmodifiableList(readRows(new CsvLines(Texts.readerAfterByteOrderMark(in), separator)));
        } catch (CharacterCodingException e) {
            throw Problems.notUtf8(typeId(), e);
        }
    }

    private List<@Nullable Object> readRows(CsvLines lines) throws IOException {
        List<@Nullable Object> read = new ArrayList<>();
        CsvLines.Line first = lines.next();
        while (first != null && first.isBlank()) {
            first = lines.next();
        }
        if (first == null) {
            if (rows.columnsOfNoRows().isEmpty()) {
                return read;
            }
            throw new IOException("Cannot read csv: there is no header. Expected the columns "
                    + String.join(", ", rows.columnsOfNoRows()));
        }
        List<String> header = headerOf(first);
        CsvRows.Assembler assembler = assembler(first, header);
        for (CsvLines.Line line = lines.next(); line != null; line = lines.next()) {
            if (!line.isBlank() || header.size() == 1) {
                read.add(readRow(line, header, assembler));
            }
        }
        return read;
    }

    private List<String> headerOf(CsvLines.Line first) throws IOException {
        List<String> header = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String cell : first.cells()) {
            String name = cell == null ? "" : cell;
            header.add(name);
            if (!names.add(name)) {
                throw unreadable(first, new Refusal("the header has the column " + Texts.quote(name) + " twice"));
            }
        }
        return header;
    }

    private CsvRows.Assembler assembler(CsvLines.Line first, List<String> header) throws IOException {
        try {
            return rows.assembler(header);
        } catch (Refusal refusal) {
            throw unreadable(first, refusal);
        }
    }

    private Object readRow(CsvLines.Line line, List<String> header, CsvRows.Assembler assembler) throws IOException {
        if (line.cells().size() != header.size() && !line.isBlank()) {
            throw unreadable(
                    line,
                    new Refusal("the line has " + line.cells().size() + " cells, but the header has " + header.size()));
        }
        @Nullable Object[] values = new @Nullable Object[header.size()];
        for (int i = 0; i < values.length; i++) {
            try {
                String text = line.isBlank() ? null : line.cells().get(i);
                values[i] = assembler.cell(i).parse(text, line.quotes(i));
            } catch (Refusal refusal) {
                throw Problems.unreadable(
                        typeId(), "line " + line.number() + ", column " + Texts.quote(header.get(i)), refusal);
            }
        }
        try {
            return assembler.row(values);
        } catch (Refusal refusal) {
            throw unreadable(line, refusal);
        }
    }

    private IOException unreadable(CsvLines.Line line, Refusal refusal) {
        return Problems.unreadable(typeId(), "line " + line.number(), refusal);
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
