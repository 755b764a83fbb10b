package dev.contraflow.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSource;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilePatternTest {
    @ParameterizedTest
    @CsvSource({
        "catalog*, catalog.yml, true",
        "catalog*, catalog/x.yml, false",
        "catalog*, sub/catalog.yml, false",
        "catalog*/**, catalog_a/b/c.yml, true",
        "catalog*/**, sub/catalog/c.yml, false",
        "**/catalog*, catalog.yml, true",
        "**/catalog*, a/b/catalog_x.yml, true",
        "**/catalog*, a/catalog/x.yml, false",
        "run.?ml, run.yml, true",
        "run.?ml, run.json, false",
        "run.yml, runxyml, false",
        "[a-c]*.yml, b.yml, true",
        "[!a-c]*.yml, b.yml, false",
        "[!a-c]*.yml, d.yml, true",
        "x[, x[, true",
        "a(b)+.yml, a(b)+.yml, true"
    })
    void matchesPathsAsKedroDoes(String pattern, String path, boolean matches) {
        assertThat(FilePattern.of(pattern).matches(path)).isEqualTo(matches);
    }

    @Test
    void refusesWhatIsNoPattern() {
        assertThatThrownBy(() -> ConfigSource.of(Path.of("")).withPatterns("x", "x*", "[z-a]"))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "'[z-a]' is not a file pattern. Use '*', '?' and '[abc]' within a name, '**' across folders.");
    }
}
