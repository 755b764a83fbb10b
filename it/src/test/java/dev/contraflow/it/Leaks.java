package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What must not be left after a run. */
final class Leaks {
    private Leaks() {}

    /** No thread of a run lives on. (A thread that has left its pool may take a moment to die; it is joined.) */
    static void assertNoThreadOf(String runId) {
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(runId))
                .toList();
        try {
            for (Thread thread : threads) {
                thread.join(5000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(threads).as("threads left by run %s", runId).noneMatch(Thread::isAlive);
    }

    /** Below the state folder there is nothing but the records of runs. */
    static void assertOnlyRecords(Path stateFolder) throws IOException {
        if (!Files.exists(stateFolder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(stateFolder)) {
            assertThat(files.filter(Files::isRegularFile).map(f -> String.valueOf(f.getFileName())))
                    .as("files left in %s", stateFolder)
                    .allMatch("run.json"::equals);
        }
    }
}
