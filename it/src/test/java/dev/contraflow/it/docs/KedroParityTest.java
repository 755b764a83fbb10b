package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code docs/kedro-parity.md} names is there: types, members, files, tests; and it counts as the checklist does. */
class KedroParityTest {
    private static final Path ROOT = Path.of("..");
    private static final int ROWS = 116;
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final NamedTests tests = NamedTests.below(ROOT);
    private final Map<String, List<Path>> types = new HashMap<>();

    private record Row(String number, String area, String feature, String state, String where, String test) {
        static Row of(String line) {
            String[] cells = line.split("(?<!\\\\)\\|", -1);
            assertThat(cells).as(line).hasSize(8);
            return new Row(
                    cells[1].strip(),
                    cells[2].strip(),
                    cells[3].strip(),
                    cells[4].strip(),
                    cells[5].strip(),
                    cells[6].strip());
        }

        /** What stands in the cell beside the names: at least three words. */
        boolean hasReason() {
            return CODE.matcher(where).replaceAll("").matches(".*\\p{L}+\\W+\\p{L}+\\W+\\p{L}+.*");
        }
    }

    @BeforeEach
    void findTypes() {
        NamedTests.sources(ROOT).stream()
                .filter(file -> file.toString().contains("/src/main/"))
                .forEach(file -> types.computeIfAbsent(
                                String.valueOf(file.getFileName()).replace(".java", ""), name -> new ArrayList<>())
                        .add(file));
    }

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/kedro-parity.md")).stream()
                .filter(line -> line.matches("\\| *\\d.*"))
                .map(Row::of)
                .toList();
    }

    private static List<String> names(String cell) {
        return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    @Test
    void everyRowOfTheChecklistHasItsState() throws IOException {
        assertThat(rows())
                .extracting(Row::number)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, ROWS).mapToObj(String::valueOf).toList());
        assertThat(rows()).allSatisfy(row -> {
            assertThat(row.state()).isIn("done", "partly", "not");
            assertThat(row.area()).isNotEmpty();
            assertThat(row.feature()).isNotEmpty();
        });
    }

    @Test
    void whatIsDoneHasATestAndWhatIsNotHasAReason() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            if (row.state().equals("done")) {
                assertThat(names(row.where())).as("where of %s", row).isNotEmpty();
                assertThat(names(row.test())).as("test of %s", row).isNotEmpty();
            } else {
                assertThat(row.hasReason()).as("reason of %s", row).isTrue();
            }
        });
    }

    @Test
    void everyNamedTypeIsThere() throws IOException {
        assertThat(rows())
                .allSatisfy(row -> assertThat(names(row.where()))
                        .filteredOn(name -> Character.isUpperCase(name.charAt(0)))
                        .allSatisfy(this::assertIsThere));
    }

    private void assertIsThere(String name) {
        String[] parts = name.split("\\.", 2);
        List<Path> files = types.getOrDefault(parts[0], List.of());
        assertThat(files).as(name).isNotEmpty();
        if (parts.length == 2) {
            assertThat(files)
                    .as(name)
                    .anySatisfy(file -> assertThat(text(file)).containsPattern("\\b" + parts[1] + "\\b"));
        }
    }

    @Test
    void everyNamedTestIsThere() throws IOException {
        assertThat(rows()).allSatisfy(row -> assertThat(names(row.test())).allSatisfy(tests::assertIsThere));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
