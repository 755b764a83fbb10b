package dev.contraflow.internal.catalog;

import dev.contraflow.dataset.Dataset;
import java.io.IOException;

/**
 * A value that is given to runs and that none may replace: a parameter, or a value bound by a program. Releasing does not lose it, since
 * the next run needs it too.
 *
 * @param name its name, for messages
 * @param value the value
 * @param <T> its type
 */
public record ValueDataset<T>(String name, T value) implements Dataset<T> {
    @Override
    public T load() {
        return value;
    }

    @Override
    public void save(T other) throws IOException {
        throw new IOException("'" + name + "' is a value given to the run; it cannot be written");
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public boolean isPersistent() {
        return false;
    }

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public String describe() {
        return "value";
    }

    /** @return its name, never the value */
    @Override
    public String toString() {
        return name;
    }
}
