package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every fenced block of Java, YAML or JSON in {@code docs/*.md} stands, line by line, in a source or a file that tests use. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(java|yaml|json)\\n(.*?)^```$");

    /** A block, and where it begins. */
    private record Block(String page, int line, String language, List<String> lines) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    @TestFactory
    Stream<DynamicTest> everyBlockIsTested() throws IOException {
        List<List<String>> sources = sources();
        return blocks().stream()
                .map(block -> DynamicTest.dynamicTest(
                        block.toString(),
                        () -> assertThat(sources.stream().anyMatch(source -> holds(source, block.lines())))
                                .as(
                                        "no tested file holds the block at %s:%n%s",
                                        block, String.join("\n", block.lines()))
                                .isTrue()));
    }

    @Test
    void thereAreBlocksAndMadeUpOnesAreNotFound() throws IOException {
        assertThat(blocks()).hasSizeGreaterThan(5);
        assertThat(sources().stream().anyMatch(source -> holds(source, List.of("made: up", "  entry: true"))))
                .isFalse();
    }

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : files(ROOT.resolve("docs"), 1, ".*\\.md")) {
            String text = Files.readString(page);
            Matcher m = BLOCK.matcher(text);
            while (m.find()) {
                int line = (int) text.substring(0, m.start()).lines().count() + 1;
                List<String> lines = Objects.requireNonNull(m.group(2)).lines().toList();
                blocks.add(new Block(String.valueOf(page.getFileName()), line, String.valueOf(m.group(1)), lines));
            }
        }
        return blocks;
    }

    private static List<List<String>> sources() throws IOException {
        List<List<String>> sources = new ArrayList<>();
        List<Path> files = new ArrayList<>(files(Path.of("src/test"), 20, ".*\\.(java|yml|json)"));
        files.addAll(files(ROOT.resolve("examples"), 20, ".*/(src|conf)/.*\\.(java|yml|json)"));
        for (Path file : files) {
            sources.add(Files.readAllLines(file));
        }
        return sources;
    }

    private static List<Path> files(Path folder, int depth, String names) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> file.toString().replace('\\', '/').matches(names))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines in a row, all indented by as much or as little more. */
    private static boolean holds(List<String> source, List<String> block) {
        for (int i = 0; i + block.size() <= source.size(); i++) {
            String part = String.join("\n", source.subList(i, i + block.size())).stripIndent();
            if (part.equals(String.join("\n", block))) {
                return true;
            }
        }
        return false;
    }
}
