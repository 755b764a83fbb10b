package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tokens from JSON text. */
final class JsonSource implements Source {
    private final JsonParser parser;
    private final long firstLine;
    private Token token;
    private @Nullable JsonLocation failedAt;

    /** @param firstLine the line of the parser's first line */
    JsonSource(JsonParser parser, long firstLine) {
        this.parser = parser;
        this.firstLine = firstLine;
        this.token = Token.END;
    }

    @Override
    public Token token() {
        return token;
    }

    @Override
    public Token next() throws IOException {
        try {
            token = kindOf(parser.nextToken());
            return token;
        } catch (JsonProcessingException e) {
            throw malformed(e);
        }
    }

    @Override
    public String text() throws IOException {
        try {
            return parser.getText();
        } catch (JsonProcessingException e) { // texts are read when they are asked for
            throw malformed(e);
        }
    }

    private Refusal malformed(JsonProcessingException e) {
        failedAt = e.getLocation();
        return new Refusal(e.getOriginalMessage(), e);
    }

    private static Token kindOf(@Nullable JsonToken token) {
        if (token == null) {
            return Token.END;
        }
        return switch (token) {
            case START_ARRAY -> Token.LIST;
            case END_ARRAY -> Token.END_LIST;
            case START_OBJECT -> Token.MAP;
            case END_OBJECT -> Token.END_MAP;
            case FIELD_NAME -> Token.KEY;
            case VALUE_STRING -> Token.TEXT;
            case VALUE_NUMBER_INT -> Token.INTEGER;
            case VALUE_NUMBER_FLOAT -> Token.DECIMAL;
            case VALUE_TRUE, VALUE_FALSE -> Token.FLAG;
            case VALUE_NULL -> Token.NULL;
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> throw new AssertionError("JSON text has no " + token);
        };
    }

    @Override
    public String position() {
        JsonLocation at = failedAt == null ? parser.currentTokenLocation() : failedAt;
        return "line " + (firstLine - 1 + at.getLineNr()) + ", column " + Math.max(1, at.getColumnNr());
    }
}
