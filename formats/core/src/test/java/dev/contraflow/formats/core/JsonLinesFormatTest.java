package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesFormatTest extends FormatContract {
    private static final TypeRef<List<Object>> ANYTHING = new TypeRef<>() {};

    @Override
    protected FormatProvider provider() {
        return new JsonLinesFormatProvider();
    }

    @Override
    protected List<Samples<?>> samples() {
        return Bytes.listsAndRows(
                Samples.of(
                                ANYTHING,
                                List.of("a\r\nb\u2028c"),
                                List.of(),
                                Arrays.asList(Bytes.nullValue(), 1, 2),
                                List.of(List.of(), Map.of()))
                        .refusing(List.of(1L), List.of("\ud800"), List.of(Double.NaN)),
                Samples.of(new TypeRef<List<TreeSamples.Numbers>>() {}, List.of(Bytes.numbers(), Bytes.numbers())),
                Samples.of(
                        new TypeRef<List<TreeSamples.Mixed>>() {},
                        List.of(TreeSamples.mixed(null), TreeSamples.mixed(List.of("\n")))));
    }

    @Override
    protected List<TypeRef<?>> unsupportedTypes() {
        return List.of(
                TypeRef.of(String.class),
                TypeRef.of(List.class),
                new TypeRef<Map<String, String>>() {},
                new TypeRef<List<Thread>>() {},
                new TypeRef<List<? extends String>>() {},
                TypeRef.of(Rows.class),
                new TypeRef<Rows<Thread>>() {});
    }

    @Override
    protected boolean detectsTruncation(TypeRef<?> type) {
        return false; // whole lines may be missing
    }

    @Test
    void everyValueStandsOnALineOfItsOwn() throws IOException {
        assertThat(Bytes.encoded(
                        provider(),
                        ANYTHING,
                        Arrays.asList(TreeSamples.ordered("a", 1, "b", "\n"), Bytes.nullValue(), 1.0)))
                .isEqualTo("{\"a\":1,\"b\":\"\\n\"}\nnull\n1.0\n");
        assertThat(Bytes.encoded(provider(), ANYTHING, List.of())).isEmpty();
    }

    @Test
    void readsWhatOthersWrite() throws IOException {
        assertThat(Bytes.decoded(provider(), ANYTHING, "\ufeff1\r\n\r\n  \n{\"a\": null}"))
                .isEqualTo(List.of(1, TreeSamples.ordered("a", null)));
    }

    @Test
    void errorsOfRowsAreThoseOfLists() {
        TypeRef<Rows<Integer>> numbers = new TypeRef<>() {};
        assertThatThrownBy(() -> Bytes.decoded(provider(), numbers, "1\n\ntrue\n"))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Cannot read jsonl at line 3, column 1 (/1): expected a whole number (Integer), but found true");
        assertThatThrownBy(() ->
                        Bytes.encoded(provider(), new TypeRef<Rows<Object>>() {}, Rows.of(List.of(1, Map.of("x", 1L)))))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessageStartingWith("jsonl cannot hold the value at /1/x: the Long 1 would come back");
    }

    @Test
    void errorsNameTheLineAndTheElement() {
        assertThatThrownBy(() ->
                        Bytes.decoded(provider(), new TypeRef<List<Map<String, Integer>>>() {}, "{}\n\n{\"a\":true}\n"))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Cannot read jsonl at line 3, column 6 (/1/a): expected a whole number (Integer), but found true");
        assertThatThrownBy(() -> Bytes.decoded(provider(), ANYTHING, "1\n1 2\n"))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Cannot read jsonl at line 2, column 3 (/1): expected the end of the line, but found the number 2");
        assertThatThrownBy(() -> Bytes.decoded(provider(), ANYTHING, "[1,\n2]\n"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Cannot read jsonl at line 1, column 4 (/0): Unexpected end-of-input");
        assertThatThrownBy(() -> Bytes.encoded(provider(), ANYTHING, List.of(1, Map.of("x", 1L))))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessageStartingWith("jsonl cannot hold the value at /1/x: the Long 1 would come back");
    }
}
