package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class YamlFormatTest extends FormatContract {
    private static final TypeRef<Map<String, Object>> TREE = new TypeRef<>() {};
    private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

    @Override
    protected FormatProvider provider() {
        return new YamlFormatProvider();
    }

    @Override
    protected List<Samples<?>> samples() {
        List<Samples<?>> samples = new ArrayList<>(TreeSamples.shared());
        samples.add(Samples.of(TypeRef.of(TreeSamples.Numbers.class), Bytes.numbers()));
        samples.add(Samples.of(
                new TypeRef<List<Double>>() {},
                List.of(
                        -0.0,
                        1e-7,
                        1e22,
                        Double.MIN_VALUE,
                        Double.NaN,
                        Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY)));
        samples.add(Samples.of(new TypeRef<List<Float>>() {}, List.of(Float.NaN, 1e10f)));
        samples.add(Samples.of(
                TypeRef.of(String.class), "", "a", "yes", "\n", "a: b\n", " ", "\n\u0085\u2028\ufeff\ud83d\ude00"));
        samples.add(Samples.of(TypeRef.of(BigDecimal.class), new BigDecimal("1E+3"), new BigDecimal("1.00")));
        samples.add(
                Samples.of(TREE, TreeSamples.ordered("word ".repeat(60), "word ".repeat(60), "x".repeat(2000), "\t")));
        return samples;
    }

    @Override
    protected List<TypeRef<?>> unsupportedTypes() {
        return TreeSamples.unsupported();
    }

    @Override
    protected boolean detectsTruncation(TypeRef<?> type) {
        return false; // block style has no closing marks
    }

    @Test
    void writesBlocksAndQuotesWhatAnyReaderCouldTakeForSomethingElse() throws IOException {
        Map<String, Object> value = new java.util.LinkedHashMap<>();
        value.put("plain words", List.of("a", "two words", "on", "1", "1.0", "1e3", "010", "~", "", " a", "a: b", "#"));
        value.put("yes", 1e22);
        value.put("nested", Map.of("empty", List.of()));
        assertThat(Bytes.encoded(provider(), TREE, value)).isEqualTo("""
                        plain words:
                        - a
                        - two words
                        - "on"
                        - "1"
                        - "1.0"
                        - "1e3"
                        - "010"
                        - "~"
                        - ""
                        - " a"
                        - "a: b"
                        - "#"
                        "yes": 1.0E+22
                        nested:
                          empty: []
                        """);
    }

    /** SnakeYAML's own loader reads YAML 1.1: it must see the same values. */
    @Test
    void readersOfYaml11SeeTheSameTexts() throws IOException {
        List<Object> words = List.of(
                "yes",
                "No",
                "ON",
                "y",
                "010",
                "0x1F",
                "0b1",
                "1_000",
                "12:30",
                "1.",
                ".5",
                "1e3",
                "+1",
                ".inf",
                ".NaN",
                "~",
                "null",
                "",
                "=",
                "<<",
                "2024-01-01",
                "a-b",
                "a.b",
                "x/y",
                "ok");
        String yaml = Bytes.encoded(provider(), ANY, words);
        assertThat(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(yaml))
                .isEqualTo(words);
        String numbers = Bytes.encoded(provider(), ANY, TreeSamples.things(1e22, 1e-7, 2.5, -0.0, 17, 5_000_000_000L));
        assertThat(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(numbers))
                .isEqualTo(TreeSamples.things(1e22, 1e-7, 2.5, -0.0, 17, 5_000_000_000L));
    }

    @Test
    void readsTheCoreSchema() throws IOException {
        String yaml = """
                # made by hand
                a: &x [1, -2, +3, 0x1F, 0o17, 18446744073709551616]
                b: *x
                c: {d: 1e-3, e: .5, f: 5., g: .inf, h: -.INF, i: .NaN}
                j: [true, False, null, ~, ]
                k: 2024-01-01
                l: |
                  two
                  lines
                m:
                'n': "1"
                """;
        Object list = TreeSamples.things(1, -2, 3, 31, 15, BigInteger.TWO.pow(64));
        assertThat(Bytes.decoded(provider(), TREE, yaml))
                .isEqualTo(TreeSamples.ordered(
                        "a",
                        list,
                        "b",
                        list,
                        "c",
                        TreeSamples.ordered(
                                "d",
                                0.001,
                                "e",
                                0.5,
                                "f",
                                5.0,
                                "g",
                                Double.POSITIVE_INFINITY,
                                "h",
                                Double.NEGATIVE_INFINITY,
                                "i",
                                Double.NaN),
                        "j",
                        Arrays.asList(true, false, null, null),
                        "k",
                        "2024-01-01",
                        "l",
                        "two\nlines\n",
                        "m",
                        null,
                        "n",
                        "1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yes", "No", "ON", "off", "y", "N", "010", "-010", "1_000", "0b11", "12:30", "1:30.5", "=", "1_0.5"
            })
    void wordsThatTheVersionsOfYamlReadDifferentlyAreRefused(String word) {
        assertUnreadable(
                TREE,
                "a: " + word,
                "Cannot read yaml at line 1, column 4: '" + word
                        + "' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write it otherwise");
    }

    @Test
    void errorsWhileReadingNameLineColumnAndPointer() {
        assertUnreadable(
                TREE, "a: 1\nb: 2\na: 3\n", "Cannot read yaml at line 3, column 1 (/a): the key is there already");
        assertUnreadable(
                TREE,
                "a: 1\n---\nb: 2\n",
                "Cannot read yaml at line 2, column 1: expected a single document in the stream, but found another document");
        assertUnreadable(TREE, "", "Cannot read yaml: there is no document");
        assertUnreadable(TREE, "~", "Cannot read yaml at line 1, column 1: the whole is null, which no dataset can be");
        assertUnreadable(
                TREE, "a: &x [*x]", "Cannot read yaml at line 1, column 4: the value contains itself by an alias");
        assertUnreadable(TREE, "a: *y", "Cannot read yaml at line 1, column 4: found undefined alias y");
        assertUnreadable(
                TREE,
                "a: !!java.net.URL [x]",
                "Cannot read yaml at line 1, column 4: the tag 'tag:yaml.org,2002:java.net.URL' is not supported");
        assertUnreadable(TREE, "a: !x y", "the tag '!x' is not supported");
        assertUnreadable(TREE, "<<: {a: 1}", "'<<' means different things to YAML 1.1 and 1.2");
        assertUnreadable(TREE, "1: a", "Cannot read yaml at line 1, column 1: the key '1' is not a text; quote it");
        assertUnreadable(TREE, "[a]: b", "Cannot read yaml at line 1, column 1: a key must be a text");
        assertUnreadable(
                TREE,
                "a: [1",
                "Cannot read yaml at line 1, column 6: while parsing a flow sequence, expected ',' or ']', but got <stream end>");
        assertUnreadable(
                new TypeRef<Map<String, String>>() {},
                "a: x\nzip: 12345",
                "Cannot read yaml at line 2, column 6 (/zip): expected a text, but found the number 12345");
        assertUnreadable(
                new TypeRef<List<Integer>>() {},
                "- 1\n- 2.0",
                "Cannot read yaml at line 2, column 3 (/1): expected a whole number (Integer), but found the number 2.0");
        assertUnreadable(ANY, "[".repeat(600) + "]".repeat(600), "Nesting Depth exceeded max 500");
    }

    @Test
    void aBombOfAliasesIsRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d]%n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        assertUnreadable(TREE, bomb.toString(), "the aliases make too many values");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        Format<Object> format = provider().create(ANY, FormatOptions.none());
        assertThatThrownBy(() -> Bytes.decode(format, new byte[] {'a', (byte) 0xff, 'b'}))
                .isInstanceOf(IOException.class)
                .hasMessage("Cannot read yaml: the bytes are not UTF-8");
        assertThatThrownBy(() -> Bytes.decode(format, new byte[] {'a', 0, 'b'}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Cannot read yaml: special characters are not allowed");
    }

    private <T> void assertUnreadable(TypeRef<T> type, String yaml, String message) {
        assertThatThrownBy(() -> Bytes.decoded(provider(), type, yaml))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
