package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.io.Content;
import dev.contraflow.run.RunId;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spool by itself: what it takes for its own, and what it leaves after a failure. */
class SpoolFolderTest {
    private static final RunId RUN = new RunId("2026-01-01T00.00.00.000Z-spool");

    @TempDir
    Path state;

    @Test
    void aNameThatWasNotedNeverMeansAFileOutside() throws Exception {
        Spool spool = new Spool(state, RUN);
        String own = Objects.requireNonNull(spool.write("a", Content.of(new byte[3]), 3));
        Path folder = state.resolve("runs").resolve(RUN.value()).resolve("spool");
        Path outside = Files.writeString(folder.resolveSibling("run.json"), "{}");
        Files.createSymbolicLink(folder.resolve("link.spool"), outside);

        assertThat(spool.file(own)).contains(folder.resolve(own));
        assertThat(List.of("../run.json", outside.toString(), "x/../../run.json", "..", ".", "", "other"))
                .allSatisfy(name -> assertThat(spool.file(name)).isEmpty());
        assertThat(spool.file("link.spool")).as("a link").isEmpty();
    }

    @Test
    void anErrorLeavesNeitherAFileNorACount() throws Exception {
        Spool spool = new Spool(state, RUN);
        OutOfMemoryError error = new OutOfMemoryError("in the test");
        Content failing = new FailingContent(error);

        assertThatThrownBy(() -> spool.write("a", failing, 3)).isSameAs(error);

        try (Stream<Path> files =
                Files.list(state.resolve("runs").resolve(RUN.value()).resolve("spool"))) {
            assertThat(files).isEmpty();
        }
        assertThat(spool.write("a", Content.of(new byte[3]), 3))
                .as("there is room again")
                .isNotNull();
    }

    /** Three bytes that can be counted, and not read. */
    private record FailingContent(Error error) implements Content {
        @Override
        public long size() {
            return 3;
        }

        @Override
        public long crc32() {
            return 0;
        }

        @Override
        public String sha256() {
            return "";
        }

        @Override
        public InputStream open(long offset, long length) {
            throw error;
        }

        @Override
        public long memoryBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
