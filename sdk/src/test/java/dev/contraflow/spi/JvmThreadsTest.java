package dev.contraflow.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is alive: on that depends whether a second run is let in. */
class JvmThreadsTest {
    private final RunThreads threads = RunThreads.ofJvm();

    @Test
    void aProcessIsKnownByItsNumberItsHostAndItsStart() {
        String own = threads.process();
        assertThat(own)
                .isEqualTo(RunThreads.ofJvm().process())
                .matches(ProcessHandle.current().pid() + "@\\S+ since \\S.*");
        assertThat(threads.isAlive(own)).isTrue();
        assertThat(threads.isAlive(own + "0"))
                .as("one that had the number before")
                .isFalse();
        assertThat(threads.isAlive("0" + own.substring(own.indexOf('@')))).isFalse();
        assertThat(threads.isAlive("")).isFalse();
        assertThat(threads.isAlive("?")).isFalse();
    }

    @Test
    void whoKnowsTheHostByAnotherNameIsNotTakenForDead() {
        String own = threads.process();
        assertThat(threads.isAlive(own.replaceFirst("@\\S+", "@elsewhere"))).isTrue();
        assertThat(threads.isAlive(own.replaceFirst("@\\S+", "@"))).isTrue();
    }

    @Test
    void aStartThatNobodyKnowsMakesNoProcessDead() {
        assertThat(threads.isAlive(threads.process().replaceFirst("since .*", "since ?")))
                .isTrue();
    }

    @Test
    void anotherProcessIsAliveUntilItEnds() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                place(RunThreads.class) + File.pathSeparator + place(Other.class),
                Other.class.getName());
        builder.environment().put("HOSTNAME", "elsewhere");
        builder.environment().put("COMPUTERNAME", "elsewhere");
        Process other = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = other.inputReader(StandardCharsets.UTF_8)) {
            String identity = Objects.requireNonNull(out.readLine());
            assertThat(identity).startsWith(other.pid() + "@");
            assertThat(threads.isAlive(identity)).isTrue();
            other.getOutputStream().close();
            assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(threads.isAlive(identity)).isFalse();
        } finally {
            other.destroyForcibly();
        }
    }

    private static String place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** Says who it is, and lives until its input ends. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println(RunThreads.ofJvm().process());
            while (System.in.read() >= 0) {}
        }
    }
}
