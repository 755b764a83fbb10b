package dev.contraflow.examples.spaceflights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceflightsMainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static Options options(Map<String, String> given) {
        Properties properties = new Properties();
        given.forEach((name, value) -> properties.setProperty("spaceflights." + name, value));
        return Options.of(properties);
    }

    /** A project of our own: beside its configuration it keeps the records of its runs, which count in the next run. */
    @BeforeEach
    void copyConfiguration() throws IOException {
        Path conf = Path.of("conf");
        try (Stream<Path> files = Files.walk(conf)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path copy = root().resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private Path root() {
        return folder.resolve("project");
    }

    private int run(Map<String, String> given) throws IOException {
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (SpaceflightsMain main = new SpaceflightsMain(new SpaceflightsProject(root()), options(given), print)) {
            return main.run();
        }
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void runsOnLocalFiles() throws IOException {
        String data = folder.resolve("data").toString();
        assertThat(run(Map.of("data", data, "rows", "500", "runner", "threads", "io", "plain")))
                .isZero();
        assertThat(printed())
                .contains("500 rows of raw data made for each table: " + data)
                .contains("started  9 nodes, runner threads, io plain")
                .contains("computed create_model_input_table_node", "durable  active_modelling_pipeline.metrics")
                .contains("9 of 9 nodes completed, 15 datasets durable.")
                .containsPattern("active_modelling_pipeline +R2 0\\.[0-9]{3}, mean absolute error \\$")
                .containsPattern("candidate_modelling_pipeline +R2 ")
                .doesNotContain("S3");
        out.reset();
        assertThat(run(Map.of("data", data, "rows", "0", "pipeline", "data_processing")))
                .isZero();
        assertThat(printed())
                .contains("Raw data as they are: " + data, "3 of 3 nodes completed, 3 datasets durable.")
                .doesNotContain("R2");
    }

    @Test
    void runsOnTheS3ServerInsideTheJvm() throws IOException {
        assertThat(run(Map.of("env", "s3", "rows", "500", "io", "tee", "delay", "1ms")))
                .isZero();
        assertThat(printed())
                .contains("S3: a server inside this JVM, 1 ms away")
                .contains("500 rows of raw data made for each table: s3://spaceflights/data/01_raw/companies.csv")
                .contains("S3 requests: 3 GET, 3 HEAD, 15 PUT");
    }

    @Test
    void aRunThatFailsSaysWhy() throws IOException {
        String data = folder.resolve("data").toString();
        assertThat(run(Map.of("data", data, "rows", "1"))).isOne();
        assertThat(printed()).contains("none is left to learn from").doesNotContain("R2");
    }

    @Test
    void rawDataThatAreNotThereAreToldBeforeTheFirstNode() {
        assertThatThrownBy(() -> run(Map.of("data", folder.resolve("none").toString(), "rows", "0")))
                .hasMessageContaining("Dataset 'companies'")
                .hasMessageContaining("does not exist");
        assertThat(Files.exists(folder.resolve("none"))).isFalse();
    }

    @Test
    void optionsThatAreNotGivenHaveDefaults() {
        Options options = options(Map.of("io", ""));
        assertThat(options.env()).isEqualTo("local");
        assertThat(options.pipeline()).isEqualTo("__default__");
        assertThat(options.newRunner().id()).isEqualTo("sequential");
        assertThat(options.rows()).isEqualTo(10_000);
        assertThat(options.seed()).isOne();
        assertThat(options.delay()).isZero();
    }

    @Test
    void wrongOptionsAreToldInALine() {
        assertThatThrownBy(() -> options(Map.of("runner", "thread")))
                .hasMessage(
                        "spaceflights.runner is 'thread', but must be sequential or threads. Did you mean 'threads'?");
        assertThatThrownBy(() -> options(Map.of("rows", "many")))
                .hasMessage("spaceflights.rows is 'many', which is not a whole number.");
        assertThatThrownBy(() -> options(Map.of("rows", "-1")))
                .hasMessage("spaceflights.rows is '-1', but must be from 0 to 1000000.");
        assertThatThrownBy(() -> options(Map.of("delay", "soon")))
                .hasMessage("spaceflights.delay is 'soon', which is not a duration. Write 50ms or 2s.");
        assertThatThrownBy(() -> options(Map.of("row", "5")))
                .hasMessage(
                        "There is no option spaceflights.row. Did you mean 'rows'? Options: env, pipeline, runner, io,"
                                + " rows, seed, data, delay.");
    }

    @Test
    void whatTheProjectDoesNotHaveIsToldInALine() {
        assertThatThrownBy(() -> run(Map.of("pipeline", "data_sience")))
                .hasMessageContaining("has no pipeline 'data_sience'. Did you mean 'data_science'?");
        assertThatThrownBy(() -> run(Map.of("env", "s4"))).hasMessageContaining("Did you mean 's3'?");
        assertThatThrownBy(() -> run(Map.of("delay", "50ms")))
                .hasMessage("spaceflights.delay puts a delay in front of the S3 server inside the JVM, which the"
                        + " environment 'local' does not use. Leave it out, or run with -Dspaceflights.env=s3.");
        String data = folder.resolve("data").toString();
        assertThatThrownBy(() -> run(Map.of("data", data, "rows", "10", "io", "te")))
                .hasMessageStartingWith("There is no I/O manager 'te'. Did you mean 'tee'?");
    }
}
