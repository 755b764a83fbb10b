package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JournalTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static ObjectNode entry(int i) {
        return JSON.createObjectNode().put("t", "durable").put("dataset", "d" + i);
    }

    private byte[] written(int entries) throws Exception {
        StateStore store = new LocalState(folder);
        try (Journal journal = new Journal(RunThreads.ofJvm(), store.openLog("log"), "here", "run")) {
            for (int i = 0; i < entries; i++) {
                journal.append(entry(i));
            }
        }
        return store.readLog("log");
    }

    /** However many bytes of its end are lost in a crash, what stands before the first broken line counts. */
    @Test
    void ofATornLogTheWholeLinesCount() throws Exception {
        byte[] log = written(5);
        List<JsonNode> all = Journal.read(log);
        assertThat(all).hasSize(5).element(4).isEqualTo(entry(4));
        int before = 0;
        for (int length = 0; length <= log.length; length++) {
            List<JsonNode> read = Journal.read(Arrays.copyOf(log, length));
            assertThat(read).isEqualTo(all.subList(0, read.size()));
            assertThat(read.size()).isBetween(before, before + 1);
            before = read.size();
        }
        assertThat(before).isEqualTo(5);
    }

    @Test
    void whatComesAfterABrokenLineDoesNotCount() throws Exception {
        byte[] log = written(5);
        for (int at = 0; at < log.length; at++) {
            byte[] broken = log.clone();
            broken[at] ^= 1;
            List<JsonNode> read = Journal.read(broken);
            assertThat(read)
                    .as("byte %d changed", at)
                    .isEqualTo(Journal.read(log).subList(0, read.size()));
            assertThat(read).hasSizeLessThan(5);
        }
    }

    @Test
    void aLogThatCouldNotBeForcedIsNotTrustedAgain() {
        StateStore.Log broken = new StateStore.Log() {
            @Override
            public void append(byte[] bytes) {}

            @Override
            public void force() throws IOException {
                throw new IOException("no space left on device");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> {
                    try (Journal journal = new Journal(RunThreads.ofJvm(), broken, "here", "run")) {
                        journal.appendLater(entry(0));
                        journal.append(entry(1));
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the journal in here cannot be written")
                .hasMessageContaining("no space left on device");
    }

    /** As when no thread can be had: it must be told at once, and not after the longest wait. */
    @Test
    void anEntryThatNobodyCanWriteFails() throws Exception {
        Journal journal = new Journal(RunThreads.ofJvm(), new LocalState(folder).openLog("log"), "here", "run");
        journal.close();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> journal.append(entry(0)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "the journal in here cannot be written: no thread can be had to write it: ");
        }
    }

    @Test
    void aLogIsNeverWrittenTwice() throws Exception {
        written(1);
        assertThatThrownBy(() -> new LocalState(folder).openLog("log")).isInstanceOf(IOException.class);
        assertThat(Files.size(folder.resolve("log"))).isPositive();
    }

    private enum Loss {
        FILE,
        FOLDER,
        REPLACED
    }

    /** An open file can be written and forced after it was removed: nobody would read it. */
    @ParameterizedTest
    @EnumSource
    void aLogThatIsRemovedWhileItIsWrittenIsNoticed(Loss loss) throws Exception {
        StateStore store = new LocalState(folder);
        Path file = folder.resolve("runs/r/journal-1");
        try (Journal journal = new Journal(RunThreads.ofJvm(), store.openLog("runs/r/journal-1"), "here", "run")) {
            journal.append(entry(0));
            journal.checkThere();
            if (loss == Loss.FOLDER) {
                store.remove("runs");
            } else {
                Files.delete(file);
            }
            if (loss == Loss.REPLACED) {
                Files.createFile(file);
            }
            String told =
                    file + " was removed or replaced while the run was going on, perhaps with its folder, and the run's"
                            + " lock too. Leave that folder alone until a run has ended, see that no other run writes the same"
                            + " places, and run this one anew.";
            assertThatThrownBy(journal::checkThere)
                    .isInstanceOf(IOException.class)
                    .hasMessage(told);
            assertThatThrownBy(() -> journal.append(entry(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the journal in here cannot be written: ")
                    .hasMessageEndingWith(told.substring(0, told.length() - 1)); // whoever tells it ends the sentence
            assertThatThrownBy(() -> journal.append(entry(2))).isInstanceOf(IOException.class);
        }
    }
}
