package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Plugin;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that cannot be loaded is a warning, in a process of its own: the log is part of it. */
class BrokenPluginIT {
    @TempDir
    Path folder;

    /** A process with a run. */
    static final class Runs {
        public static void main(String[] args) {
            DatasetRef<String> out = DatasetRef.of("out", String.class);
            Node node = Node.named("n").readsNothing().writes(out).by(() -> "v");
            RunRequest request = RunRequest.of(
                            Pipeline.of(node), DataCatalog.builder().build())
                    .withIo("plain");
            new SequentialRunner().run(request).orElseThrow();
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void isNamedInAWarningAndTheRunGoesOn() throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(Plugin.class.getName()), "com.example.Gone\n");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.log.dev.contraflow=warn",
                        "-cp",
                        folder + File.pathSeparator + System.getProperty("java.class.path"),
                        Runs.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log))
                .contains("WARN")
                .containsOnlyOnce(
                        "A Plugin on the class path could not be loaded: Provider com.example.Gone not found.");
    }
}
