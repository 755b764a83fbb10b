package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TextAndBytesFormatTest {
    private static final TypeRef<Rows<String>> LINES = new TypeRef<>() {};
    private static final TypeRef<Rows<byte[]>> PIECES = new TypeRef<>() {};

    @Nested
    class Text extends FormatContract {
        @Override
        protected FormatProvider provider() {
            return new TextFormatProvider();
        }

        @Override
        protected List<Samples<?>> samples() {
            return List.of(
                    Samples.of(
                                    TypeRef.of(String.class),
                                    "",
                                    "\ufeff bom\r\n",
                                    "a\u0000\ud83d\ude00 ",
                                    "\ufffd?",
                                    "x".repeat(65_535) + "\ud83d\ude00" + "\u00e9".repeat(65_536))
                            .refusing(
                                    "\ud83d",
                                    "\ude00x",
                                    "a\ud83db",
                                    "x".repeat(65_535) + "\ud83d" + "y".repeat(9),
                                    "x".repeat(65_536) + "\ude00"),
                    Samples.of(
                                    LINES,
                                    Rows.of(List.of()),
                                    Rows.of(List.of("")),
                                    Rows.of(List.of("", "", "a", "")),
                                    Rows.of(List.of("\ufeffa\rb\u0085c\u2028", "\ud83d\ude00 ")),
                                    Rows.of(List.of("x".repeat(8191), "y".repeat(8192), "z".repeat(30_000))))
                            .refusing(
                                    Rows.of(List.of("a\nb")),
                                    Rows.of(List.of("\n")),
                                    Rows.of(List.of("a", "b\r")),
                                    Rows.of(List.of("\r")),
                                    Rows.of(List.of("\ud800")),
                                    Rows.of(Collections.singletonList(Bytes.<String>nullValue()))));
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return List.of(
                    TypeRef.of(CharSequence.class),
                    TypeRef.of(byte[].class),
                    new TypeRef<List<String>>() {},
                    new TypeRef<Rows<Integer>>() {});
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return false;
        }

        @Test
        void linesEndBeforeLfCrLfAndTheEnd() throws IOException {
            assertThat(Bytes.decoded(provider(), LINES, "a\r\nb\n\r\n\nc\rd\r\r\ne")
                            .toList())
                    .containsExactly("a", "b", "", "", "c\rd\r", "e");
            assertThat(Bytes.decoded(provider(), LINES, "a\r").toList()).containsExactly("a");
            assertThat(Bytes.encoded(provider(), LINES, Rows.of(List.of("a", ""))))
                    .isEqualTo("a\n\n");
        }

        @Test
        void saysWhichLineCannotBeWritten() {
            assertThatThrownBy(() -> Bytes.encoded(provider(), LINES, Rows.of(List.of("a", "bc\nd"))))
                    .isInstanceOf(UnencodableValueException.class)
                    .hasMessage("text cannot hold the value in row 2: the text has a line feed (LF) at character 2,"
                            + " which would end the row");
            assertThatThrownBy(() -> Bytes.encoded(provider(), LINES, Rows.of(List.of("a\r"))))
                    .hasMessage("text cannot hold the value in row 1: the text ends in a carriage return (CR), which"
                            + " would be read as part of the line end");
        }

        @Test
        void refusesLinesThatAreNotUtf8() {
            assertThatThrownBy(() -> Bytes.decode(
                            provider().create(LINES, FormatOptions.none()), new byte[] {'a', '\n', (byte) 0xff}))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Cannot read text: the bytes are not UTF-8");
        }

        @Test
        void refusesBytesThatAreNotUtf8() {
            assertThatThrownBy(() -> Bytes.decode(
                            provider().create(TypeRef.of(String.class), FormatOptions.none()),
                            new byte[] {'a', (byte) 0xff}))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Cannot read text: the bytes are not UTF-8");
        }
    }

    @Nested
    class Raw extends FormatContract {
        @Override
        protected FormatProvider provider() {
            return new BytesFormatProvider();
        }

        @Override
        protected List<Samples<?>> samples() {
            return List.of(
                    Samples.of(TypeRef.of(byte[].class), new byte[0], new byte[] {0, -1, '\r', '\n'}),
                    Samples.of(PIECES, Rows.of(List.of()), Rows.of(List.of(new byte[] {1, 2}, new byte[0])))
                            .refusing(Rows.of(Collections.singletonList(Bytes.<byte[]>nullValue()))));
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return List.of(TypeRef.of(String.class), TypeRef.of(int[].class), new TypeRef<Rows<int[]>>() {});
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return false;
        }

        @Test
        void piecesAreCutAnew() throws IOException {
            Format<Rows<byte[]>> format = new BytesFormatProvider().create(PIECES, FormatOptions.none());
            assertThat(format.isExact()).isFalse();
            byte[] whole = new byte[2 * 65_536 + 3];
            new java.util.Random(7).nextBytes(whole);
            Rows<byte[]> odd = Rows.of(
                    List.of(Arrays.copyOfRange(whole, 0, 1), new byte[0], Arrays.copyOfRange(whole, 1, whole.length)));
            byte[] written = Bytes.encode(format, odd);
            assertThat(written).isEqualTo(whole);
            List<byte[]> pieces = Bytes.decode(format, written).toList();
            assertThat(pieces).extracting(piece -> piece.length).containsExactly(65_536, 65_536, 3);
            assertThat(Bytes.encode(format, Rows.of(pieces))).isEqualTo(whole);
        }

        @Test
        void writesTheBytesAsTheyAre() throws IOException {
            byte[] value = {1, 2, 3};
            byte[] written = Bytes.encode(
                    new BytesFormatProvider().create(TypeRef.of(byte[].class), FormatOptions.none()), value);
            assertThat(written).isEqualTo(value).isNotSameAs(value);
        }
    }
}
