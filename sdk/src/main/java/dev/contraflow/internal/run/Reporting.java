package dev.contraflow.internal.run;

import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The report of a run that has a record: {@code runs/<run id>/report.json} in the state store, beside the record, and its text in the log. An
 * attempt to resume a run replaces the report of the attempt before. What goes wrong with a report takes nothing from the run.
 */
public final class Reporting {
    private static final Logger LOG = LoggerFactory.getLogger(Reporting.class);

    private Reporting() {}

    /**
     * Keeps the events of a run, if it is going to have a record.
     *
     * @param setup the run, before its first event about a dataset or node
     */
    public static void begin(RunSetup setup) {
        if (!setup.persistentOutputsOfAll().isEmpty()) {
            setup.events().keep();
        }
    }

    /**
     * Writes and logs the report.
     *
     * @param setup the run
     * @param result what happened
     */
    public static void end(RunSetup setup, PipelineResult result) {
        if (setup.record().isEmpty() || setup.hasLostLock()) {
            return;
        }
        try {
            RunReport report = RunReport.of(setup.events().kept(), result);
            LOG.info("{}", report.toText());
            String name = "runs/" + setup.runId().value() + "/report.json";
            setup.records().store().write(name, report.toJson().getBytes(StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            LOG.warn("The report of run {} cannot be made or written", setup.runId(), e);
        }
    }
}
