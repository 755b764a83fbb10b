package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.DatasetRef;
import dev.contraflow.Fn;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunListener;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.spi.Providers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is asked to end (SIGTERM) while it stores and computes: it stores what is under way, says what is not durable, and ends. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ShutdownIT {
    private static final DatasetRef<String> FIRST = DatasetRef.of("first", String.class);
    private static final DatasetRef<String> SECOND = DatasetRef.of("second", String.class);

    @TempDir
    Path folder;

    /** A process that runs a node whose output is stored only while the JVM ends, and meanwhile another one. */
    private static void run(String[] args, Duration drainLimit, Fn.F1<String, String> meanwhile, RunListener listener) {
        Path folder = Path.of(args[0]);
        CountDownLatch ending = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
        Providers providers = Providers.discover();
        Storage files = HeldFile.localFiles(providers, folder);
        Format<String> text = providers.format("text").orElseThrow().create(FIRST.type(), FormatOptions.none());
        Pipeline pipeline = Pipeline.of(
                Node.named("quick").readsNothing().writes(FIRST).by(() -> "value"),
                Node.named("meanwhile").reads(FIRST).writes(SECOND).by(meanwhile));
        PipelineRunner runner = args[1].equals("threads") ? new ThreadRunner(2) : new SequentialRunner();
        try (files;
                DataCatalog catalog = DataCatalog.builder()
                        .add(
                                FIRST,
                                new HeldFile<>(
                                        new FileDataset<>(files, Location.file(folder.resolve("first")), text), ending))
                        .add(SECOND, new FileDataset<>(files, Location.file(folder.resolve("second")), text))
                        .build()) {
            runner.run(RunRequest.of(pipeline, catalog)
                    .withProviders(providers)
                    .withIo("tee")
                    .withStateFolder(folder.resolve("state"))
                    .withCancellation(Cancellation.onShutdown(drainLimit))
                    .withListener(listener));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(String word) {
        System.out.println(word);
        System.out.flush();
    }

    private Process start(Class<?> program, String runner) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        folder.toString(),
                        runner))
                .redirectError(folder.resolve("log").toFile())
                .start();
    }

    private void assertEnded(Process process, int exitValue) throws Exception {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
        assertThat(process.exitValue()).isEqualTo(exitValue);
        assertThat(folder.resolve("first")).hasContent("value");
        assertThat(folder.resolve("second")).doesNotExist();
        JsonNode record = record();
        assertThat(record.path("state").asText()).isEqualTo("CANCELLED");
        assertThat(record.path("datasets").path(0).path("name").asText()).isEqualTo("first");
        assertThat(record.path("datasets").path(0).path("state").asText()).isEqualTo("DURABLE");
    }

    /** A process whose second node computes for ever. */
    static final class Endless {
        public static void main(String[] args) {
            run(
                    args,
                    Duration.ofSeconds(30),
                    first -> {
                        say("computing");
                        new CountDownLatch(1).await();
                        return "never";
                    },
                    event -> {
                        if (event instanceof RunEvent.DatasetDurable) {
                            say("durable");
                        }
                    });
        }
    }

    @Test
    void whatIsUnderWayIsStoredAndTheRecordSaysWhatIsNot() throws Exception {
        Process process = start(Endless.class, "sequential");
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("computing");
            assertThat(folder.resolve("first")).as("still on its way").doesNotExist();
            process.toHandle().destroy();
            assertThat(lines.readLine()).isEqualTo("durable");
            assertEnded(process, 128 + 15);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process whose second node ends the JVM, and which would wait for ever. */
    static final class Exiting {
        public static void main(String[] args) {
            run(
                    args,
                    Duration.ofSeconds(Long.MAX_VALUE),
                    first -> {
                        System.exit(7);
                        return "never";
                    },
                    event -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "threads"})
    void aNodeThatEndsTheJvmIsNotWaitedForAndTheRestIsStored(String runner) throws Exception {
        Process process = start(Exiting.class, runner);
        try {
            assertEnded(process, 7);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process whose second node waits, and ends the JVM when it is interrupted. */
    static final class ExitingOnInterrupt {
        public static void main(String[] args) {
            run(
                    args,
                    Duration.ofSeconds(Long.MAX_VALUE),
                    first -> {
                        say("computing");
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            System.exit(7);
                        }
                        return "never";
                    },
                    event -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "threads"})
    void aNodeThatAnswersTheInterruptByEndingTheJvmIsNotWaitedFor(String runner) throws Exception {
        Process process = start(ExitingOnInterrupt.class, runner);
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("computing");
            process.toHandle().destroy();
            assertEnded(process, 128 + 15);
        } finally {
            process.destroyForcibly();
        }
    }

    private JsonNode record() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("state/runs"))) {
            Path record =
                    files.filter(file -> file.endsWith("run.json")).findFirst().orElseThrow();
            return new ObjectMapper().readTree(record.toFile());
        }
    }
}
