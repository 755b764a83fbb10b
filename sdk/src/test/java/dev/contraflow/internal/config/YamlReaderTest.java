package dev.contraflow.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    @Test
    void readsMapsListsAndScalarsInTheOrderOfTheFile() {
        assertThat(plain("b: [1, two]\na:\n  c: 1.5\n  d: true\n"))
                .isEqualTo(Map.of("b", List.of(1L, "two"), "a", Map.of("c", 1.5, "d", true)));
        assertThat(Objects.requireNonNull(read("b: 1\na: 2\n").entries()).keySet())
                .containsExactly("b", "a");
    }

    @Test
    void typesScalarsAsKedrosReaderDoes() {
        assertThat(plain("[~, null, '', True, FALSE, on, Off, yes, NO, y, N, tRUE, None]"))
                .isEqualTo(
                        Arrays.asList(null, null, "", true, false, true, false, true, false, "y", "N", "tRUE", "None"));
        assertThat(plain("[-1, +7, 0, -0, 0x1F, -0xf, 0b101, 1_000, 0x_f_f]"))
                .isEqualTo(List.of(-1L, 7L, 0L, 0L, 31L, -15L, 5L, 1000L, 255L));
        assertThat(plain("[1e3, 1e-3, .5, -.5, 5., 1_0.2_5, 012.5, -.INF, 1e400]"))
                .isEqualTo(List.of(
                        1000.0,
                        0.001,
                        0.5,
                        -0.5,
                        5.0,
                        10.25,
                        12.5,
                        Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY));
        assertThat((Double) plain(".nan")).isNaN();
        assertThat(plain("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(plain("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "010",
                "08",
                "0o17",
                "1:30",
                "-1:30:15.5",
                "0x",
                "0b2",
                "0b_",
                "1e",
                "1.2.3",
                "._1",
                "_1",
                ".",
                "+",
                "2024-01-15",
                "10:30",
                "NaN",
                "1,000",
                "+.",
                "1e+"
            })
    void leavesAsTextWhatOnlyLooksLikeANumber(String text) {
        assertThat(plain("a: " + text)).isEqualTo(Map.of("a", text));
    }

    @Test
    void leavesAsTextANumberThatIsEndlesslyLong() {
        assertThat(plain("9".repeat(1000))).isInstanceOf(BigInteger.class);
        assertThat(plain("9".repeat(1001))).isInstanceOf(String.class);
    }

    @Test
    void readsBinaryDataThatNobodyCanChange() {
        ConfigValue value = at(read("a: !!binary aGVs\n  bG8=\n"), "a");
        assertThat((byte[]) value.value()).asString().isEqualTo("hello");
        ((byte[]) Objects.requireNonNull(value.value()))[0] = 'J';
        assertThat((byte[]) value.plain()).asString().isEqualTo("hello");
        assertThat(value).hasToString("binary data at f.yml:1:1");
    }

    @Test
    void keysAreTextsAsTheyAreWritten() {
        assertThat(plain("{on: 1, yes: 2, 1.50: 3, '4': 4}"))
                .isEqualTo(Map.of("on", 1L, "yes", 2L, "1.50", 3L, "4", 4L));
    }

    @Test
    void readsAMissingValueAsNull() {
        assertThat(at(read("x:\n"), "x").value()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "~"})
    void readsAnEmptyDocumentAsNull(String text) {
        assertThat(plain(text)).isNull();
    }

    @Test
    void positionsAreThoseOfTheKeys() {
        ConfigValue root = read("orders:\n  type: csv\n  load: [1,\n    2]\n");
        assertThat(at(root, "orders").position()).isEqualTo(new SourcePosition("f.yml", 1, 1));
        ConfigValue load = at(root, "orders.load");
        assertThat(load.position()).isEqualTo(new SourcePosition("f.yml", 3, 3));
        assertThat(Objects.requireNonNull(load.items()).get(1).position()).isEqualTo(new SourcePosition("f.yml", 4, 5));
    }

    @Test
    void honoursAliasesAndMerges() {
        assertThat(plain("_b: &b {a: 1, b: 2}\nx:\n  b: own\n  <<: *b\ny: *b\n"))
                .isEqualTo(Map.of(
                        "_b", Map.of("a", 1L, "b", 2L),
                        "x", Map.of("a", 1L, "b", "own"),
                        "y", Map.of("a", 1L, "b", 2L)));
        assertThat(plain("a: &a {k: 1}\nb: &b {k: 2, l: 2}\nc: {<<: [*a, *b], m: 3}\n"))
                .extracting("c")
                .isEqualTo(Map.of("k", 1L, "l", 2L, "m", 3L));
    }

    @Test
    void aQuotedMergeKeyIsAKey() {
        assertThat(plain("'<<': x\n")).isEqualTo(Map.of("<<", "x"));
    }

    @Test
    void acceptsTheTagsOfPlainValues() {
        assertThat(plain("[!!str 12, !!int '7', !!float 3, !!bool 'true', !!seq [1], !!null '']"))
                .isEqualTo(Arrays.asList("12", 7L, 3.0, true, List.of(1L), null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a: !!js/x y    | f.yml:1:4: the tag '!!js/x' is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.
            a: !x [1]      | f.yml:1:4: the tag '!x' is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.
            a: !!int x     | f.yml:1:4: the tag '!!int' is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.
            ~: 1           | f.yml:1:1: a key is missing, or is null. Quote it if it is meant as a text.
            [a]: 1         | f.yml:1:1: a key must be a text. Quote it if it begins with '{', '[' or a similar sign.
            <<: 1          | f.yml:1:5: '<<' merges maps only. Write '<<: *anchor' or '<<: [*a, *b]'.
            a: &a [*a]     | f.yml:1:4: an anchor contains an alias to itself. Remove the alias.
            {a: 1          | f.yml:1:6: this is not valid YAML: while parsing a flow mapping: expected ',' or '}', but got <stream end>.
            {a}_raw: 1     | f.yml:1:8: this is not valid YAML: a key that starts with '{' must be quoted.
            a: b: c        | f.yml:1:5: this is not valid YAML: mapping values are not allowed here.
            a: *nowhere    | f.yml:1:4: this is not valid YAML: found undefined alias nowhere.
            a: =           | f.yml:1:4: a lone '=' has no value in YAML. Quote it.
            a: !!binary +  | f.yml:1:4: the tag '!!binary' does not fit: this is not base 64.
            """)
    void refusesWithPositionAndAdvice(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(CatalogException.class)
                .hasMessage(message);
    }

    @Test
    void saysWhereSomethingBeganThatIsNotClosed() {
        assertThatThrownBy(() -> read("a: 1\nb: [1,\n  2\n"))
                .hasMessageContaining("f.yml:4:1: ")
                .hasMessageContaining("while parsing a flow sequence, begun at line 2: ");
    }

    @Test
    void saysWhatToDoAboutAWrongIndentation() {
        assertThatThrownBy(() -> read("a:\n  b: 1\n   c: 2\n"))
                .hasMessage("f.yml:3:5: this is not valid YAML: mapping values are not allowed here."
                        + " Check how this line and those before it are indented, and quote a text that holds ': '.");
    }

    @Test
    void refusesADuplicateKeyAndNamesBothLines() {
        assertThatThrownBy(() -> read("a: 1\nb: 2\n'a': 3\n"))
                .hasMessage("f.yml:3:1: key 'a' is already set at line 1. Keep one of them.");
    }

    @Test
    void refusesANumberAndATextThatAreOneKey() {
        assertThatThrownBy(() -> read("m:\n  1: a\n  '1': b\n"))
                .hasMessage("f.yml:3:3: the keys 1 and '1' (the other one at line 2) are one key, since keys are texts."
                        + " Keep one of them.");
    }

    @Test
    void reportsAllMistakesThatLeaveTheRestReadable() {
        assertThatThrownBy(() -> read("a: !x 1\nb: =\na: 2\n~: 3\nc: {<<: 1}\n"))
                .isInstanceOfSatisfying(
                        CatalogException.class,
                        e -> assertThat(e.problems())
                                .extracting(problem -> Objects.requireNonNull(problem.position())
                                        .line())
                                .containsExactly(1, 2, 3, 4, 5));
    }

    @Test
    void refusesATextOfTooManyValues() {
        assertThatThrownBy(() -> read("[" + "1,".repeat(600_000) + "]"))
                .hasMessageMatching("f\\.yml:1:\\d+: more than 500000 values .*");
    }

    @Test
    void refusesASecondDocument() {
        assertThatThrownBy(() -> read("a: 1\n---\nb: 2\n"))
                .hasMessage("f.yml:2:1: a second document begins here. Put one document into a file.");
    }

    @Test
    void refusesTabsInIndentation() {
        assertThatThrownBy(() -> read("a:\n\tb: 1\n"))
                .hasMessage("f.yml:2:1: this is not valid YAML: a tab stands where spaces belong. Indent with spaces.");
    }

    @Test
    void refusesControlCharacters() {
        assertThatThrownBy(() -> read("a: 1\nb: x\u0007y\n"))
                .hasMessage(
                        "f.yml:2:5: this is not valid YAML: the character U+0007 cannot stand in it. Remove it or write it as an escape.");
    }

    @Test
    void refusesNestingBeyond64Levels() {
        assertThat(read("[".repeat(64) + "]".repeat(64)).items()).hasSize(1);
        assertThatThrownBy(() -> read("[".repeat(65) + "]".repeat(65)))
                .hasMessage("f.yml:1:65: nested deeper than 64 levels. Make it flatter.");
        assertThatThrownBy(() -> read("[".repeat(100_000)))
                .hasMessageContaining("nested deeper than 64 levels. Make it flatter.");
    }

    @Test
    void refusesNestingBeyond64LevelsByAliases() {
        StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 70; i++) {
            text.append("a%d: &a%d [*a%d]\n".formatted(i, i, i - 1));
        }
        assertThatThrownBy(() -> read(text.toString())).hasMessageContaining("nested deeper than 64 levels.");
    }

    @Test
    void stopsAnAliasBombAtItsBudget() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 25; i++) {
            text.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(8)));
        }
        assertThatThrownBy(() -> read(text.toString()))
                .hasMessageMatching(
                        "f\\.yml:1:\\d+: more than 500000 values once aliases and references are followed\\..*");
    }

    @Test
    void neverQuotesSecrets() {
        for (String text : List.of(
                "k: !hunter2 x",
                "k: *hunter2",
                "k: hunter2: x",
                "k: 'hunter2",
                "k: %hunter2",
                "k: @hunter2",
                "k: !!int hunter2",
                "k: &hunter2 !!hunter2",
                "k: \"\\hunter2\"")) {
            assertThatThrownBy(() -> YamlReader.read(text, "c.yml", Quoting.NOTHING))
                    .as(text)
                    .isInstanceOf(CatalogException.class)
                    .hasMessageStartingWith("c.yml:1:")
                    .hasNoCause()
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
        }
    }

    private static ConfigValue read(String text) {
        return YamlReader.read(text, "f.yml", Quoting.VALUES);
    }

    private static ConfigValue at(ConfigValue root, String path) {
        return Objects.requireNonNull(Trees.find(Objects.requireNonNull(root.entries()), path), path);
    }

    private static @Nullable Object plain(String text) {
        return read(text).plain();
    }
}
