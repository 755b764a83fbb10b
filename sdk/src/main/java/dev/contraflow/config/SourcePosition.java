package dev.contraflow.config;

import java.io.Serializable;
import java.util.Objects;

/**
 * Where something is written: file, line and column. Immutable.
 *
 * @param file the file as a user would name it, relative to the project's root; or what stands in for a file, such as {@code (code)}
 * @param line from 1, or 0 if it has none
 * @param column from 1, or 0 if it has none
 */
public record SourcePosition(String file, int line, int column) implements Serializable {
    /** Checks that the file is not null. */
    public SourcePosition {
        Objects.requireNonNull(file, "file is null");
    }

    /** @return the position of what was not read from a file but made by a program */
    public static SourcePosition code() {
        return new SourcePosition("(code)", 0, 0);
    }

    /** @return {@code conf/base/catalog.yml:4:3}, or just the file if there is no line */
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
