package dev.contraflow.formats.core;

import java.io.IOException;

/**
 * A part of a value that cannot be written, or a part of the bytes that cannot be read. On its way out every container adds its step, so that
 * the place is known without any cost for values that are fine. Never leaves this package: the format turns it into its own exception.
 */
final class Refusal extends IOException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private String pointer = "";

    Refusal(String problem) {
        super(problem);
        this.problem = problem;
    }

    Refusal(String problem, Throwable cause) {
        super(problem, cause);
        this.problem = problem;
    }

    /** Adds the step that leads to the part: an index or a key, escaped as in RFC 6901. */
    Refusal within(Object step) {
        pointer = "/" + String.valueOf(step).replace("~", "~0").replace("/", "~1") + pointer;
        return this;
    }

    /** What is wrong, without the place. */
    String problem() {
        return problem;
    }

    /** The place as a JSON pointer, empty for the whole. */
    String pointer() {
        return pointer;
    }
}
