package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.TypeRef;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TextAndBytesFormatTest {
    @Nested
    class Text extends FormatContract {
        @Override
        protected FormatProvider provider() {
            return new TextFormatProvider();
        }

        @Override
        protected List<Samples<?>> samples() {
            return List.of(Samples.of(TypeRef.of(String.class), "", "\ufeff bom\r\n", "a\u0000\ud83d\ude00 ")
                    .refusing("\ud83d", "\ude00x", "a\ud83db"));
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return List.of(TypeRef.of(CharSequence.class), TypeRef.of(byte[].class), new TypeRef<List<String>>() {});
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return false;
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
            return List.of(Samples.of(TypeRef.of(byte[].class), new byte[0], new byte[] {0, -1, '\r', '\n'}));
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return List.of(TypeRef.of(String.class), TypeRef.of(int[].class));
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return false;
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
