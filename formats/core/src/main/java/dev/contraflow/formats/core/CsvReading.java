package dev.contraflow.formats.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of a CSV file, below its header. */
final class CsvReading extends RowReader {
    private static final String CSV = "csv";

    private final CsvLines lines;
    private final List<String> header = new ArrayList<>();
    private final CsvRows.@Nullable Assembler assembler; // null if the file has no header, and may have none

    CsvReading(CsvRows rows, InputStream in, char separator) throws IOException {
        try {
            this.lines = new CsvLines(Texts.readerAfterByteOrderMark(in), separator);
            this.assembler = readHeader(rows);
        } catch (CharacterCodingException e) {
            throw Problems.notUtf8(CSV, e);
        }
    }

    private CsvRows.@Nullable Assembler readHeader(CsvRows rows) throws IOException {
        CsvLines.Line first = lines.next();
        while (first != null && first.isBlank()) {
            first = lines.next();
        }
        if (first == null) {
            if (rows.columnsOfNoRows().isEmpty()) {
                return null;
            }
            throw new IOException("Cannot read csv: there is no header. Expected the columns "
                    + String.join(", ", rows.columnsOfNoRows()));
        }
        Set<String> names = new HashSet<>();
        for (String cell : first.cells()) {
            String name = cell == null ? "" : cell;
            header.add(name);
            if (!names.add(name)) {
                throw unreadable(first, new Refusal("the header has the column " + Texts.quote(name) + " twice"));
            }
        }
        try {
            return rows.assembler(header);
        } catch (Refusal refusal) {
            throw unreadable(first, refusal);
        }
    }

    @Override
    public boolean advance() throws IOException {
        if (assembler == null) {
            return end();
        }
        try {
            for (CsvLines.Line line = lines.next(); line != null; line = lines.next()) {
                if (!line.isBlank() || header.size() == 1) {
                    return standAt(rowOf(line, assembler));
                }
            }
            return end();
        } catch (CharacterCodingException e) {
            throw Problems.notUtf8(CSV, e);
        }
    }

    private Object rowOf(CsvLines.Line line, CsvRows.Assembler row) throws IOException {
        if (line.cells().size() != header.size() && !line.isBlank()) {
            throw unreadable(
                    line,
                    new Refusal("the line has " + line.cells().size() + " cells, but the header has " + header.size()));
        }
        @Nullable Object[] values = new @Nullable Object[header.size()];
        for (int i = 0; i < values.length; i++) {
            try {
                String text = line.isBlank() ? null : line.cells().get(i);
                values[i] = row.cell(i).parse(text, line.quotes(i));
            } catch (Refusal refusal) {
                throw Problems.unreadable(
                        CSV, "line " + line.number() + ", column " + Texts.quote(header.get(i)), refusal);
            }
        }
        try {
            return row.row(values);
        } catch (Refusal refusal) {
            throw unreadable(line, refusal);
        }
    }

    private static IOException unreadable(CsvLines.Line line, Refusal refusal) {
        return Problems.unreadable(CSV, "line " + line.number(), refusal);
    }
}
