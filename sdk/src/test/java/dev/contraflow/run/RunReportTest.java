package dev.contraflow.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.io.Location;
import dev.contraflow.io.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunReportTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RunId ID = new RunId("run");

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    /** One node of one second, and a save of 1,000 bytes that takes nine: by it the storage seems slow. */
    private static List<RunEvent> events() {
        Stored stored = new Stored(new Location("memory", "b", "/out"), 1000, "0".repeat(64), "mark");
        return List.of(
                new RunEvent.RunStarted(START, ID, "sequential", "tee", List.of("make"), Duration.ZERO),
                new RunEvent.NodeStarted(START, "make", Duration.ZERO),
                new RunEvent.NodeCalled(START, "make"),
                new RunEvent.NodeReturned(at(1), "make", Duration.ofSeconds(1)),
                new RunEvent.DatasetComputed(at(1), "out", "make"),
                new RunEvent.NodeCompleted(at(1), "make", Duration.ofSeconds(1)),
                new RunEvent.SaveStarted(at(1), "out", "make", "there"),
                new RunEvent.DatasetDurable(at(10), "out", "make", "there", stored, Duration.ofSeconds(9), 1));
    }

    private static RunReport report(Duration took) {
        PipelineResult result = new PipelineResult(
                ID,
                PipelineResult.State.SUCCEEDED,
                "tee",
                took,
                Map.of(),
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                null);
        return RunReport.of(events(), result);
    }

    @Test
    void theBoundOfAStorageAsItWasSeen() {
        assertThat(report(Duration.ofSeconds(10)).bound().time()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aRunNeverBeatsItsBound() {
        RunReport report = report(Duration.ofSeconds(5)); // which a run that long after it cannot have taken
        assertThat(report.bound().time())
                .as("the storage was faster than it seemed")
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(report.eta()).isLessThanOrEqualTo(1);
    }

    @Test
    void oneSaveIsNoSaves() {
        assertThat(report(Duration.ofSeconds(10)).toText())
                .contains(" in 0 loads, ", " in 1 save, 1 attempt; at most ");
    }
}
