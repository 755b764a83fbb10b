package dev.contraflow;

import dev.contraflow.config.SourcePosition;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Mistakes in the configuration, the catalog or the choice of plugins, found before any node ran. Nothing has been stored. The message is
 * meant for a person and has at most six lines; {@link #problems} is the list for tools.
 */
public final class CatalogException extends ContraflowException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;

    private final ArrayList<Problem> problems;

    /**
     * One mistake. Immutable.
     *
     * @param position where it is written, or null if it stands in no file
     * @param message what is wrong, with what, and what to do, without the position
     */
    public record Problem(@Nullable SourcePosition position, String message) implements Serializable {
        /** Checks that the message is not null. */
        public Problem {
            Objects.requireNonNull(message, "message is null");
        }

        /** @return position and message, as a line of an exception's message */
        @Override
        public String toString() {
            return position == null ? message : position + ": " + message;
        }
    }

    /** @param message what is wrong, with what, where it is written, and what to do */
    public CatalogException(String message) {
        this(message, null);
    }

    /**
     * @param message what is wrong, with what, where it is written, and what to do
     * @param cause the failure behind it, or null
     */
    public CatalogException(String message, @Nullable Throwable cause) {
        this(List.of(new Problem(null, message)), 0, cause);
    }

    /**
     * @param position where the mistake is written; the message begins with it
     * @param problem what is wrong, with what, and what to do
     */
    public CatalogException(SourcePosition position, String problem) {
        this(position, problem, null);
    }

    /**
     * @param position where the mistake is written; the message begins with it
     * @param problem what is wrong, with what, and what to do
     * @param cause the failure behind it, or null
     */
    public CatalogException(SourcePosition position, String problem, @Nullable Throwable cause) {
        this(List.of(new Problem(position, problem)), 0, cause);
    }

    /**
     * Several mistakes at once. The message shows the first five, one line each, and says how many more there are.
     *
     * @param problems the mistakes, at least one
     * @param unlisted how many there are beyond those
     */
    public CatalogException(List<Problem> problems, int unlisted) {
        this(problems, unlisted, null);
    }

    private CatalogException(List<Problem> problems, int unlisted, @Nullable Throwable cause) {
        super(message(problems, unlisted), cause);
        this.problems = new ArrayList<>(problems);
    }

    private static String message(List<Problem> problems, int unlisted) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("an exception without a problem");
        }
        List<String> lines = new ArrayList<>();
        problems.stream().limit(SHOWN).forEach(problem -> lines.add(problem.toString()));
        int more = problems.size() - lines.size() + unlisted;
        if (more > 0) {
            lines.add("and " + more + " more");
        }
        return String.join("\n", lines);
    }

    /**
     * The single mistakes, for tools that show each at its place. Of very many only the first hundred are listed.
     *
     * @return at least one, in the order in which they were found
     */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }
}
