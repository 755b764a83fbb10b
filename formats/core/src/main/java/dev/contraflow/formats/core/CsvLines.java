package dev.contraflow.formats.core;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines of a CSV file, each as its cells; an empty cell without quotes is null. Not thread-safe. */
final class CsvLines {
    /** Far beyond FastCSV's own 16 Mi characters: what could be written must be readable. */
    static final int LONGEST_LINE = 1 << 30;

    private final Iterator<Line> lines;

    CsvLines(Reader in, char separator) {
        this.lines = CsvReader.builder()
                .fieldSeparator(separator)
                .skipEmptyLines(false) // in a file of one column, an empty line is a null
                .extraFieldStrategy(
                        FieldMismatchStrategy.IGNORE) // counted by the caller, for all lines and with a better message
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false) // a file that was cut
                .maxBufferSize(LONGEST_LINE)
                .build(new Collector(), in)
                .iterator();
    }

    /**
     * One line.
     *
     * @param number the number of its first line in the file, from 1
     */
    record Line(long number, List<@Nullable String> cells, BitSet quoted) {
        boolean isBlank() {
            return cells.isEmpty();
        }

        CsvCell.Quotes quotes(int column) {
            return quoted.get(column) ? CsvCell.Quotes.PRESENT : CsvCell.Quotes.ABSENT;
        }
    }

    /** The next line, or null at the end. */
    @Nullable
    Line next() throws IOException {
        try {
            return lines.hasNext() ? lines.next() : null;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            if (e.getCause() instanceof IOException failedRead) {
                throw failedRead;
            }
            String detail = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            throw new IOException("Cannot read csv: " + e.getMessage() + detail, e);
        }
    }

    private static final class Collector extends AbstractBaseCsvCallbackHandler<Line> {
        private List<@Nullable String> cells = new ArrayList<>();
        private BitSet quotedCells = new BitSet();

        @Override
        protected void handleBegin(long startingLineNumber) {
            cells = new ArrayList<>(cells.size());
            quotedCells = new BitSet();
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
            cells.add(!quoted && length == 0 ? null : new String(buffer, offset, length));
            quotedCells.set(index, quoted);
        }

        @Override
        protected Line buildRecord() {
            return new Line(getStartingLineNumber(), cells, quotedCells);
        }
    }
}
