package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How values of one class without parts stand as one text, the same in all formats but for the quotes. Stateless. */
final class Scalar extends Codec {
    /** What the text is to a format. */
    enum Kind {
        TEXT("a text"),
        INTEGER("a whole number"),
        DECIMAL("a number"),
        FLAG("true or false");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** Writes a value as text. */
    @FunctionalInterface
    interface Printer {
        String print(Object value) throws Refusal;
    }

    /** Reads a value; any runtime exception means that the text is none. */
    @FunctionalInterface
    interface Parser {
        Object parse(String text);
    }

    private final Class<?> type;
    private final Kind kind;
    private final Printer printer;
    private final Parser parser;

    Scalar(Class<?> type, Kind kind, Printer printer, Parser parser) {
        this.type = type;
        this.kind = kind;
        this.printer = printer;
        this.parser = parser;
    }

    Kind kind() {
        return kind;
    }

    /** The text of a value, checked to be of the declared class and to be encodable. */
    String print(Object value) throws Refusal {
        if (!isOfType(value)) {
            throw wrongClass(value, type.getSimpleName());
        }
        String text = printer.print(value);
        return kind == Kind.TEXT ? Texts.requireEncodable(text) : text;
    }

    /** A subclass of BigDecimal would come back as a BigDecimal: only what has no subclasses, or subclasses of no matter, passes. */
    private boolean isOfType(Object value) {
        return type == value.getClass() || (type.isInstance(value) && !Number.class.isAssignableFrom(type));
    }

    /** The value of a text. */
    Object parse(String text) throws Refusal {
        try {
            return parser.parse(text);
        } catch (RuntimeException e) {
            throw new Refusal("expected " + expected() + ", but found " + Texts.quote(text), e);
        }
    }

    /** What values are called in messages: {@code a whole number (int)}. */
    String expected() {
        return type == String.class ? kind.words : kind.words + " (" + type.getSimpleName() + ")";
    }

    @Override
    void encode(Object value, JsonGenerator out) throws IOException {
        String text = print(value);
        switch (kind) {
            case TEXT -> out.writeString(text);
            case INTEGER, DECIMAL -> out.writeNumber(text);
            case FLAG -> out.writeBoolean((Boolean) value);
        }
    }

    @Override
    @Nullable
    Object decode(Source in) throws IOException {
        boolean fits = switch (kind) {
            case TEXT -> in.token() == Source.Token.TEXT;
            case INTEGER -> in.token() == Source.Token.INTEGER;
            case DECIMAL -> in.token() == Source.Token.DECIMAL || in.token() == Source.Token.INTEGER;
            case FLAG -> in.token() == Source.Token.FLAG;
        };
        if (!fits) {
            throw in.unexpected(expected());
        }
        return parse(in.text());
    }
}
