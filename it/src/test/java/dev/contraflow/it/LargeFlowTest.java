package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two gigabytes flow through a heap of 256 MiB as 256 datasets of 8 MiB, and the tee keeps to its budget of 48 MiB. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LargeFlowTest {
    private static final int COUNT = 256;
    private static final int SIZE = 8 << 20;
    private static final int BUDGET = 48 << 20;

    @TempDir
    Path folder;

    @Test
    void manyLargeDatasetsKeepToTheBudget() throws Exception {
        Path log = folder.resolve("log.txt");
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                        "-Dorg.slf4j.simpleLogger.log.dev.contraflow=warn",
                        "-Dorg.slf4j.simpleLogger.log.dev.contraflow.plugins.tee=debug",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeFlowProcess.class.getName(),
                        folder.toString(),
                        Integer.toString(COUNT),
                        Integer.toString(SIZE),
                        Integer.toString(BUDGET)))
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String logged = Files.readString(log);
        assertThat(process.exitValue()).as(logged).isZero();
        assertThat(Files.readString(out)).as(logged).startsWith("SUCCEEDED");
        Matcher peak = Pattern.compile("peak memory (\\d+) bytes, (\\d+) left").matcher(logged);
        assertThat(peak.find()).as(logged).isTrue();
        assertThat(Long.parseLong(peak.group(1))).as("peak of the tee's memory").isBetween((long) SIZE, (long) BUDGET);
        assertThat(peak.group(2)).as("memory not given back").isEqualTo("0");
        assertAllThere();
        Leaks.assertOnlyRecords(folder.resolve("state"));
    }

    private void assertAllThere() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            assertThat(files).hasSize(COUNT);
        }
        Path last = folder.resolve("data/d" + (COUNT - 1));
        assertThat(last).hasSize(SIZE);
        try (InputStream in = Files.newInputStream(last)) {
            byte[] begin = in.readNBytes(64);
            for (int i = 0; i < begin.length; i++) {
                assertThat(Byte.toUnsignedInt(begin[i])).isEqualTo(192 + i); // the last to write there of 256
            }
        }
    }
}
