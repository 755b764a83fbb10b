package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code docs/guarantees.md} has every promise and every fault, and the tests that it names are there. */
class GuaranteesDocTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static List<String[]> rows(String letter) throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/guarantees.md")).stream()
                .filter(line -> line.matches("\\| " + letter + "\\d+ .*"))
                .map(line -> line.split("\\|"))
                .toList();
    }

    private static void assertNamesTests(List<String[]> rows, String letter, int count) {
        NamedTests tests = NamedTests.below(ROOT);
        assertThat(rows)
                .extracting(cells -> cells[1].strip())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                        .mapToObj(i -> letter + i)
                        .toList());
        assertThat(rows).allSatisfy(cells -> {
            List<String> named = CODE.matcher(cells[3])
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(named).allSatisfy(tests::assertIsThere);
            assertThat(!named.isEmpty() || cells[3].contains("missing") || cells[3].contains("does not apply"))
                    .as("%s has a test, or says that it has none", cells[1])
                    .isTrue();
        });
    }

    @Test
    void everyPromiseNamesItsTests() throws IOException {
        assertNamesTests(rows("P"), "P", 10);
    }

    @Test
    void everyFaultNamesItsTestsOrSaysThatItHasNone() throws IOException {
        assertNamesTests(rows("D"), "D", 36);
    }
}
