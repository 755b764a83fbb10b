package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.CatalogException;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private StateStore store;

    @BeforeEach
    void open() {
        store = new LocalState(folder);
    }

    private static JsonNode record(int format) throws IOException {
        return JSON.readTree(
                "{\"format\":" + format + ",\"runId\":\"r\",\"attempts\":[{\"attempt\":1,\"code\":\"c\"}]}");
    }

    private void journal(ObjectNode... entries) throws Exception {
        try (Journal journal = new Journal(RunThreads.ofJvm(), store.openLog("runs/r/journal-1"), "here", "r")) {
            for (ObjectNode entry : entries) {
                journal.append(entry);
            }
        }
    }

    private static ObjectNode begin(int version) {
        return JSON.createObjectNode().put("t", "begin").put("v", version);
    }

    @Test
    void knowsWhatWasNoted() throws Exception {
        journal(
                begin(2),
                JSON.createObjectNode().put("t", "durable").put("dataset", "d").put("node", "n"));
        RunHistory history = RunHistory.read(store, record(2));
        assertThat(history.durable()).containsOnlyKeys("d");
        assertThat(history.nodes().get("n"))
                .extracting(RunHistory.Entry::attempt)
                .isEqualTo(1);
    }

    @Test
    void withoutItsJournalNothingCounts() throws IOException {
        assertThat(RunHistory.read(store, record(2)).durable()).isEmpty();
    }

    @Test
    void refusesWhatANewerVersionHasWritten() throws Exception {
        assertThatThrownBy(() -> RunHistory.read(store, record(3)))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        folder + "/runs/r/run.json has the format 3, and this version of Contraflow reads 2 at most."
                                + " Resume the run with the version that began it, or newer.");
        journal(begin(7));
        assertThatThrownBy(() -> RunHistory.read(store, record(2)))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith(folder + "/runs/r/journal-1 has the format 7");
    }
}
