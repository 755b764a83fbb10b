package dev.contraflow.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.catalog.Problems;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
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

class FileReaderTest {
    @TempDir
    Path folder;

    @Test
    void readsAFileWithAByteOrderMark() {
        assertThat(plain("x.yml", "\uFEFFa: \u00e4\r\nb: 2\r\n")).isEqualTo(Map.of("a", "\u00e4", "b", 2L));
        assertThat(plain("x.json", "\uFEFF{\"a\": 1}")).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void refusesAFileThatIsNotUtf8TooLargeOrMissing() throws IOException {
        Files.write(folder.resolve("latin.yml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
        assertThatThrownBy(() -> read("latin.yml", Quoting.VALUES))
                .isInstanceOf(CatalogException.class)
                .hasMessage("latin.yml: the file is not UTF-8. Save it with that encoding.");
        Files.write(folder.resolve("large.yml"), new byte[(16 << 20) + 1]);
        assertThatThrownBy(() -> read("large.yml", Quoting.VALUES))
                .hasMessage(
                        "large.yml: the file is larger than 16 MiB. Keep data in datasets, not in the configuration.");
        assertThatThrownBy(() -> read("no.yml", Quoting.VALUES))
                .hasMessageStartingWith("no.yml: the file cannot be read: ");
    }

    @Test
    void readsJson() {
        assertThat(plain(
                        "x.json",
                        "{\"t\": [true, false], \"n\": [1, -2, 1.0, 1e3, 12345678901234567890],\n"
                                + "\t\"s\": [\"on\", \"x\\/y\", \"\\ud83d\\ude00\"], \"o\": {}, \"l\": [], \"\": 1}"))
                .isEqualTo(Map.of(
                        "t",
                        List.of(true, false),
                        "n",
                        List.of(1L, -2L, 1.0, 1000.0, new BigInteger("12345678901234567890")),
                        "s",
                        List.of("on", "x/y", "\ud83d\ude00"),
                        "o",
                        Map.of(),
                        "l",
                        List.of(),
                        "",
                        1L));
        assertThat(plain("x.json", "[null]")).isEqualTo(Arrays.asList((Object) null));
        assertThat(plain("x.json", "")).isNull();
    }

    @Test
    void forgivesInJsonWhatIsNoMistakeInYaml() {
        assertThat(plain("x.json", "{\"a\": 1, # note\n \"b\": [1, 2,],}"))
                .isEqualTo(Map.of("a", 1L, "b", List.of(1L, 2L)));
    }

    @Test
    void knowsWhereValuesOfJsonStand() {
        write("x.json", "{\"a\": 1,\n  \"b\": [1,\n 2]}");
        Map<String, ConfigValue> entries =
                Objects.requireNonNull(read("x.json", Quoting.VALUES).entries());
        ConfigValue b = Objects.requireNonNull(entries.get("b"));
        assertThat(b.position()).isEqualTo(new SourcePosition("x.json", 2, 3));
        assertThat(Objects.requireNonNull(b.items()).get(1).position()).isEqualTo(new SourcePosition("x.json", 3, 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"a": 1, "a": 2} | x.json:1:10: key 'a' is already set at line 1. Keep one of them.
            {} {}            | x.json:1:4: a second document begins here. Put one document into a file.
            {"a": on}        | x.json:1:7: this is not valid JSON: Unrecognized token 'on': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false').
            {"a": 1          | x.json:1:8: this is not valid JSON: Unexpected end-of-input: expected close marker for Object.
            """)
    void refusesJsonWithPosition(String text, String message) {
        write("x.json", text);
        assertThatThrownBy(() -> read("x.json", Quoting.VALUES))
                .isInstanceOf(CatalogException.class)
                .hasMessage(message);
    }

    @Test
    void refusesJsonThatIsTooDeep() {
        write("x.json", "[".repeat(65) + "]".repeat(65));
        assertThatThrownBy(() -> read("x.json", Quoting.VALUES)).hasMessageContaining("nested deeper than 64 levels");
        write("x.json", "[" + "1,".repeat(600_000) + "1]");
        assertThatThrownBy(() -> read("x.json", Quoting.VALUES)).hasMessageContaining("more than 500000 values");
    }

    @Test
    void neverQuotesSecretsOfJson() {
        for (String text :
                List.of("{\"k\": hunter2}", "{\"k\": \"hunter2", "{\"k\": \"\\hunter2\"}", "{\"k\": 'hunter2'}")) {
            write("c.json", text);
            assertThatThrownBy(() -> read("c.json", Quoting.NOTHING))
                    .hasMessageMatching("c\\.json:1:\\d+: this is not valid JSON\\.")
                    .hasNoCause();
        }
    }

    private @Nullable Object plain(String file, String text) {
        write(file, text);
        return read(file, Quoting.VALUES).plain();
    }

    private void write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private ConfigValue read(String file, Quoting quoting) {
        Problems problems = new Problems();
        ConfigValue value = new FileReader(quoting, new Budget(), problems).read(folder.resolve(file), file);
        problems.throwIfAny();
        return Objects.requireNonNull(value);
    }
}
