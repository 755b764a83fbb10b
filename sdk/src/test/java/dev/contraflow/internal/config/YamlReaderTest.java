package dev.contraflow.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.config.YamlReader.Quoting;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    void typesScalarsAsTheCoreSchemaOfYaml12() {
        assertThat(
                        plain(
                                "[~, null, '', True, FALSE, -1, 0o17, 0x1F, 1e-3, .5, 5., -.INF, 2020-01-01, 1.2.3, +7, 0, ., y, N]"))
                .isEqualTo(Arrays.asList(
                        null,
                        null,
                        "",
                        true,
                        false,
                        -1L,
                        15L,
                        31L,
                        0.001,
                        0.5,
                        5.0,
                        Double.NEGATIVE_INFINITY,
                        "2020-01-01",
                        "1.2.3",
                        7L,
                        0L,
                        ".",
                        "y",
                        "N"));
        assertThat((Double) plain(".nan")).isNaN();
        assertThat(plain("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(plain("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
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
            a: on          | f.yml:1:4: 'on' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write true or false.
            a: [off]       | f.yml:1:5: 'off' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write true or false.
            a: No          | f.yml:1:4: 'No' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write true or false.
            a: 010         | f.yml:1:4: '010' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write a plain decimal number.
            a: 1_000       | f.yml:1:4: '1_000' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write a plain decimal number.
            a: 12:30       | f.yml:1:4: '12:30' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write a plain decimal number.
            a: 0b11        | f.yml:1:4: '0b11' means different things to YAML 1.1 and 1.2; quote it to keep the text, or write a plain decimal number.
            a: !!js/x y    | f.yml:1:4: the tag '!!js/x' is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.
            a: !x [1]      | f.yml:1:4: the tag '!x' is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.
            a: !!int x     | f.yml:1:4: the tag '!!int' is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.
            ~: 1           | f.yml:1:1: a key is missing, or is null. Quote it if it is meant as a text.
            [a]: 1         | f.yml:1:1: a key must be a text. Quote it if it begins with '{', '[' or a similar sign.
            <<: 1          | f.yml:1:5: '<<' merges maps only. Write '<<: *anchor' or '<<: [*a, *b]'.
            a: &a [*a]     | f.yml:1:4: an anchor contains an alias to itself. Remove the alias.
            {a: 1          | f.yml:1:6: while parsing a flow mapping: expected ',' or '}', but got <stream end>
            {a}_raw: 1     | f.yml:1:8: a key that starts with '{' must be quoted.
            a: b: c        | f.yml:1:5: mapping values are not allowed here
            a: *nowhere    | f.yml:1:4: found undefined alias nowhere
            """)
    void refusesWithPositionAndAdvice(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(CatalogException.class)
                .hasMessage(message);
    }

    @Test
    void refusesADuplicateKeyAndNamesBothLines() {
        assertThatThrownBy(() -> read("a: 1\nb: 2\n'a': 3\n"))
                .hasMessage("f.yml:3:1: key 'a' is already set at line 1. Keep one of them.");
    }

    @Test
    void refusesASecondDocument() {
        assertThatThrownBy(() -> read("a: 1\n---\nb: 2\n"))
                .hasMessage("f.yml:2:1: a second document begins here. Put one document into a file.");
    }

    @Test
    void refusesTabsInIndentation() {
        assertThatThrownBy(() -> read("a:\n\tb: 1\n"))
                .hasMessage("f.yml:2:1: a tab stands where spaces belong. Indent with spaces.");
    }

    @Test
    void refusesControlCharacters() {
        assertThatThrownBy(() -> read("a: 1\nb: x\u0007y\n"))
                .hasMessage(
                        "f.yml:2:5: the character U+0007 cannot stand in YAML. Remove it or write it as an escape.");
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
                        "f\\.yml:1:\\d+: more than 1000000 values once the aliases are followed\\. Use fewer aliases\\.");
    }

    @Test
    void neverQuotesSecrets() {
        for (String text : List.of(
                "k: 0123",
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
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2", "0123"));
        }
    }

    @Test
    void readsAFileWithAByteOrderMark(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.yml"), "\uFEFFa: \u00e4\r\nb: 2\r\n");
        assertThat(YamlReader.readFile(file, "x.yml", Quoting.VALUES).plain())
                .isEqualTo(Map.of("a", "\u00e4", "b", 2L));
    }

    @Test
    void refusesAFileThatIsNotUtf8TooLargeOrMissing(@TempDir Path folder) throws IOException {
        Path latin = Files.write(folder.resolve("latin.yml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
        assertThatThrownBy(() -> YamlReader.readFile(latin, "latin.yml", Quoting.VALUES))
                .hasMessage("latin.yml: the file is not UTF-8. Save it with that encoding.");
        Path large = Files.write(folder.resolve("large.yml"), new byte[(16 << 20) + 1]);
        assertThatThrownBy(() -> YamlReader.readFile(large, "large.yml", Quoting.VALUES))
                .hasMessage(
                        "large.yml: the file is larger than 16 MiB. Keep data in datasets, not in the configuration.");
        assertThatThrownBy(() -> YamlReader.readFile(folder.resolve("no.yml"), "no.yml", Quoting.VALUES))
                .hasMessageStartingWith("no.yml: the file cannot be read: ");
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
