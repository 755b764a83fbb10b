package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must not be left after a run. */
final class Leaks {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final Set<String> JDK_GROUPS = Set.of("system", "InnocuousThreadGroup");

    /** Waited for only if there is a leak, or the machine stands still: so it is long. */
    private static final Duration LAST_THREAD = Duration.ofMinutes(1);

    private Leaks() {}

    /** No thread of a run lives on. (A thread that has left its pool may take a moment to die; it is joined.) */
    static void assertNoThreadOf(String runId) {
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(runId))
                .toList();
        try {
            for (Thread thread : threads) {
                thread.join(LAST_THREAD.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(threads).as("threads left by run %s", runId).noneMatch(Thread::isAlive);
    }

    /** Below the state folder there is nothing but the records and reports of runs, and the journals of those that failed. */
    static void assertOnlyRecords(Path stateFolder) throws IOException {
        if (!Files.exists(stateFolder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(stateFolder)) {
            assertThat(files.filter(Files::isRegularFile).map(f -> String.valueOf(f.getFileName())))
                    .as("files left in %s", stateFolder)
                    .allMatch(name ->
                            name.equals("run.json") || name.equals("report.json") || name.startsWith("journal-"));
        }
    }

    /** The threads of this JVM that live on, but not those of the JDK itself. */
    static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> {
                    ThreadGroup group = thread.getThreadGroup(); // null if it has died
                    return group != null && !JDK_GROUPS.contains(group.getName());
                })
                .collect(Collectors.toSet());
    }

    /** Waits until threads that did not live before are gone, at most a minute for each. */
    static void assertNoThreadsBut(Set<Thread> before) throws InterruptedException {
        Set<Thread> more = threads();
        more.removeAll(before);
        for (Thread thread : more) {
            thread.join(LAST_THREAD.toMillis());
        }
        assertThat(more).as("threads that live on").noneMatch(Thread::isAlive);
    }

    /** How many files and sockets this process has open; always 0 where the system does not tell. */
    static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    /** No file below a folder is open, as far as the system tells. */
    static void assertNoOpenFilesBelow(Path folder) throws IOException {
        if (!Files.isDirectory(OPEN_FILES)) {
            return;
        }
        List<Path> open = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(OPEN_FILES)) {
            for (Path file : files) {
                try {
                    open.add(Files.readSymbolicLink(file));
                } catch (NoSuchFileException e) {
                    continue; // closed by now, as that of this very loop may be
                }
            }
        }
        Path real = folder.toRealPath();
        assertThat(open).as("open files").isNotEmpty().noneMatch(file -> file.startsWith(real));
    }

    /** The bytes on the heap that are in use once nothing more can be collected. */
    static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
