package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.CatalogException;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonFormatTest extends FormatContract {
    private static final TypeRef<Map<String, List<Double>>> DOUBLES = new TypeRef<>() {};

    record Renamed(@JsonProperty("Sepal.Length") double sepalLength, int petals) {}

    record Positive(int number) {
        Positive {
            if (number < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    record Loose(Optional<String> note, String name) {}

    @Override
    protected FormatProvider provider() {
        return new JsonFormatProvider();
    }

    @Override
    protected List<Samples<?>> samples() {
        List<Samples<?>> samples = new ArrayList<>(TreeSamples.shared());
        samples.add(Samples.of(DOUBLES, Map.of("a", List.of(-0.0, 0.0, 1e-7, Double.MIN_VALUE, Double.MAX_VALUE, 2e-3)))
                .refusing(Map.of("a", List.of(Double.NaN)), Map.of("a", List.of(Double.NEGATIVE_INFINITY))));
        samples.add(Samples.of(TypeRef.of(TreeSamples.Numbers.class), Bytes.numbers()));
        samples.add(Samples.of(TypeRef.of(String.class), "", "null", "\u2028\u0000\"\\/\ud83d\ude00"));
        samples.add(Samples.of(TypeRef.of(Integer.class), 0, -17));
        samples.add(Samples.of(TypeRef.of(Renamed.class), new Renamed(1.5, 3)));
        return samples;
    }

    @Override
    protected List<TypeRef<?>> unsupportedTypes() {
        return TreeSamples.unsupported();
    }

    /** Only a number may be the beginning of another one. */
    @Override
    protected boolean detectsTruncation(TypeRef<?> type) {
        return type.rawType() != Integer.class;
    }

    @Test
    void writesCompactJson() throws IOException {
        assertThat(Bytes.encoded(provider(), DOUBLES, Map.of("a", List.of(1.0, 1e-7, 1e22, -0.0))))
                .isEqualTo("{\"a\":[1.0,1.0E-7,1.0E22,-0.0]}");
        assertThat(Bytes.encoded(provider(), TypeRef.of(Renamed.class), new Renamed(2e-3, 1)))
                .isEqualTo("{\"Sepal.Length\":0.002,\"petals\":1}");
    }

    /** For 2e23 the JDK itself says 2.0E23 from version 19 on, and 1.9999999999999998E23 before. */
    @Test
    void writesTheShortestDigitsOnEveryJvm() throws IOException {
        assertThat(Bytes.encoded(provider(), TypeRef.of(double[].class), new double[] {
                    Double.parseDouble("2e23"), 1e21, 2.0e-3, 9.5e-3
                }))
                .isEqualTo("[2.0E23,1.0E21,0.002,0.0095]");
        assertThat(Bytes.encoded(provider(), TypeRef.of(float[].class), new float[] {1.0e10f, 2e-3f, 33554432f}))
                .isEqualTo("[1.0E10,0.002,3.3554432E7]");
    }

    @Test
    void indentsWithLf() throws IOException {
        FormatOptions indent =
                new FormatOptions(ConfigSection.empty("load_args"), ConfigSection.of("save_args", Map.of("indent", 2)));
        TypeRef<Map<String, Object>> type = new TypeRef<>() {};
        Map<String, Object> value = Map.of("a", TreeSamples.things(1, Map.of(), List.of()));
        byte[] bytes = Bytes.encode(new JsonFormatProvider().create(type, indent), value);
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("{\n  \"a\": [\n    1,\n    {},\n    []\n  ]\n}");
        assertThat(Bytes.decoded(provider(), type, new String(bytes, StandardCharsets.UTF_8)))
                .isEqualTo(value);
        assertThatThrownBy(() -> new JsonFormatProvider()
                        .create(
                                type,
                                new FormatOptions(
                                        ConfigSection.empty("load_args"),
                                        ConfigSection.of("save_args", Map.of("indent", 11)))))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(code): 'indent' in 'save_args' is 11, but must be from 0 to 10.");
    }

    @Test
    void onlyUtf8IsAnEncoding() {
        FormatOptions latin = new FormatOptions(
                ConfigSection.of("load_args", Map.of("encoding", "latin-1")), ConfigSection.empty("save_args"));
        assertThatThrownBy(() -> provider().create(DOUBLES, latin))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(code): 'encoding' in 'load_args' is 'latin-1', but only utf-8 is supported.");
    }

    @Test
    void refusalsNameThePlace() {
        assertRefused(
                DOUBLES,
                Map.of("a/b~", List.of(1.0, Double.NaN)),
                "json cannot hold the value at /a~1b~0/1: NaN is not a number that JSON can hold");
        assertRefused(
                new TypeRef<Map<String, Object>>() {},
                Map.of("n", 5L),
                "json cannot hold the value at /n: the Long 5 would come back as a number of another class, where the type says Object; use an Integer, or a Long or BigInteger beyond its range, or a Double, or declare the type");
        assertRefused(
                TypeRef.of(String.class),
                "ab\ud800",
                "json cannot hold the value: the text has half of a surrogate pair at character 2 (U+D800), which UTF-8 cannot hold");
        assertRefused(
                new TypeRef<List<Object>>() {},
                List.of(TreeSamples.cyclic()),
                "it is nested deeper than 500 levels, or contains itself");
        assertRefused(
                TypeRef.of(Object.class),
                new Thread(),
                "json cannot hold the value: a java.lang.Thread would not come back as one, where the type says Object; declare its type");
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // breaks the types on purpose, as a careless node may
    void valuesOfAnotherClassThanDeclaredAreRefused() {
        assertRefused(
                new TypeRef<List<Integer>>() {},
                (List) List.of(1, 2L),
                "json cannot hold the value at /1: a java.lang.Long stands where the type says Integer");
        assertRefused(
                new TypeRef<List<BigDecimal>>() {},
                List.of(new BigDecimal("1") {}),
                "stands where the type says BigDecimal");
        assertRefused(
                TypeRef.of(Object[].class),
                new String[] {"a"},
                "json cannot hold the value: a [Ljava.lang.String; stands where the type says Object[]");
        assertRefused(
                new TypeRef<Map<String, Integer>>() {},
                (Map) Map.of(1, 1),
                "json cannot hold the value: the key '1' is not a text: only text keys can be told apart when they are read back");
        assertRefused(
                TypeRef.of(Loose.class),
                new Loose(Bytes.nullValue(), "x"),
                "json cannot hold the value at /note: null stands in place of an Optional; use Optional.empty()");
    }

    @Test
    void readsWhatOthersWrite() throws IOException {
        assertThat(Bytes.decoded(provider(), DOUBLES, "\ufeff { \"a\" : [ 1 , 1e-07, -0 ] }\r\n"))
                .isEqualTo(Map.of("a", List.of(1.0, 1e-7, -0.0)));
        assertThat(Bytes.decoded(provider(), TypeRef.of(Loose.class), "{\"name\":\"x\"}"))
                .isEqualTo(new Loose(Optional.empty(), "x"));
        assertThat(Bytes.decoded(
                        provider(),
                        new TypeRef<List<Object>>() {},
                        "[2147483648, 2147483647, 18446744073709551616, 1.0, 5e0, null]"))
                .isEqualTo(Arrays.asList(2147483648L, 2147483647, BigInteger.TWO.pow(64), 1.0, 5.0, null));
    }

    @Test
    void errorsWhileReadingNameLineColumnAndPointer() {
        assertUnreadable(
                DOUBLES,
                "{\n \"a\": [1, \"x\"]}",
                "Cannot read json at line 2, column 11 (/a/1): expected a number (Double), but found the text 'x'");
        assertUnreadable(
                DOUBLES, "{\"a\":[],\"a\":[]}", "Cannot read json at line 1, column 9 (/a): the key is there already");
        assertUnreadable(DOUBLES, "{} {}", "Cannot read json at line 1, column 4: expected the end, but found a map");
        assertUnreadable(DOUBLES, "", "Cannot read json at line 1, column 1: there is no value");
        assertUnreadable(
                DOUBLES, "null", "Cannot read json at line 1, column 1: the whole is null, which no dataset can be");
        assertUnreadable(
                DOUBLES,
                "{\"a\":[1e999]}",
                "Cannot read json at line 1, column 7 (/a/0): expected a number (Double), but found '1e999'");
        assertUnreadable(
                new TypeRef<List<Object>>() {},
                "[1e999]",
                "Cannot read json at line 1, column 2 (/0): the number 1e999 is too large for a double");
        assertUnreadable(
                DOUBLES, "{\"a\":[NaN]}", "Cannot read json at line 1, column 10 (/a): Non-standard token 'NaN'");
        assertUnreadable(
                TypeRef.of(Integer.class),
                "2147483648",
                "Cannot read json at line 1, column 1: expected a whole number (Integer), but found '2147483648'");
        assertUnreadable(
                TypeRef.of(Integer.class), "1.0", "expected a whole number (Integer), but found the number 1.0");
        assertUnreadable(
                TypeRef.of(Positive.class),
                "{\"number\":-1}",
                "the constructor of record Positive refused the values: java.lang.IllegalArgumentException: negative");
        assertUnreadable(
                TypeRef.of(Positive.class),
                "{\"nummer\":1}",
                "record Positive has no component 'nummer'. Did you mean 'number'? It has: number");
        assertUnreadable(
                TypeRef.of(Positive.class), "{}", "Cannot read json at line 1, column 2 (/number): is missing");
        assertUnreadable(
                TypeRef.of(Positive.class),
                "{\"number\":null}",
                "(/number): expected a whole number (Integer), but found null");
        assertUnreadable(
                new TypeRef<java.util.Set<String>>() {}, "[\"a\",\"a\"]", "(/1): the element is in the set already");
        assertUnreadable(
                TypeRef.of(TreeSamples.Color[].class), "[\"BLUE\"]", "(/0): expected a text (Color), but found 'BLUE'");
        assertUnreadable(new TypeRef<List<Object>>() {}, "[".repeat(501), "nesting depth (501) exceeds");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThatThrownBy(() -> Bytes.decode(
                        provider().create(TypeRef.of(String.class), FormatOptions.none()),
                        new byte[] {'"', (byte) 0xe9, '"'}))
                .isInstanceOf(IOException.class)
                .hasMessage("Cannot read json: the bytes are not UTF-8");
    }

    private <T> void assertRefused(TypeRef<T> type, T value, String message) {
        assertThatThrownBy(() -> Bytes.encoded(provider(), type, value))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessageContaining(message);
    }

    private <T> void assertUnreadable(TypeRef<T> type, String json, String message) {
        assertThatThrownBy(() -> Bytes.decoded(provider(), type, json))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
