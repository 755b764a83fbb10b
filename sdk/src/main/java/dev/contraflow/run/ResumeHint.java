package dev.contraflow.run;

import dev.contraflow.internal.Count;
import java.util.List;

/**
 * Where a run that did not succeed can be taken up again: the nodes that are not done, those whose results lived in memory only and are
 * needed again, and everything behind them. What is really stored decides, not what was meant to be. Immutable.
 *
 * @param fromNodes the first of them: {@code request.filtered(PipelineFilter.all().from(..))} runs them and what follows
 * @param remaining how many nodes of the run are not done
 * @param total how many nodes the run had
 */
public record ResumeHint(List<String> fromNodes, int remaining, int total) {
    /** Copies the names. */
    public ResumeHint {
        fromNodes = List.copyOf(fromNodes);
    }

    /** @return the hint as a sentence */
    @Override
    public String toString() {
        return "To take the run up again: from " + Count.noun(fromNodes.size(), "node") + " "
                + String.join(", ", fromNodes) + " (" + remaining + " of " + Count.of(total, "node")
                + (remaining == 1 ? " is" : " are") + " not done).";
    }
}
