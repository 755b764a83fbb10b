package dev.contraflow.formats.core;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.FormatOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What all formats of text have in common: strict UTF-8. */
final class Texts {
    private static final int LONGEST_QUOTE = 60;

    private Texts() {}

    /** Refuses a text with half of a surrogate pair: UTF-8 has no bytes for it, and Java's usual encoders would write a '?'. */
    static String requireEncodable(String text) throws Refusal {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new Refusal("the text has half of a surrogate pair at character " + i + " (U+"
                            + Integer.toHexString(c).toUpperCase(Locale.ROOT) + "), which UTF-8 cannot hold");
                }
                i++;
            }
        }
        return text;
    }

    /** A reader that fails on bytes that are not UTF-8, instead of replacing them. Closing it would close {@code in}. */
    static BufferedReader reader(InputStream in) {
        CharsetDecoder strict = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return new BufferedReader(new InputStreamReader(in, strict));
    }

    /** As {@link #reader}, without the mark that some tools write at the beginning of a file. */
    static BufferedReader readerAfterByteOrderMark(InputStream in) throws IOException {
        BufferedReader reader = reader(in);
        reader.mark(1);
        if (reader.read() != '\uFEFF') {
            reader.reset();
        }
        return reader;
    }

    /** A writer that fails on what UTF-8 cannot hold. Flush it; closing it would close {@code out}. */
    static Writer writer(OutputStream out) {
        CharsetEncoder strict = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return new OutputStreamWriter(out, strict);
    }

    /** A text as it stands in a message: in quotes, control characters escaped, cut when it is long. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), LONGEST_QUOTE); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                quoted.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > LONGEST_QUOTE ? "...'" : "'").toString();
    }

    /**
     * Asks for the option {@code encoding} on both sides, for the sake of catalogs that state it.
     *
     * @throws CatalogException if it is not UTF-8
     */
    static void requireUtf8(FormatOptions options) {
        requireUtf8(options.load());
        requireUtf8(options.save());
    }

    private static void requireUtf8(ConfigSection section) {
        section.text("encoding").ifPresent(name -> {
            if (!name.equalsIgnoreCase("utf-8") && !name.equalsIgnoreCase("utf8")) {
                throw section.error("encoding", "is '" + name + "', but only utf-8 is supported.");
            }
        });
    }
}
