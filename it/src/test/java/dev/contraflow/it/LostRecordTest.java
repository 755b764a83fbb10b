package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Provenance;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * raw -(first)-> beside, a -(second, rate)-> b -(third)-> passing, in memory -(fourth)-> d: the first save of d fails, and the record of the run is lost
 * before it is resumed.
 */
class LostRecordTest {
    @TempDir
    Path folder;

    private RunBench bench;
    private MemoryDataset<List<String>> rate;
    private Node[] nodes;
    private RunId lost;

    @BeforeEach
    void runAndLose() throws IOException {
        bench = new RunBench(folder.resolve("state"));
        rate = new MemoryDataset<>("rate");
        rate.save(List.of("1"));
        DatasetRef<List<String>> raw = bench.input("raw", "x");
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> beside = bench.file("beside");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> passing = DatasetRef.listOf("passing", String.class);
        DatasetRef<List<String>> d = bench.file("d");
        DatasetRef<List<String>> rates = bench.add("rate", rate);
        nodes = new Node[] {
            Node.named("first").reads(raw).writesList(List.of(a, beside)).by(lines -> List.of(lines, lines)),
            Node.named("second").reads(a, rates).writes(b).by((lines, by) -> List.of(lines + " " + by)),
            Node.named("third").reads(b).writes(passing).by(lines -> lines),
            Node.named("fourth").reads(passing).writes(d).by(lines -> lines)
        };
        refuseOnce();
        PipelineResult failed = run(request -> request);
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        lost = failed.runId();
        loseState();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void refuseOnce() {
        bench.storage().failOnce(bench.at("d"), Call.COMMIT, new IOException("refused"));
    }

    private void loseState() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private PipelineResult run(UnaryOperator<RunRequest> choice) {
        return bench.run(
                new SequentialRunner(),
                request -> choice.apply(request.withIo("plain").withCodeVersion("1")),
                nodes);
    }

    private PipelineResult resume() {
        return run(request -> request.resume(lost));
    }

    private static List<String> ran(PipelineResult result) {
        return result.nodes().values().stream()
                .filter(node -> node.state() == NodeResult.State.COMPLETED)
                .map(NodeResult::name)
                .toList();
    }

    @Test
    void whatIsStoredProvesWhoHasMadeIt() throws IOException {
        try (CapturedLog log = CapturedLog.atInfo()) {
            PipelineResult resumed = resume().orElseThrow();
            assertThat(log.messages("WARN"))
                    .containsExactly("the record of run " + lost
                            + " is lost; 3 of 4 outputs carry its id and are taken for done");
            assertThat(resumed.runId()).isEqualTo(lost);
            assertThat(ran(resumed)).containsExactly("third", "fourth");
            assertThat(log.messages("INFO"))
                    .contains(
                            "node third runs: no earlier attempt has done it",
                            "node fourth runs: node 'third' runs again");
        }
        assertThat(bench.stored("d")).isEqualTo("[x] [1]\n");
        assertThat(attemptOf("a")).isOne();
        assertThat(attemptOf("d")).isEqualTo(2);
    }

    private int attemptOf(String dataset) throws IOException {
        Provenance provenance =
                bench.storage().info(bench.at(dataset)).orElseThrow().provenance();
        assertThat(provenance).extracting(Provenance::runId).isEqualTo(lost.value());
        return Objects.requireNonNull(provenance).attempt();
    }

    @Test
    void aRebuiltRunIsResumedLikeAnyOther() throws IOException {
        refuseOnce();
        assertThat(resume().state()).isEqualTo(PipelineResult.State.FAILED);
        try (CapturedLog log = CapturedLog.atInfo()) {
            PipelineResult third = run(RunRequest::resume).orElseThrow();
            assertThat(log.messages("WARN")).as("nothing is lost now").isEmpty();
            assertThat(third.runId()).isEqualTo(lost);
            assertThat(ran(third)).containsExactly("third", "fourth");
        }
        assertThat(attemptOf("d")).isEqualTo(3);
        loseState();
        assertThat(ran(resume().orElseThrow())).as("of what was done at last").isEmpty();
    }

    @Test
    void aNodeRunsAgainIfWhatItDependsOnHasChanged() throws IOException {
        rate.save(List.of("2"));
        assertThat(ran(resume().orElseThrow())).containsExactly("second", "third", "fourth");
        loseState();
        bench.store("raw", "y");
        assertThat(ran(resume().orElseThrow())).containsExactly("first", "second", "third", "fourth");
        loseState();
        assertThat(ran(run(request -> request.resume(lost).withCodeVersion("2")).orElseThrow()))
                .containsExactly("first", "second", "third", "fourth");
        assertThat(bench.stored("d")).isEqualTo("[y] [2]\n");
        assertThat(attemptOf("d")).isEqualTo(4);
    }

    @Test
    void whatSomebodyElseHasWrittenProvesNothing() throws IOException {
        bench.store("b", "somebody else's");
        assertThat(ran(resume().orElseThrow())).containsExactly("second", "third", "fourth");
        assertThat(bench.stored("d")).isEqualTo("[x] [1]\n");
    }

    /** An attempt of which nothing else is left has made a parent anew: what was made of the old one must not stay. */
    @Test
    void whatWasMadeOfAnEarlierAttemptRunsAgain() throws IOException {
        signAsMadeBy(2, "a");
        signAsMadeBy(2, "beside");
        assertThat(ran(resume().orElseThrow())).containsExactly("second", "third", "fourth");
        assertThat(attemptOf("b")).isEqualTo(3);
    }

    @Test
    void outputsOfTwoAttemptsProveNothingTogether() throws IOException {
        signAsMadeBy(2, "beside");
        assertThat(ran(resume().orElseThrow())).containsExactly("first", "second", "third", "fourth");
        assertThat(attemptOf("a")).isEqualTo(3);
    }

    @Test
    void anAttemptThatCannotHaveBeenIsRefused() throws IOException {
        signAsMadeBy(999_999_999, "a");
        assertThatThrownBy(this::resume)
                .isInstanceOf(CatalogException.class)
                .hasMessage("Run " + lost + " cannot be resumed: its record is lost or broken, and " + bench.at("a")
                        + " says that attempt 999999999 of it has written it. At most 10000 attempts are looked through."
                        + " Remove that object, or run the pipeline anew.");
        assertThat(folder.resolve("state/runs/" + lost + "/run.json")).doesNotExist();
    }

    /** Stores the same as the first attempt did, as if another one had. */
    private void signAsMadeBy(int attempt, String dataset) throws IOException {
        Provenance provenance =
                bench.storage().info(bench.at(dataset)).orElseThrow().provenance();
        WriteSpec spec = new WriteSpec(
                lost.value(), attempt, Objects.requireNonNull(provenance).madeFrom(), WriteSpec.Existing.OVERWRITE);
        try (Content content = Content.of(bench.stored(dataset).getBytes(StandardCharsets.UTF_8));
                PendingWrite write = bench.storage().create(bench.at(dataset), spec)) {
            write.transfer(content);
            write.commit();
        }
    }

    @Test
    void aRecordThatCannotBeReadIsLostToo() throws IOException {
        Path run = Files.createDirectories(folder.resolve("state/runs/" + lost));
        Files.writeString(run.resolve("run.json"), "{\"runId\": \"");
        Files.writeString(run.resolve("journal-6"), "torn");
        assertThat(ran(resume().orElseThrow())).containsExactly("third", "fourth");
        assertThat(attemptOf("d")).as("after all of which there is a trace").isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'runId':'other'}    | it names run 'other'",
                "{}                   | it names no run",
                "[1]                  | it is not a JSON object",
                "{'runId':            | it is not JSON",
                "{'runId':'%s','visibility':'eACH'} | its visibility is 'eACH'"
            },
            quoteCharacter = '"')
    void aDamagedRecordIsToldByItsFileAndCountsAsLost(String text, String damage) throws IOException {
        Path file = writeRecord(text.replace('\'', '"').formatted(lost));
        try (CapturedLog log = CapturedLog.atInfo()) {
            assertThat(ran(resume().orElseThrow())).containsExactly("third", "fourth");
            assertThat(log.messages("WARN"))
                    .containsExactly(
                            file + " is damaged: " + damage
                                    + ". What that run has left unfinished is not known, and it can be"
                                    + " resumed only by its id, as far as what is stored tells (local files do not)."
                                    + " Remove the file to be rid of this message.",
                            "the record of run " + lost
                                    + " is lost; 3 of 4 outputs carry its id and are taken for done");
        }
    }

    /** What it had promised, of inputs that have changed since, would be taken for the new run's. */
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"runId\": \""})
    void theIdOfARunWhoseRecordIsLostIsNotGivenToAnother(String left) throws IOException {
        Path record = journalOfAnotherRun().resolveSibling("run.json");
        if (left.isEmpty()) {
            Files.delete(record);
        } else {
            Files.writeString(record, left);
        }
        assertThatThrownBy(() -> run(request -> request.withRunId(lost)))
                .isInstanceOf(CatalogException.class)
                .hasMessage("There is a run '" + lost + "' already, in " + folder.resolve("state")
                        + ". Choose another id, or take that run up again: RunRequest.resume(..).");
        assertThat(ran(resume().orElseThrow())).containsExactly("third", "fourth");
    }

    @Test
    void ofADamagedRecordNothingCanBeFoundWhereNothingIsStored() throws IOException {
        Path file = folder.resolve("state/runs/some-run/run.json");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "{\"runId\":\"other\"}");
        assertThatThrownBy(() -> run(request -> request.resume(new RunId("some-run"))))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "Run some-run cannot be resumed: " + file + " is damaged, it names run 'other'. Nothing that"
                                + " is stored names run some-run (local files never do). Correct the id, run the pipeline anew,"
                                + " or only what is missing: RunRequest.onlyMissing().");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"format\":999}", "{\"format\":999,\"runId\":\"%s\",\"state\":\"RUNNING\"}"})
    void aRecordOfANewerFormatIsNamed(String text) throws IOException {
        Path file = writeRecord(text.formatted(lost));
        assertThatThrownBy(this::resume)
                .isInstanceOf(CatalogException.class)
                .hasMessage(file + " has the format 999, and this version of Contraflow reads 2 at most. Resume the run"
                        + " with the version that began it, or newer.");
    }

    private Path writeRecord(String text) throws IOException {
        Path run = Files.createDirectories(folder.resolve("state/runs/" + lost));
        return Files.writeString(run.resolve("run.json"), text);
    }

    /** @return the journal of a run that has failed like the first one, and whose record is there */
    private Path journalOfAnotherRun() {
        refuseOnce();
        lost = run(request -> request).runId();
        return folder.resolve("state/runs/" + lost + "/journal-1");
    }

    @Test
    void aFolderInPlaceOfAJournalIsALostJournal() throws IOException {
        Path journal = journalOfAnotherRun();
        Files.delete(journal);
        Files.createDirectory(journal);
        try (CapturedLog log = CapturedLog.atInfo()) {
            assertThat(ran(resume().orElseThrow())).containsExactly("third", "fourth");
            assertThat(log.messages("WARN"))
                    .containsExactly("the record of run " + lost
                            + " is broken; 3 of 4 outputs carry its id and are taken for done");
        }
        assertThat(journal).doesNotExist();
    }

    /** Whoever resumes a run loads its first inputs, and may spill them, before the attempt is on record. */
    @Test
    void whatAnAttemptSpillsThatIsAboutToBeginIsNotRemovedByOthers() throws IOException {
        Path run = Objects.requireNonNull(journalOfAnotherRun().getParent());
        Path record = run.resolve("run.json");
        Files.writeString(
                record,
                Files.readString(record)
                        .replace("\"FAILED\"", "\"RUNNING\"")
                        .replaceFirst("\"process\" : \"\\d+", "\"process\" : \"0"));
        Path over = Files.createDirectories(run.resolve("spill"));
        Path begins = Files.createDirectories(run.resolve("spill-2"));
        Files.writeString(over.resolve("content-1.spill"), "x");
        Files.writeString(begins.resolve("content-1.spill"), "x");
        run(request -> request).orElseThrow();
        assertThat(over).doesNotExist();
        assertThat(begins.resolve("content-1.spill")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAILED", "RUNNING"})
    void aJournalThatCannotBeReadIsNotTakenForLostUntilItIsRemoved(String state) throws IOException {
        Path journal = journalOfAnotherRun();
        Files.delete(journal);
        Files.createSymbolicLink(journal, journal); // which no file system follows to an end
        Path record = journal.resolveSibling("run.json");
        Files.writeString(
                record,
                Files.readString(record)
                        .replace("\"FAILED\"", "\"" + state + "\"")
                        .replaceFirst("\"process\" : \"\\d+", "\"process\" : \"0"));
        assertThatThrownBy(this::resume)
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("Cannot read a journal of run " + lost + " ("
                        + folder.resolve("state/runs/" + lost) + "/journal-*): ")
                .hasMessageEndingWith(
                        ". Try again. If it will never be readable again, remove it: then RunRequest.resume"
                                + " goes by what the stored objects tell (local files do not), and makes the rest anew.");
        Files.delete(journal);
        assertThat(ran(resume().orElseThrow())).containsExactly("third", "fourth");
    }

    @Test
    void aRunOfWhichNothingIsStoredIsNotKnown() {
        assertThatThrownBy(() -> run(request -> request.resume(new RunId("2026-01-01T00.00.00.000Z-abcd"))))
                .isInstanceOf(CatalogException.class)
                .hasMessage("There is no run to resume: " + folder.resolve("state") + " has no record of one."
                        + " Nothing that is stored names run 2026-01-01T00.00.00.000Z-abcd (local files never do)."
                        + " Correct the id, run the pipeline anew, or only what is missing: RunRequest.onlyMissing().");
        assertThatThrownBy(() -> run(request -> request.resume(new RunId("../x"))))
                .isInstanceOf(CatalogException.class)
                .hasMessage("There is no run to resume: " + folder.resolve("state") + " has no record of one.");
    }
}
