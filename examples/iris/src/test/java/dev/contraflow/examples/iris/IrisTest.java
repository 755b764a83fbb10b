package dev.contraflow.examples.iris;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.examples.iris.Comparison.Strategy;
import dev.contraflow.examples.iris.IrisNodes.Model;
import dev.contraflow.examples.iris.IrisNodes.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IrisTest {
    @TempDir
    Path folder;

    /** A project of our own: beside its configuration and its data it keeps the records of its runs, which count in the next run. */
    @BeforeEach
    void copyProject() throws IOException {
        for (String part : List.of("conf", "data/01_raw")) {
            try (Stream<Path> files = Files.walk(Path.of(part))) {
                for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    Path copy = root().resolve(file);
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }

    private Path root() {
        return folder.resolve("project");
    }

    private Comparison compare(ByteArrayOutputStream out) throws IOException {
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (IrisMain main = new IrisMain(root(), "local", false, print)) {
            return main.compare(Duration.ofMillis(20));
        }
    }

    @Test
    void allStrategiesSucceedAndStoreTheSameBytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Comparison comparison = compare(out);
        assertThat(comparison.allSucceeded()).isTrue();
        assertThat(comparison.bytesAgree()).isTrue();
        assertThat(comparison.strategies())
                .extracting(Strategy::id)
                .containsExactly("plain", "async", "cache", "cache-async", "tee");
        assertThat(comparison.strategies()).allMatch(s -> s.seconds() >= s.lowerBoundSeconds());
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("Warming up", "computed split_data", "durable  example_model");

        assertThat(root().resolve(".contraflow/runs")).isNotEmptyDirectory();

        Path file = folder.resolve("deep/report.json");
        comparison.write(file);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.path("delaySeconds").asDouble()).isEqualTo(0.02);
        JsonNode tee = json.path("strategies").path(4);
        assertThat(tee.path("id").asText()).isEqualTo("tee");
        assertThat(tee.path("seconds").asDouble()).isPositive();
        assertThat(tee.path("delays").asDouble()).isEqualTo(tee.path("seconds").asDouble() / 0.02);
        assertThat(tee.path("lowerBoundSeconds").asDouble()).isGreaterThanOrEqualTo(0.02);
        assertThat(tee.path("storedBytesSha256").asText()).matches("[0-9a-f]{64}");
    }

    @Test
    void bytesThatDifferAreTold() {
        Comparison differs = new Comparison(
                Duration.ofSeconds(1),
                List.of(
                        new Strategy("plain", 1, 1, "a".repeat(64), true),
                        new Strategy("tee", 1, 1, "b".repeat(64), true)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        differs.print(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(differs.bytesAgree()).isFalse();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("THE STORED BYTES DIFFER.");
    }

    @Test
    void delaysAreSecondsOrHaveAUnit() {
        assertThat(IrisMain.delayGiven("")).isNull();
        assertThat(IrisMain.delayGiven("0.2")).isEqualTo(Duration.ofMillis(200));
        assertThat(IrisMain.delayGiven("3s")).isEqualTo(Duration.ofSeconds(3));
        assertThatThrownBy(() -> IrisMain.delayGiven("soon"))
                .hasMessage("iris.delay is 'soon', which is not a duration."
                        + " Write -Diris.delay=0.2 (seconds), 200ms or 3s.");
    }

    @Test
    void delayAtHttpNeedsTheServerInsideTheJvm() throws IOException {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        try (IrisMain main = new IrisMain(root(), "aws", true, nowhere)) {
            assertThatThrownBy(() -> main.compare(null))
                    .hasMessageStartingWith(
                            "iris.delay-at=http puts the delay in front of the S3 server inside the JVM")
                    .hasMessageEndingWith("run with -Diris.env=local.");
        }
    }

    @Test
    void theModelTellsFlowersApart() {
        List<Iris> flowers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            flowers.add(new Iris(5 + i * 0.01, 3.4, 1.4, 0.2, "setosa"));
            flowers.add(new Iris(6.5 + i * 0.01, 3.0, 5.5, 2.0, "virginica"));
        }
        Split split = IrisNodes.split(flowers, 0.2);
        assertThat(split.testX()).hasSize(12);
        Model model = IrisNodes.train(split.trainX(), split.trainY());
        assertThat(IrisNodes.predict(model, split.testX())).isEqualTo(split.testY());
    }
}
