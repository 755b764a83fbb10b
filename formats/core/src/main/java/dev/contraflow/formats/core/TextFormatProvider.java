package dev.contraflow.formats.core;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatAlias;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The format {@code text}: a {@code String} as UTF-8, character for character, without any mark or change of line ends. Exact; halves of
 * surrogate pairs are refused. That bytes are missing at the end cannot be seen when they are read, unless a character was cut.
 *
 * <p>As {@code Rows<String>} it is lines, each written with an LF after it. A line ends before LF, before CR LF, and at the end of the bytes
 * (there a CR is left out too); a CR anywhere else is a character of it. Texts that hold an LF or end in a CR are refused, since they would not
 * read back equal; so this is exact too. A byte order mark is a character of the first line.
 *
 * <p>Options: {@code encoding} ({@code utf-8}, the only one). Stateless and thread-safe, and so are its formats.
 */
public final class TextFormatProvider implements FormatProvider {
    /** Makes the provider; it holds nothing. */
    public TextFormatProvider() {}

    /** @return {@code text} */
    @Override
    public String typeId() {
        return "text";
    }

    /** @return {@code text.TextDataset} */
    @Override
    public List<FormatAlias> aliases() {
        return KedroAliases.text();
    }

    @Override
    @SuppressWarnings("unchecked") // T is String: checked before
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        boolean isLines = type.rawType() == Rows.class
                && RowCodec.rowType(type).filter(String.class::equals).isPresent();
        if (type.type() != String.class && !isLines) {
            throw new UnsupportedTypeException("text holds a String, or the lines of one as Rows<String>, not " + type);
        }
        Texts.requireUtf8(options);
        return isLines ? new TextLinesCodec().format(type) : (Format<T>) new TextFormat();
    }

    private static final class TextFormat implements Format<String> {
        private static final int PIECE = 64 << 10; // characters; a large text is not copied as a whole

        @Override
        public String typeId() {
            return "text";
        }

        @Override
        public void encode(String value, OutputStream out) throws IOException {
            try {
                boolean isChecked = false;
                int end;
                for (int at = 0; at < value.length(); at = end) {
                    end = endOfPiece(value, at);
                    String piece = value.substring(at, end);
                    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
                    if (!isChecked && !isAscii(piece, bytes)) { // in ASCII nothing can be wrong
                        Texts.requireEncodable(value);
                        isChecked = true;
                    }
                    out.write(bytes);
                }
            } catch (Refusal refusal) {
                throw new UnencodableValueException("text cannot hold the value: " + refusal.problem());
            }
        }

        /** Without a loop over the characters: both steps are among the fastest that a JVM has. */
        private static boolean isAscii(String piece, byte[] utf8) {
            return utf8.length == piece.length() && new String(utf8, StandardCharsets.ISO_8859_1).equals(piece);
        }

        /** A pair of surrogates is not parted. */
        private static int endOfPiece(String value, int at) {
            int end = Math.min(at + PIECE, value.length());
            boolean partsPair = end < value.length() && Character.isHighSurrogate(value.charAt(end - 1));
            return partsPair ? end + 1 : end;
        }

        @Override
        public String decode(InputStream in) throws IOException {
            byte[] bytes = in.readAllBytes();
            String text =
                    new String(bytes, StandardCharsets.UTF_8); // by far the fastest, but malformed bytes become U+FFFD
            if (text.indexOf('\uFFFD') < 0) {
                return text;
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder() // reports malformed bytes
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IOException("Cannot read text: the bytes are not UTF-8", e);
            }
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }
}
