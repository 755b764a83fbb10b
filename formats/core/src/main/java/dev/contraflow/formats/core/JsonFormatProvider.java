package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatAlias;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format {@code json} (RFC 8259, UTF-8): one value.
 *
 * <p>It holds records (also generic and nested ones; names as declared, or as Jackson's {@code @JsonProperty} says), {@code List}, {@code
 * Set}, {@code Map} with text keys, arrays, {@code Optional}, texts, numbers, booleans, enums (by name), java.time values, {@code UUID},
 * {@code URI}, {@code byte[]} (as Base64), and {@code Object}: a tree of texts, booleans, numbers, nulls, lists and maps. In such a tree a
 * whole number is the smallest of Integer, Long and BigInteger that holds it, any other number a Double; a number of another class is refused
 * when it is written, because it would come back as another class. Null stands for itself; an empty Optional is written as null.
 *
 * <p>Exact and strict: NaN and infinities, halves of surrogate pairs, null keys and values of a class other than the declared one are refused
 * when they are written; unknown, missing and repeated keys, and anything after the value, when they are read. Errors name the place as a
 * JSON pointer (RFC 6901). Values may be nested 500 levels deep.
 *
 * <p>Options: {@code indent} in {@code save_args}, 0 to 10 spaces a level; without it the text is one line. {@code encoding}: {@code utf-8}.
 * Stateless and thread-safe, and so are its formats.
 */
public final class JsonFormatProvider implements FormatProvider {
    private static final int WIDEST_INDENT = 10;

    /** Makes the provider; it holds nothing. */
    public JsonFormatProvider() {}

    /** @return {@code json} */
    @Override
    public String typeId() {
        return "json";
    }

    /** @return {@code json.JSONDataset} */
    @Override
    public List<FormatAlias> aliases() {
        return KedroAliases.json();
    }

    @Override
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        Texts.requireUtf8(options);
        Optional<Integer> indent = options.save().integer("indent", 0, WIDEST_INDENT);
        return new JsonFormat<>(
                Codecs.of(type.type(), typeId(), Dialect.JSON),
                indent.map(JsonFormatProvider::printer).orElse(null));
    }

    /** Line ends are LF on every platform. */
    private static DefaultPrettyPrinter printer(int indent) {
        DefaultIndenter indenter = new DefaultIndenter(" ".repeat(indent), "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
        printer.indentArraysWith(indenter);
        printer.indentObjectsWith(indenter);
        return printer;
    }

    private static final class JsonFormat<T> implements Format<T> {
        private final JsonFactory factory = Json.factory();
        private final Codec codec;
        private final @Nullable DefaultPrettyPrinter printer;

        JsonFormat(Codec codec, @Nullable DefaultPrettyPrinter printer) {
            this.codec = codec;
            this.printer = printer;
        }

        @Override
        public String typeId() {
            return "json";
        }

        @Override
        public void encode(T value, OutputStream out) throws IOException {
            try (JsonGenerator json = factory.createGenerator(out)) {
                if (printer != null) {
                    PrettyPrinter own = printer.createInstance(); // it counts levels while it prints
                    json.setPrettyPrinter(own);
                }
                codec.write(Objects.requireNonNull(value, "value is null"), json);
            } catch (Refusal refusal) {
                throw Problems.unencodable(typeId(), refusal);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // the codec was made for the type T
        public T decode(InputStream in) throws IOException {
            try (JsonParser parser = factory.createParser(Texts.readerAfterByteOrderMark(in))) {
                JsonSource source = new JsonSource(parser, 1);
                try {
                    return (T) Json.readOnly(source, codec);
                } catch (Refusal refusal) {
                    throw Problems.unreadable(typeId(), source.position(), refusal);
                }
            } catch (CharacterCodingException e) {
                throw Problems.notUtf8(typeId(), e);
            }
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }
}
