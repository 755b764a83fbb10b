package dev.contraflow.formats.core;

import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How rows are taken apart into columns and made of them. Stateless and thread-safe. */
abstract class CsvRows {
    /** The columns that a first row begins the file with. */
    abstract List<String> columnsOf(Object firstRow) throws Refusal;

    /** The columns of a file without rows; none if they are not known then. */
    abstract List<String> columnsOfNoRows();

    /** The values of a row, one for each column. */
    abstract @Nullable Object[] values(@Nullable Object row, List<String> columns) throws Refusal;

    /** The cell of a column. */
    abstract CsvCell cell(int column);

    /** The reader of the rows below a header. */
    abstract Assembler assembler(List<String> header) throws Refusal;

    /** Makes the rows below one header. */
    interface Assembler {
        /** The cell of the header's column. */
        CsvCell cell(int column);

        Object row(@Nullable Object[] values) throws Refusal;
    }

    private static Refusal nullRow() {
        return new Refusal("the row is null");
    }

    /** Rows that are records: the columns are their components; in a file they may stand in any order. */
    static final class Records extends CsvRows {
        private final RecordShape shape;
        private final List<CsvCell> cells;

        Records(RecordShape shape, List<CsvCell> cells) {
            this.shape = shape;
            this.cells = List.copyOf(cells);
        }

        @Override
        List<String> columnsOf(Object firstRow) {
            return shape.names();
        }

        @Override
        List<String> columnsOfNoRows() {
            return shape.names();
        }

        @Override
        @Nullable
        Object[] values(@Nullable Object row, List<String> columns) throws Refusal {
            if (row == null) {
                throw nullRow();
            }
            shape.requireInstance(row);
            @Nullable Object[] values = new @Nullable Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = shape.component(row, i);
            }
            return values;
        }

        @Override
        CsvCell cell(int column) {
            return cells.get(column);
        }

        @Override
        Assembler assembler(List<String> header) throws Refusal {
            int[] components = new int[header.size()];
            for (int i = 0; i < components.length; i++) {
                components[i] = componentOf(header.get(i));
            }
            if (components.length < cells.size()) {
                List<String> missing = new ArrayList<>(shape.names());
                missing.removeAll(header);
                throw new Refusal("the file has no column " + Texts.quote(missing.get(0)) + ". It has: "
                        + String.join(", ", header));
            }
            return new Assembler() {
                @Override
                public CsvCell cell(int column) {
                    return cells.get(components[column]);
                }

                @Override
                public Object row(@Nullable Object[] values) throws Refusal {
                    @Nullable Object[] inOrder = new @Nullable Object[values.length];
                    for (int i = 0; i < values.length; i++) {
                        inOrder[components[i]] = values[i];
                    }
                    return shape.newInstance(inOrder);
                }
            };
        }

        private int componentOf(String column) throws Refusal {
            int index = shape.names().indexOf(column);
            if (index < 0) {
                throw new Refusal("record " + shape.type().getSimpleName() + " has no component for the column "
                        + Texts.quote(column) + "." + Suggestion.didYouMean(column, shape.names()) + " It has: "
                        + String.join(", ", shape.names()));
            }
            return index;
        }
    }

    /** Rows that are maps: the columns are the keys of the first one, and all others must have the same, in the same order. */
    static final class Maps extends CsvRows {
        private final CsvCell cell;

        Maps(CsvCell cell) {
            this.cell = cell;
        }

        @Override
        List<String> columnsOf(Object firstRow) throws Refusal {
            if (!(firstRow instanceof Map<?, ?> map)) {
                throw Codec.wrongClass(firstRow, "Map");
            }
            if (map.isEmpty()) {
                throw new Refusal("the first row has no columns");
            }
            List<String> columns = new ArrayList<>();
            for (Object key : map.keySet()) {
                if (!(key instanceof String column)) {
                    throw new Refusal("the column " + Texts.quote(String.valueOf(key)) + " is not a text");
                }
                columns.add(Texts.requireEncodable(column));
            }
            return columns;
        }

        @Override
        List<String> columnsOfNoRows() {
            return List.of();
        }

        @Override
        @Nullable
        Object[] values(@Nullable Object row, List<String> columns) throws Refusal {
            if (row == null) {
                throw nullRow();
            }
            if (!(row instanceof Map<?, ?> map)) {
                throw Codec.wrongClass(row, "Map");
            }
            requireColumns(map.keySet(), columns);
            return map.values().toArray();
        }

        /** In the same order too: the order of a map's keys is part of the value that comes back. */
        private static void requireColumns(Set<?> keys, List<String> columns) throws Refusal {
            if (List.copyOf(keys).equals(columns)) {
                return;
            }
            throw new Refusal("the row has the columns " + keys + ", but the first row has " + columns
                    + (keys.equals(Set.copyOf(columns)) ? ", in another order; make rows in one order" : ""));
        }

        @Override
        CsvCell cell(int column) {
            return cell;
        }

        @Override
        Assembler assembler(List<String> header) {
            return new Assembler() {
                @Override
                public CsvCell cell(int column) {
                    return cell;
                }

                @Override
                public Object row(@Nullable Object[] values) {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    for (int i = 0; i < values.length; i++) {
                        row.put(header.get(i), values[i]);
                    }
                    return Collections.unmodifiableMap(row);
                }
            };
        }
    }
}
