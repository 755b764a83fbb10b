package dev.contraflow.examples.iris;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows is cut from code and configuration that the build compiles and runs. */
class ReadmeTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    @Test
    void thePipelineIsThatOfTheExample() throws IOException {
        List<String> source =
                Files.readAllLines(Path.of("src/main/java/dev/contraflow/examples/iris/IrisProject.java"));
        int from = source.indexOf("    // [project]");
        int to = source.lastIndexOf("    // [project]");
        String snippet = String.join("\n", source.subList(from + 1, to)).stripIndent();
        assertThat(from).isPositive().isLessThan(to);
        assertThat(readme()).contains("```java\n" + snippet + "\n```");
    }

    @Test
    void theCatalogIsThatOfTheExample() throws IOException {
        String catalog = Files.readString(Path.of("conf/base/catalog.yml"));
        for (String line : List.of(
                "example_train_x:", "  filepath: s3://${globals:bucket}/iris/train_x.csv", "  credentials: iris_s3")) {
            assertThat(catalog).contains(line);
            assertThat(readme()).contains(line);
        }
    }

    @Test
    void eachOfTheTwoCommandsStandsAloneInItsBlock() throws IOException {
        for (String heading : List.of("## Run it", "## Test it")) {
            String section = readme().split("\n" + heading + "\n", 2)[1].split("\n## ", 2)[0];
            String[] blocks = section.split("```");
            assertThat(blocks[1].strip()).startsWith("./mvnw ").doesNotContain("\n");
        }
    }
}
