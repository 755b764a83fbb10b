package dev.contraflow.formats.core;

import java.io.IOException;

/** The tokens of a tree of lists, maps and scalars, one after the other, whatever it is written in. Not thread-safe. */
interface Source {
    /** One token. */
    enum Token {
        LIST("a list"),
        END_LIST("the end of a list"),
        MAP("a map"),
        END_MAP("the end of a map"),
        KEY("the key"),
        TEXT("the text"),
        INTEGER("the number"),
        DECIMAL("the number"),
        FLAG(""),
        NULL("null"),
        END("the end");

        private final String words;

        Token(String words) {
            this.words = words;
        }
    }

    /** The token that it stands at; the first one before the first call of {@link #next}. */
    Token token();

    /** Goes to the next token. */
    Token next() throws IOException;

    /** The text of a key or scalar, in a form that Java parses. */
    String text() throws IOException;

    /** Where the token stands: {@code line 3, column 7}. */
    String position();

    /** An error about the token that it stands at. */
    default Refusal unexpected(String expected) throws IOException {
        return new Refusal("expected " + expected + ", but found " + found());
    }

    private String found() throws IOException {
        return switch (token()) {
            case KEY, TEXT -> token().words + " " + Texts.quote(text());
            case INTEGER, DECIMAL -> token().words + " " + text();
            case FLAG -> text();
            default -> token().words;
        };
    }
}
