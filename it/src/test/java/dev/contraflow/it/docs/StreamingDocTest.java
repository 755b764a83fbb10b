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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/streaming.md} shows does what it says. */
class StreamingDocTest {
    @TempDir
    Path folder;

    @Test
    void thePipelineRuns() throws IOException {
        Path base = Files.createDirectories(folder.resolve("conf/base"));
        Files.createDirectories(folder.resolve("conf/local"));
        Files.writeString(base.resolve("catalog.yml"), """
                trips: {type: jsonl, filepath: data/trips.jsonl}
                fares: {type: csv, filepath: data/fares.csv}
                by_zone: {type: json, filepath: data/by_zone.json}
                """);
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
    void theOtherPartsDoWhatThePageSays() throws IOException {
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
