package dev.contraflow.examples.iris;

import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Prints what happens, and works out what no schedule could undercut: each output is released when the nodes up to its writer have computed,
 * and its save takes at least one delay from then on (the critical path with tails, for one compute lane in a fixed order).
 */
final class Progress implements RunListener {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final Map<String, Duration> released =
            new LinkedHashMap<>(); // by node, how much had been computed after it
    private Duration computed = Duration.ZERO;
    private Duration lastRelease = Duration.ZERO;

    Progress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void onEvent(RunEvent event) {
        if (event instanceof RunEvent.NodeReturned node) {
            computed = computed.plus(node.computed());
            released.put(node.node(), computed);
            say("computed " + node.node());
        } else if (event instanceof RunEvent.DatasetDurable durable) {
            Duration release = released.getOrDefault(durable.node(), computed);
            lastRelease = release.compareTo(lastRelease) > 0 ? release : lastRelease;
            say("durable  " + durable.dataset());
        } else if (event instanceof RunEvent.NodeFailed failed) {
            say("FAILED   " + failed.node() + ": " + failed.message());
        } else if (event instanceof RunEvent.SaveFailed failed) {
            say("FAILED   " + failed.dataset() + ": " + failed.message());
        }
    }

    private void say(String what) {
        // in one piece, or the log comes between
        out.println(String.format(Locale.ROOT, "  %6.2f s  %s", (System.nanoTime() - start) / 1e9, what));
    }

    Duration lowerBound(Duration delay) {
        Duration tail = lastRelease.plus(delay);
        return tail.compareTo(computed) > 0 ? tail : computed;
    }
}
