package dev.contraflow.internal.config;

import dev.contraflow.internal.config.Template.Call;
import dev.contraflow.internal.config.Template.Entries;
import dev.contraflow.internal.config.Template.Items;
import dev.contraflow.internal.config.Template.Joined;
import dev.contraflow.internal.config.Template.Literal;
import dev.contraflow.internal.config.Template.Path;
import dev.contraflow.internal.config.Template.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes texts with references apart, by the grammar of OmegaConf: {@code ${path.to[0].value}}, {@code ${..relative}}, {@code ${resolver:a,
 * 'b, c', [1, 2], {k: v}, ${nested}}}, and <code>\${</code> for the two characters themselves. Messages never quote the text: it may be a
 * secret. One parser reads one text; used by one thread.
 */
final class TemplateParser {
    private static final int DEPTH = 32;
    private static final Pattern RESOLVER = Pattern.compile("([A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*)\\s*:");
    private static final String ENDS_A_KEY = "\\{}()[]:. \t\r\n'\",";

    private final String text;
    private int at;
    private int depth;
    private boolean isInArguments;

    /** A text that begins like a reference and is none. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param problem what is wrong and what to do */
        MalformedException(String problem) {
            super(problem, null, false, false);
        }

        /** What is wrong and what to do. */
        String problem() {
            return String.valueOf(getMessage());
        }
    }

    private TemplateParser(String text) {
        this.text = text;
    }

    /** Whether a text may hold a reference, or an escaped one. */
    static boolean isTemplate(String text) {
        return text.contains("${");
    }

    /** A whole text. One that is one reference and nothing else is that reference. */
    static Template parse(String text) throws MalformedException {
        return new TemplateParser(text).template();
    }

    /** A text read like an argument of a reference. */
    static Template parseArgument(String text) throws MalformedException {
        TemplateParser parser = new TemplateParser(text);
        Template argument = parser.argument("");
        if (parser.at < text.length()) {
            throw badArguments();
        }
        return argument;
    }

    /** A text that reads as the given one; the inverse of {@link #parse}. */
    static String escaped(String literal) {
        StringBuilder escaped = new StringBuilder();
        int from = 0;
        for (int next; (next = literal.indexOf("${", from)) >= 0; from = next + 2) {
            escaped.append(literal, from, next)
                    .append("\\".repeat(backslashes(literal, from, next) + 1))
                    .append("${");
        }
        return escaped.append(literal, from, literal.length()).toString();
    }

    private static int backslashes(String text, int from, int end) {
        int count = 0;
        while (end - count > from && text.charAt(end - count - 1) == '\\') {
            count++;
        }
        return count;
    }

    private Template template() throws MalformedException {
        List<Template> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int next; (next = text.indexOf("${", at)) >= 0; ) {
            int backslashes = backslashes(text, at, next);
            literal.append(text, at, next - backslashes).append("\\".repeat(backslashes / 2));
            at = next + 2;
            if (backslashes % 2 == 1) {
                literal.append("${");
            } else {
                flush(literal, parts);
                parts.add(reference());
            }
        }
        literal.append(text, at, text.length());
        at = text.length();
        flush(literal, parts);
        return parts.size() == 1 ? parts.get(0) : new Joined(parts);
    }

    private static void flush(StringBuilder literal, List<Template> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    /** What follows <code>${</code>, with the brace that closes it. */
    private Template reference() throws MalformedException {
        if (++depth > DEPTH) {
            throw new MalformedException(
                    "references within references go deeper than " + DEPTH + " levels. Refer to fewer values at once.");
        }
        skipBlanks();
        Matcher resolver = RESOLVER.matcher(text).region(at, text.length());
        Template reference;
        if (resolver.lookingAt()) {
            at = resolver.end();
            isInArguments = true;
            reference = new Call(String.valueOf(resolver.group(1)), arguments());
        } else {
            reference = path();
            skipBlanks();
            close('}');
        }
        depth--;
        return reference;
    }

    private Path path() throws MalformedException {
        int up = 0;
        while (peek() == '.') {
            up++;
            at++;
        }
        List<Template> keys = new ArrayList<>();
        boolean more = true;
        while (more) {
            if (peek() == '[') {
                at++;
                keys.add(key());
                close(']');
            } else {
                keys.add(key());
            }
            more = peek() == '[' || peek() == '.';
            at += peek() == '.' ? 1 : 0;
        }
        return new Path(up, keys);
    }

    private Template key() throws MalformedException {
        List<Template> parts = new ArrayList<>();
        int from = at;
        while (at < text.length()) {
            if (text.startsWith("${", at)) {
                addKey(parts, from);
                at += 2;
                parts.add(reference());
                from = at;
            } else if (ENDS_A_KEY.indexOf(text.charAt(at)) < 0) {
                at++;
            } else {
                break;
            }
        }
        addKey(parts, from);
        if (parts.isEmpty()) {
            throw at == text.length() ? notClosed() : noKey();
        }
        return parts.size() == 1 ? parts.get(0) : new Joined(parts);
    }

    private void addKey(List<Template> parts, int from) {
        if (at > from) {
            parts.add(new Literal(text.substring(from, at)));
        }
    }

    /** Up to and with the brace that closes them. What stands behind the last comma is one more, if only an empty text. */
    private List<Template> arguments() throws MalformedException {
        List<Template> arguments = new ArrayList<>();
        skipBlanks();
        boolean more = peek() != '}';
        while (more) {
            arguments.add(argument(",}"));
            more = peek() == ',';
            at += more ? 1 : 0;
        }
        close('}');
        return arguments;
    }

    private List<Template> items() throws MalformedException {
        List<Template> items = new ArrayList<>();
        skipBlanks();
        while (peek() != ']') {
            items.add(argument(",]"));
            if (peek() != ']') {
                close(',');
            }
            skipBlanks();
        }
        at++;
        return items;
    }

    private Template argument(String ends) throws MalformedException {
        if (++depth > DEPTH) {
            throw badArguments();
        }
        skipBlanks();
        char c = peek();
        Template argument = switch (c) {
            case '\'', '"' -> quoted(c);
            case '[' -> {
                at++;
                yield new Items(items());
            }
            case '{' -> {
                at++;
                yield entries();
            }
            default -> word(ends);
        };
        skipBlanks();
        depth--;
        return argument;
    }

    private Entries entries() throws MalformedException {
        List<Map.Entry<Template, Template>> entries = new ArrayList<>();
        skipBlanks();
        while (peek() != '}') {
            Template key = argument(":");
            close(':');
            entries.add(Map.entry(key, argument(",}")));
            if (peek() != '}') {
                close(',');
            }
            skipBlanks();
        }
        at++;
        return new Entries(entries);
    }

    /** Always a text, whatever stands in the quotes. */
    private Template quoted(char quote) throws MalformedException {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length()) {
            throw badArguments();
        }
        String within = text.substring(at + 1, end).replace("\\" + quote, String.valueOf(quote));
        at = end + 1;
        TemplateParser inner = new TemplateParser(within);
        inner.depth = depth;
        return new Joined(List.of(inner.template()));
    }

    private Template word(String ends) throws MalformedException {
        List<Template> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int blanks = 0;
        boolean isEscaped = false;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            char c = text.charAt(at);
            if (text.startsWith("${", at)) {
                flush(literal, parts);
                at += 2;
                parts.add(reference());
                blanks = 0;
            } else if (c == '\\' && at + 1 < text.length()) {
                isEscaped = true;
                literal.append(text.charAt(at + 1));
                at += 2;
                blanks = 0;
            } else {
                literal.append(c);
                at++;
                blanks = c == ' ' || c == '\t' ? blanks + 1 : 0;
            }
        }
        literal.setLength(literal.length() - Math.min(blanks, literal.length()));
        if (parts.isEmpty()) {
            return isEscaped ? new Literal(literal.toString()) : new Word(literal.toString());
        }
        flush(literal, parts);
        return parts.size() == 1 ? parts.get(0) : new Joined(parts);
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** The next character, or a null character at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void close(char expected) throws MalformedException {
        if (at >= text.length()) {
            throw notClosed();
        }
        if (text.charAt(at) != expected) {
            throw isInArguments ? badArguments() : noKey();
        }
        at++;
    }

    private static MalformedException notClosed() {
        return new MalformedException("a '${' is not closed by '}'. Write '\\${' for the two characters themselves.");
    }

    private static MalformedException noKey() {
        return new MalformedException(
                "a reference has no valid key. Write '${globals:a.b}' or '${globals:a.b, default}',"
                        + " and '\\${' for the two characters themselves.");
    }

    private static MalformedException badArguments() {
        return new MalformedException(
                "the arguments of a reference cannot be read. Write '${globals:a.b, default}', and quote"
                        + " a default that holds a comma, a brace or a quote.");
    }
}
