package dev.contraflow.run;

import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.internal.run.RunOutlook;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a run would do, found without computing or storing anything: which nodes would run and why, which datasets they would read and write
 * and whether they are there, and what is wrong. It asks what the run itself would ask (configuration, types, credentials, parameters, the
 * inputs), and beyond that every storage that is to be written to, so that a wrong bucket or key is found before the first hour of
 * computing. What it says holds for the moment in which it was made. Kedro has nothing like it. Immutable.
 *
 * @param io the id of the I/O manager that the run would use, and why that one
 * @param nodes all nodes that were asked for, in the order of a sequential run
 * @param datasets what the nodes that would run read and write, without parameters, in the order in which the run meets them
 * @param problems what would refuse the run, or is going to fail it, each in one line; empty if nothing is known
 */
public record DryRun(String io, List<NodeOutlook> nodes, List<DatasetOutlook> datasets, List<String> problems) {
    /** Copies the lists. */
    public DryRun {
        Objects.requireNonNull(io, "io is null");
        nodes = List.copyOf(nodes);
        datasets = List.copyOf(datasets);
        problems = List.copyOf(problems);
    }

    /**
     * What a node would do.
     *
     * @param name the node's full name
     * @param runs whether it would run
     * @param why why it would or would not run
     */
    public record NodeOutlook(String name, boolean runs, String why) {}

    /** Whether a dataset is there. */
    public enum Existence {
        /** It is in its storage. */
        THERE,
        /** It is not in its storage. */
        MISSING,
        /** It lives in memory, for the length of the run. */
        IN_MEMORY,
        /** Its storage could not be asked: see the problems. */
        UNKNOWN
    }

    /**
     * What becomes of a dataset.
     *
     * @param name its name, without view
     * @param location where it is, as in messages
     * @param isRead whether a node reads it
     * @param writer the name of the node that writes it; empty for an input of the run
     * @param isVersioned whether a save makes a version more, and replaces nothing
     * @param existence whether it is there now
     */
    public record DatasetOutlook(
            String name,
            String location,
            boolean isRead,
            Optional<String> writer,
            boolean isVersioned,
            Existence existence) {
        private String state() {
            return switch (existence) {
                case THERE ->
                    writer.isEmpty() ? "" : isVersioned ? ", gets a new version" : ", is there and would be replaced";
                case MISSING -> writer.isPresent() ? "" : ", is missing";
                case IN_MEMORY -> "";
                case UNKNOWN -> ", cannot be reached";
            };
        }
    }

    /**
     * Looks at what a run would do. Listeners are not told. Interceptors are asked what they add to the catalog, as before a run. Nothing is
     * written, not even the record of a run.
     *
     * @param request the request, with all its options
     * @return what it would do
     * @throws ContraflowException if the request is so wrong that nothing can be said of its nodes; the message is the run's own
     */
    public static DryRun of(RunRequest request) {
        return RunOutlook.of(request);
    }

    /** @return whether nothing is known that would refuse or fail the run */
    public boolean isClean() {
        return problems.isEmpty();
    }

    /**
     * This, if nothing is wrong.
     *
     * @return this
     * @throws CatalogException with the problems, if there are some
     */
    public DryRun orElseThrow() {
        if (!isClean()) {
            throw new CatalogException(String.join("\n", problems));
        }
        return this;
    }

    /**
     * All of it, for people: a line for each node, one for each dataset, one for each problem. The text is not for programs to read.
     *
     * @return the text, without a line break at its end
     */
    public String describe() {
        StringBuilder text = new StringBuilder();
        long running = nodes.stream().filter(NodeOutlook::runs).count();
        text.append(running)
                .append(" of ")
                .append(nodes.size())
                .append(" nodes would run, with io ")
                .append(io);
        for (NodeOutlook node : nodes) {
            text.append(node.runs() ? "\n  RUN   " : "\n  SKIP  ")
                    .append(node.name())
                    .append(": ")
                    .append(node.why());
        }
        for (DatasetOutlook dataset : datasets) {
            text.append(dataset.writer().isPresent() ? "\n  WRITE " : "\n  READ  ")
                    .append(dataset.name())
                    .append(": ")
                    .append(dataset.location())
                    .append(dataset.state());
        }
        problems.forEach(problem -> text.append("\n  WRONG ").append(problem));
        return text.toString();
    }
}
