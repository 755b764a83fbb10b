package dev.contraflow.formats.core;

import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnsupportedTypeException;
import java.lang.reflect.Type;

/**
 * The format {@code jsonl} (JSON Lines, UTF-8): a {@code List} or {@link dev.contraflow.Rows}, each element one compact JSON value on a line of its own that ends in LF. The
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
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        Type row = RowCodec.rowType(type)
                .orElseThrow(() -> new UnsupportedTypeException(
                        "jsonl holds a List or Rows of records, maps or other JSON values, not " + type));
        Texts.requireUtf8(options);
        return new JsonLinesCodec(Codecs.of(row, typeId(), Dialect.JSON)).format(type);
    }
}
