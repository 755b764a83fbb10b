package dev.contraflow.examples.spaceflights;

import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunListener;
import java.io.PrintStream;
import java.util.Locale;

/** Prints what happens, as it happens. It is told by one thread. */
final class Progress implements RunListener {
    private final PrintStream out;
    private final long start = System.nanoTime();

    Progress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void onEvent(RunEvent event) {
        if (event instanceof RunEvent.RunStarted run) {
            say("started  " + run.nodes().size() + " nodes, runner " + run.runner() + ", io " + run.io());
        } else if (event instanceof RunEvent.NodeReturned node) {
            say("computed " + node.node());
        } else if (event instanceof RunEvent.DatasetDurable durable) {
            say("durable  " + durable.dataset());
        } else if (event instanceof RunEvent.NodeFailed failed) {
            say("FAILED   " + failed.node());
        } else if (event instanceof RunEvent.SaveFailed failed) {
            say("FAILED   " + failed.dataset());
        }
    }

    private void say(String what) {
        // in one piece, or the log comes between
        out.println(String.format(Locale.ROOT, "  %6.2f s  %s", (System.nanoTime() - start) / 1e9, what));
    }
}
