package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.Pipeline;
import dev.contraflow.Rows;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.it.docs.StreamingSnippets.Fare;
import dev.contraflow.it.docs.StreamingSnippets.Trip;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets do what the pages say, and the pages show what stands in the code. */
class SnippetsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();

    @TempDir
    Path folder;

    @Test
    void everySnippetStandsInAPage() throws IOException {
        StringBuilder pages = new StringBuilder();
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            for (Path page :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                pages.append(Files.readString(page));
            }
        }
        Path here = ROOT.resolve("it/src/test/java/dev/contraflow/it/docs");
        try (Stream<Path> files = Files.list(here)) {
            for (Path file : files.sorted().toList()) {
                for (String snippet : snippetsOf(Files.readAllLines(file))) {
                    assertThat(pages.toString())
                            .as("a snippet of " + file.getFileName())
                            .contains(snippet);
                }
            }
        }
    }

    private static List<String> snippetsOf(List<String> lines) {
        List<String> snippets = new java.util.ArrayList<>();
        List<String> open = null;
        for (String line : lines) {
            if (line.strip().equals("// [end]")) {
                String text = String.join("\n", java.util.Objects.requireNonNull(open));
                snippets.add(text.stripIndent().strip());
                open = null;
            } else if (line.strip().matches("// \\[[\\w-]+]")) {
                open = new java.util.ArrayList<>();
            } else if (open != null) {
                open.add(line);
            }
        }
        return snippets;
    }

    @Test
    void thePipelineOfTheStreamingPageRuns() throws IOException {
        Path base = Files.createDirectories(folder.resolve("conf/base"));
        Files.createDirectories(folder.resolve("conf/local"));
        String page = Files.readString(ROOT.resolve("docs/streaming.md"));
        String yaml = page.substring(page.indexOf("```yaml\n") + 8);
        Files.writeString(base.resolve("catalog.yml"), yaml.substring(0, yaml.indexOf("```")));
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("trips.jsonl"), """
                {"id":1,"zone":"north","km":10}
                {"id":2,"zone":"south","km":0}
                {"id":3,"zone":"north","km":5}
                """);
        Config config = Config.load(ConfigSource.of(folder));
        try (DataCatalog catalog = DataCatalog.load(config, Providers.discover())) {
            new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(StreamingSnippets.PRICE, StreamingSnippets.SUM), catalog)
                            .withIo("tee")
                            .withStateFolder(folder.resolve("state")))
                    .orElseThrow();
        }
        assertThat(data.resolve("fares.csv")).hasContent("trip,zone,price\n1,north,14.5\n3,north,8.5\n");
        assertThat(data.resolve("by_zone.json")).hasContent("{\"north\":23.0}");
    }

    @Test
    void theOtherSnippetsOfTheStreamingPageDoWhatTheySay() throws IOException {
        Rows<Trip> trips = Rows.of(List.of(new Trip(1, "north", 3), new Trip(2, "south", 7)));
        assertThat(StreamingSnippets.longest(trips)).isEqualTo(7);
        assertThat(StreamingSnippets.shares(Rows.of(List.of(new Fare(1, "a", 1), new Fare(2, "b", 3))))
                        .map(Fare::price)
                        .toList())
                .containsExactly(0.25, 0.75);
        Path log = Files.writeString(folder.resolve("log"), "a\nb\n");
        assertThat(StreamingSnippets.linesOf(log).toList()).containsExactly("a", "b");
        assertThat(StreamingSnippets.linesOf(List.of(log, log)).count()).isEqualTo(4);
    }
}
