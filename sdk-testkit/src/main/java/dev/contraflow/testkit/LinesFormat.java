package dev.contraflow.testkit;

import dev.contraflow.io.Format;
import dev.contraflow.io.UnencodableValueException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Lists of texts, a line for each, for tests of what is not a format. It refuses texts with a line feed. A text that is {@link #FATAL} ends
 * the encoder with an {@link AssertionError}, which no format should throw. Stateless and thread-safe.
 */
public final class LinesFormat implements Format<List<String>> {
    /** A text that ends the encoder with an {@link AssertionError}. */
    public static final String FATAL = "fatal";

    private final Form form;

    /** @param form whether decoded values equal the encoded ones */
    public LinesFormat(Form form) {
        this.form = form;
    }

    /** Whether decoded values equal the encoded ones. */
    public enum Form {
        /** They do. */
        EXACT,
        /** They come back in capitals. */
        CAPITALS
    }

    @Override
    public String typeId() {
        return "lines";
    }

    @Override
    public void encode(List<String> value, OutputStream out) throws IOException {
        for (String line : value) {
            if (line.indexOf('\n') >= 0) {
                throw new UnencodableValueException("a line feed cannot be written");
            }
            if (line.equals(FATAL)) {
                throw new AssertionError("a fatal line");
            }
            out.write((line + '\n').getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public List<String> decode(InputStream in) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        text.lines()
                .map(line -> form == Form.EXACT ? line : line.toUpperCase(java.util.Locale.ROOT))
                .forEach(lines::add);
        return Collections.unmodifiableList(lines);
    }

    @Override
    public boolean isExact() {
        return form == Form.EXACT;
    }
}
