package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the house that no compiler knows. */
class ProjectRulesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .filter(file -> !file.endsWith("ProjectRulesTest.java"))
                    .toList();
        }
    }

    private static List<String> linesWith(Stream<Path> files, String... forbidden) {
        return files.flatMap(file -> {
                    try {
                        return Files.readAllLines(file).stream()
                                .filter(line -> Stream.of(forbidden).anyMatch(line::contains))
                                .map(line -> ROOT.relativize(file) + ": " + line.strip());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
    }

    @Test
    void noTestIsDisabledOrAssumesItselfAway() throws IOException {
        assertThat(sources()).hasSizeGreaterThan(100);
        assertThat(linesWith(sources().stream(), "@Disabled", "@Ignore", "Assumptions.", "assumeTrue(", "assumeThat("))
                .isEmpty();
    }

    @Test
    void noTestSleeps() throws IOException {
        Stream<Path> tests = sources().stream().filter(file -> file.toString().contains("/src/test/"));
        assertThat(linesWith(tests, "Thread.sleep(", "TimeUnit.SECONDS.sleep(", "TimeUnit.MILLISECONDS.sleep("))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        assertThat(linesWith(sources().stream(), "TODO", "FIXME")).isEmpty();
    }

    /** Only the storages speak to others: nothing is reported to anybody. */
    @Test
    void theSdkTheRunnersAndThePluginsOpenNoConnections() throws IOException {
        List<Path> sources = sources().stream()
                .filter(file -> ROOT.relativize(file)
                        .toString()
                        .matches("(sdk|runner-\\w+|plugins/\\w+|formats/\\w+)/src/main/.*"))
                .toList();
        assertThat(sources).hasSizeGreaterThan(100);
        assertThat(linesWith(
                        sources.stream(),
                        "java.net.http",
                        "java.net.Socket;",
                        "new Socket(",
                        "java.net.Datagram",
                        "java.nio.channels.Socket",
                        "openConnection(",
                        "openStream("))
                .isEmpty();
    }
}
