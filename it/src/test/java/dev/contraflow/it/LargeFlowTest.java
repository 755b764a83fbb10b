package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two gigabytes flow through a heap of 256 MiB as 256 datasets of 8 MiB, and the tee keeps to its budget of 48 MiB; and in a heap of 48 MiB its
 * default leaves room for values of 6 MB.
 */
@Timeout(value = 12, unit = TimeUnit.MINUTES)
class LargeFlowTest {
    private static final int COUNT = 256;
    private static final int SIZE = 8 << 20;
    private static final int BUDGET = 48 << 20;

    @TempDir
    Path folder;

    @Test
    void manyLargeDatasetsKeepToTheBudget() throws Exception {
        String logged = run("-Xmx256m", COUNT, SIZE, "tee", Integer.toString(BUDGET));
        Matcher peak = Pattern.compile("peak memory (\\d+) bytes, (\\d+) left").matcher(logged);
        assertThat(peak.find()).as(logged).isTrue();
        assertThat(Long.parseLong(peak.group(1))).as("peak of the tee's memory").isBetween((long) SIZE, (long) BUDGET);
        assertThat(peak.group(2)).as("memory not given back").isEqualTo("0");
        assertAllThere();
        Leaks.assertOnlyRecords(folder.resolve("state"));
    }

    /** By default the tee leaves a small heap to the nodes: values that a plain run has just room for must not be too much for it. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "tee"})
    void aSmallHeapIsEnoughIfItIsForAPlainRun(String io) throws Exception {
        run("-Xmx48m", 40, 6_000_000, io);
    }

    /** Runs the flow in a JVM of its own, to its success; what it has logged. */
    private String run(String heap, int count, int size, String... options) throws Exception {
        Path log = folder.resolve("log.txt");
        Path out = folder.resolve("out.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseG1GC", // what the machine would choose; it needs the most room for large arrays
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-Dorg.slf4j.simpleLogger.log.dev.contraflow=warn",
                "-Dorg.slf4j.simpleLogger.log.dev.contraflow.plugins.tee=debug",
                "-cp",
                System.getProperty("java.class.path"),
                LargeFlowProcess.class.getName(),
                folder.toString(),
                Integer.toString(count),
                Integer.toString(size)));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as("ended in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String logged = Files.readString(log);
        assertThat(process.exitValue()).as(logged).isZero();
        assertThat(Files.readString(out)).as(logged).startsWith("SUCCEEDED");
        return logged;
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
