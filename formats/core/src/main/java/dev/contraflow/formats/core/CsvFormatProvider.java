package dev.contraflow.formats.core;

import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatAlias;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnsupportedTypeException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The format {@code csv} (RFC 4180, UTF-8) with a header: a {@code List} or {@link dev.contraflow.Rows}.
 *
 * <p>A row is a record of texts, numbers, booleans, enums, java.time values, {@code UUID}, {@code URI}, {@code byte[]}, {@code Optional} of
 * these, or {@code Object}; or a {@code Map} from column to one of these, such as {@code Map<String, String>} or {@code Map<String, Object>}.
 * The columns of records are their components (or Jackson's {@code @JsonProperty} names), in any order when they are read; none may be missing
 * or unknown. The columns of maps are the keys of the first row; rows with others, or in another order, are refused. A list without maps is a
 * file without a byte.
 *
 * <p>A cell of the type {@code Object} is a text if it stands in quotes, and otherwise what it looks like: true or false, a whole number
 * (Integer, Long or BigInteger, the smallest that holds it), a Double, or a text. Null is an empty cell without quotes, the empty text one in
 * quotes; in a file of one column a blank line is a null.
 *
 * <p>Exact: separators, quotes, CR, LF, a byte order mark and spaces survive. As pandas writes them, {@code 1.0} for a whole number, {@code
 * True} and {@code False}, {@code 1e-07}, {@code inf} and {@code NaN} are accepted. A file that ends within quotes is refused; that lines, or
 * characters of the last cell, are missing at the end cannot be seen when it is read.
 *
 * <p>Options in {@code load_args} and {@code save_args}: {@code separator} (also {@code sep}, {@code delimiter}), one character; given on one
 * side it holds for both. In {@code save_args}: {@code line_end}, {@code lf} or {@code crlf}; {@code index}, which can only be false. {@code
 * encoding}: {@code utf-8}. Stateless and thread-safe, and so are its formats.
 */
public final class CsvFormatProvider implements FormatProvider {
    private static final List<String> SEPARATOR_KEYS = List.of("separator", "sep", "delimiter");

    /** Makes the provider; it holds nothing. */
    public CsvFormatProvider() {}

    /** @return {@code csv} */
    @Override
    public String typeId() {
        return "csv";
    }

    /** @return {@code pandas.CSVDataset} and {@code polars.CSVDataset} */
    @Override
    public List<FormatAlias> aliases() {
        return KedroAliases.csv();
    }

    @Override
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        Texts.requireUtf8(options);
        if (options.save().flag("index").orElse(false)) {
            throw options.save().error("index", "is true, but there is no index to write. Make it a column.");
        }
        LineDelimiter lineEnd =
                switch (options.save().choice("line_end", LineEnd.class).orElse(LineEnd.LF)) {
                    case LF -> LineDelimiter.LF;
                    case CRLF -> LineDelimiter.CRLF;
                };
        return new CsvCodec(rows(type), separator(options), lineEnd).format(type);
    }

    private enum LineEnd {
        LF,
        CRLF
    }

    /** One for both sides: with two, the dataset could not read what it wrote. */
    private static char separator(FormatOptions options) {
        Optional<Character> load = separator(options.load());
        Optional<Character> save = separator(options.save());
        if (load.isPresent() && save.isPresent() && !load.equals(save)) {
            throw options.save()
                    .error(
                            SEPARATOR_KEYS.stream()
                                    .filter(options.save().entries()::containsKey)
                                    .findFirst()
                                    .orElseThrow(),
                            "is not the separator of load_args: the dataset could not read what it wrote. Use two views,"
                                    + " 'name@in' and 'name@out'.");
        }
        return load.or(() -> save).orElse(',');
    }

    private static Optional<Character> separator(ConfigSection section) {
        Optional<Character> separator = Optional.empty();
        for (String key : SEPARATOR_KEYS) {
            Optional<Character> found = section.text(key).map(text -> separator(section, key, text));
            if (found.isPresent() && separator.isPresent()) {
                throw section.error(key, "says the same as another key. Keep one of: separator, sep, delimiter.");
            }
            separator = separator.or(() -> found);
        }
        return separator;
    }

    private static char separator(ConfigSection section, String key, String text) {
        String character = text.equals("\\t") ? "\t" : text; // '\t' in single quotes, as catalogs for pandas have it
        if (character.length() != 1
                || "\"\r\n\uFEFF".contains(character)
                || Character.isSurrogate(character.charAt(0))) {
            throw section.error(key, "must be one character, and not a quote or a line end.");
        }
        return character.charAt(0);
    }

    private static CsvRows rows(TypeRef<?> type) {
        Type row = RowCodec.rowType(type).orElseThrow(() -> unsupported(type, "it is neither a List nor Rows"));
        if (row instanceof Class<?> raw && raw.isRecord() && raw.getRecordComponents().length > 0) {
            return new CsvRows.Records(new RecordShape(raw), cells(type, raw));
        }
        if (row instanceof ParameterizedType map
                && map.getRawType() == Map.class
                && map.getActualTypeArguments()[0] == String.class) {
            Type value = map.getActualTypeArguments()[1];
            return new CsvRows.Maps(CsvCell.of(value)
                    .orElseThrow(() -> unsupported(type, TypeRef.of(value) + " does not fit in a cell")));
        }
        throw unsupported(type, TypeRef.of(row) + " is not a row");
    }

    private static List<CsvCell> cells(TypeRef<?> type, Class<?> row) {
        List<CsvCell> cells = new ArrayList<>();
        for (RecordComponent component : row.getRecordComponents()) {
            cells.add(CsvCell.of(component.getGenericType())
                    .orElseThrow(() -> unsupported(
                            type,
                            "the component '" + component.getName() + "' is a " + TypeRef.of(component.getGenericType())
                                    + ", which does not fit in a cell")));
        }
        return cells;
    }

    private static UnsupportedTypeException unsupported(TypeRef<?> type, String why) {
        return new UnsupportedTypeException(
                "csv holds a List or Rows of flat records, or of maps from text to values, where the values are "
                        + Scalars.WORDS + ", not " + type + ": " + why);
    }
}
