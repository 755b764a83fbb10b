package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.CatalogException;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
        RunHistory history = RunHistory.read(store, "r", record(2));
        assertThat(history.durable()).containsOnlyKeys("d");
        assertThat(history.nodes().get("n"))
                .extracting(RunHistory.Entry::attempt)
                .isEqualTo(1);
    }

    @Test
    void whatWasOnlyStoredRanWhenItWasMade() throws Exception {
        ObjectNode entry = JSON.createObjectNode()
                .put("t", "durable")
                .put("dataset", "d")
                .put("node", "n")
                .put("ran", 4);
        journal(begin(2), entry, entry.deepCopy().put("t", "spooled").put("dataset", "e"));
        RunHistory history = RunHistory.read(store, "r", record(2));
        assertThat(Objects.requireNonNull(history.durable().get("d"))
                        .path("attempt")
                        .asInt())
                .isEqualTo(4);
        assertThat(history.spooled()).containsOnlyKeys("e");
        assertThat(history.nodes().get("n"))
                .extracting(RunHistory.Entry::attempt)
                .isEqualTo(4);
    }

    @Test
    void withoutItsJournalNothingCounts() throws IOException {
        assertThat(RunHistory.read(store, "r", record(2)).durable()).isEmpty();
    }

    @Test
    void aTornEndIsNothingUnusualAndAHoleIs() throws Exception {
        journal(begin(2), durable("a"), durable("b"));
        Path journal = folder.resolve("runs/r/journal-1");
        String lines = Files.readString(journal);
        assertThat(RunHistory.read(store, "r", record(2)).isBroken()).isFalse();
        Files.writeString(journal, lines.substring(0, lines.length() - 5));
        assertThat(RunHistory.read(store, "r", record(2)).isBroken()).isFalse();
        assertThat(RunHistory.read(store, "r", record(2)).durable()).containsOnlyKeys("a");
        Files.writeString(journal, lines.replace("\"a\"", "\"x\""));
        assertThat(RunHistory.read(store, "r", record(2)).isBroken()).isTrue();
        Files.delete(journal);
        assertThat(RunHistory.read(store, "r", record(2)).isBroken()).isTrue();
    }

    @Test
    void whatWasRebuiltStandsInTheRecordUntilALaterAttemptKnowsBetter() throws Exception {
        RunFacts facts = new RunFacts("c", Map.of(), Map.of(), Set.of());
        RunHistory rebuilt = RunHistory.lost("r")
                .with(
                        List.of(durable("a").put("attempt", 2), durable("b").put("attempt", 1)),
                        3,
                        facts,
                        Visibility.EACH);
        assertThat(rebuilt.attempts()).isEqualTo(3);
        assertThat(rebuilt.facts(2)).isEqualTo(facts);
        journal(begin(2), durable("a"), durable("b"));
        RunHistory read = RunHistory.read(store, "r", rebuilt.json());
        assertThat(read.isBroken()).as("though two journals are missing").isFalse();
        assertThat(Objects.requireNonNull(read.durable().get("a"))
                        .path("attempt")
                        .asInt())
                .as("the first attempt had it, too")
                .isEqualTo(2);
        assertThat(read.nodes()).containsOnlyKeys("n");
        assertThat(read.nodes().get("n")).extracting(RunHistory.Entry::attempt).isEqualTo(2);
    }

    private static ObjectNode durable(String dataset) {
        return JSON.createObjectNode()
                .put("t", "durable")
                .put("dataset", dataset)
                .put("node", "n");
    }

    @Test
    void refusesWhatANewerVersionHasWritten() throws Exception {
        assertThatThrownBy(() -> RunHistory.read(store, "r", record(3)))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        folder + "/runs/r/run.json has the format 3, and this version of Contraflow reads 2 at most."
                                + " Resume the run with the version that began it, or newer.");
        journal(begin(7));
        assertThatThrownBy(() -> RunHistory.read(store, "r", record(2)))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith(folder + "/runs/r/journal-1 has the format 7");
    }
}
