package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.io.Content;
import dev.contraflow.io.ContentOutput;
import dev.contraflow.io.Grant;
import dev.contraflow.io.SpillFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the memory ends: at the first segment, in the middle, and with a disk that fails as well. */
class ContentOutputTest {
    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,5000", "1023,10", "1024,1024", "1024,1025", "4000,5000", "1000000,100000"})
    void givesBackWhatWasWrittenAndAllThatItTook(long limit, int size) throws IOException {
        MeteredGrant grant = new MeteredGrant(limit);
        byte[] bytes = bytes(size);
        try (ContentOutput out = new ContentOutput(grant)) {
            for (int at = 0; at < size; at += 700) {
                out.write(bytes, at, Math.min(700, size - at));
            }
            try (Content content = out.toContent();
                    InputStream all = content.open();
                    InputStream end = content.open(size / 2, size - size / 2)) {
                assertThat(all.readAllBytes()).isEqualTo(bytes);
                assertThat(end.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, size / 2, size));
                assertThat(content.size()).isEqualTo(size);
                assertThat(content.memoryBytes()).isEqualTo(grant.taken());
                assertThat(content.sha256()).isEqualTo(Content.of(bytes.clone()).sha256());
            }
        }
        assertThat(grant.taken()).isZero();
        assertThat(grant.spillFiles()).allSatisfy(file -> assertThat(file).doesNotExist());
    }

    @ParameterizedTest
    @CsvSource({"0,10", "4000,100", "4000,5000"})
    void closedBeforeItsContentItLeavesNothing(long limit, int size) throws IOException {
        MeteredGrant grant = new MeteredGrant(limit);
        try (ContentOutput out = new ContentOutput(grant)) {
            out.write(bytes(size));
        }
        assertThat(grant.taken()).isZero();
        assertThat(grant.spillFiles()).allSatisfy(file -> assertThat(file).doesNotExist());
    }

    @Test
    void aSpillFileThatCannotBeWrittenIsRemoved(@TempDir Path folder) throws IOException {
        Path full = Files.createDirectory(folder.resolve("not a file"));
        try (ContentOutput out = new ContentOutput(new FailingSpill(full))) {
            assertThatThrownBy(() -> out.write(bytes(10))).isInstanceOf(IOException.class);
        }
        assertThat(full).doesNotExist();
    }

    @Test
    void aWriterThatSwallowsAFailureDoesNotGetAContentWithAHole() throws IOException {
        MeteredGrant grant = new MeteredGrant(4000);
        try (ContentOutput out = new ContentOutput(new FullDisk(grant))) {
            assertThatThrownBy(() -> out.write(bytes(5000))).hasMessageContaining("the disk is full");
            assertThatThrownBy(() -> out.write(0)).satisfies(ContentOutputTest::saysThatTheDiskIsFull);
            assertThatThrownBy(out::toContent).satisfies(ContentOutputTest::saysThatTheDiskIsFull);
        }
        assertThat(grant.taken()).isZero();
    }

    /** A later write might have had room again. */
    @Test
    void aWriteThatWouldWorkDoesNotHideTheHole() throws IOException {
        MeteredGrant grant = new MeteredGrant(1 << 20);
        assertThat(grant.tryTake(1 << 20)).isTrue();
        try (ContentOutput out = new ContentOutput(new FullDisk(grant))) {
            assertThatThrownBy(() -> out.write(bytes(10))).isInstanceOf(SpillFailedException.class);
            grant.giveBack(1 << 20);
            assertThatThrownBy(() -> out.write(bytes(10))).satisfies(ContentOutputTest::saysThatTheDiskIsFull);
            assertThatThrownBy(out::toContent).satisfies(ContentOutputTest::saysThatTheDiskIsFull);
        }
        assertThat(grant.taken()).isZero();
    }

    /** Gives the memory of another grant, and no spill file. */
    private record FullDisk(Grant memory) implements Grant {
        @Override
        public boolean tryTake(long bytes) {
            return memory.tryTake(bytes);
        }

        @Override
        public void giveBack(long bytes) {
            memory.giveBack(bytes);
        }

        @Override
        public Path newSpillFile() throws IOException {
            throw new IOException("the disk is full");
        }
    }

    private static void saysThatTheDiskIsFull(Throwable e) {
        assertThat(e)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Some bytes could not be written, and whoever wrote them went on: the memory of the run has no room"
                                + " for it, and no spill file can be written: the disk is full");
        assertThat(SpillFailedException.in(e)).isPresent();
    }

    /** Gives no memory, and a spill file that cannot be opened. */
    private record FailingSpill(Path file) implements Grant {
        @Override
        public boolean tryTake(long bytes) {
            return false;
        }

        @Override
        public void giveBack(long bytes) {
            throw new AssertionError("nothing was taken");
        }

        @Override
        public Path newSpillFile() {
            return file;
        }
    }
}
