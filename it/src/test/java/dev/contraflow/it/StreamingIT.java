package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.it.StreamingProcess.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows flow through a heap of 64 MiB that holds a fraction of them, and leave nothing behind, whatever goes wrong. {@code
 * -Dcontraflow.it.rows-mb=2000} is the size of the first of the two large datasets on local files, in megabytes.
 */
@Timeout(value = 50, unit = TimeUnit.MINUTES)
class StreamingIT {
    private static final int MEGABYTES = Integer.getInteger("contraflow.it.rows-mb", 2000);
    private static final int ON_S3 = 100;
    private static final int WITH_FAULT = 30;

    @TempDir
    Path folder;

    private String run(Fault fault, String io, int megabytes, List<String> more) throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path out = folder.resolve("out.txt");
        Path log = folder.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.io.tmpdir=" + temporary,
                "-Dorg.slf4j.simpleLogger.log.dev.contraflow=warn",
                "-cp",
                System.getProperty("java.class.path"),
                StreamingProcess.class.getName(),
                fault.name(),
                io,
                Integer.toString(megabytes),
                folder.toString()));
        command.addAll(more);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(15, TimeUnit.MINUTES))
                    .as("ended in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String logged = Files.readString(log);
        assertThat(process.exitValue()).as(logged).isZero();
        assertThat(logged).doesNotContain("spill files, which were removed");
        Leaks.assertOnlyRecords(folder.resolve("state"));
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(file -> !file.getFileName().toString().startsWith("hsperfdata")))
                    .as("temporary files")
                    .isEmpty();
        }
        return Files.readString(out);
    }

    private List<String> stored() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "tee"})
    void moreRowsThanTheHeapHoldsFlowThroughThreeNodes(String io) throws Exception {
        assertThat(run(Fault.NOTHING, io, MEGABYTES, List.of())).startsWith("SUCCEEDED");
        assertThat(stored()).containsExactly("fares.csv", "totals.json", "trips.jsonl");
        long count = MEGABYTES * 1_000_000L / 450;
        assertThat(Files.size(folder.resolve("data/trips.jsonl"))).isGreaterThan(count * 430);
        assertThat(folder.resolve("data/totals.json"))
                .content()
                .startsWith("{\"fares\":" + (count - (count + 9) / 10) + ",");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "tee"})
    void moreRowsThanTheHeapHoldsFlowThroughS3(String io) throws Exception {
        TestS3 s3 = TestS3.get();
        String bucket = s3.newBucket();
        List<String> more = new ArrayList<>(List.of("s3://" + bucket + "/rows/"));
        for (Map<String, Object> options : List.of(s3.options(s3.endpoint()), s3.credentials())) {
            options.forEach((key, value) -> more.add(key + "=" + value));
        }
        assertThat(run(Fault.NOTHING, io, ON_S3, more)).startsWith("SUCCEEDED");
        for (String key : List.of("trips.jsonl", "fares.csv", "totals.json")) {
            assertThat(s3.holds(bucket, "rows/" + key)).as(key).isTrue();
        }
        assertThat(s3.openUploads(bucket)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "async", "cache", "tee"})
    void whatGoesWrongIsNamedAndLeavesNothingBehind(String io) throws Exception {
        long half = WITH_FAULT * 1_000_000L / 450 / 2;
        String price =
                "Node 'price' failed in the rows that it returned for dataset 'fares': java.lang.Exception: no fare for trip ";
        assertThat(run(Fault.A_FUNCTION_ON_ROWS, io, WITH_FAULT, List.of()))
                .startsWith("FAILED\n" + price)
                .hasLineCount(2);
        assertThat(stored()).containsExactly("trips.jsonl");

        assertThat(run(Fault.A_LINE, io, WITH_FAULT, List.of()))
                .startsWith("FAILED\nCannot load dataset 'trips@jsonl' (jsonl at file:")
                .contains("for node 'price': Cannot read jsonl at line " + (half + 1) + ", column ")
                .hasLineCount(2);
        assertThat(stored()).containsExactly("trips.jsonl");

        assertThat(run(Fault.A_SAVE, io, WITH_FAULT, List.of()))
                .startsWith("FAILED\nCannot save dataset 'fares' (csv at file:")
                .contains("of node 'price': ")
                .hasLineCount(2);
        assertThat(stored()).containsExactly("trips.jsonl");
    }
}
