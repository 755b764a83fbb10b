package dev.contraflow.internal.config;

import java.util.List;
import java.util.Map;

/** What a text with references consists of. Made by {@link TemplateParser}. */
sealed interface Template {
    /** Text as it stands. */
    record Literal(String text) implements Template {}

    /** A word in the arguments of a reference, which may be a number, true, false or null. */
    record Word(String text) implements Template {}

    /** Pieces in a row; their values are joined into one text. */
    record Joined(List<Template> parts) implements Template {}

    /** A list in the arguments of a reference. */
    record Items(List<Template> items) implements Template {}

    /** A map in the arguments of a reference. */
    record Entries(List<Map.Entry<Template, Template>> entries) implements Template {}

    /**
     * A reference to a value of the same files: {@code ${a.b}}.
     *
     * @param up 0 from the top; else how many containers up from the value that holds the reference, 1 for its own
     * @param keys the path from there
     */
    record Path(int up, List<Template> keys) implements Template {}

    /** A reference to what a resolver gives: {@code ${resolver:argument, argument}}. */
    record Call(String resolver, List<Template> arguments) implements Template {}
}
