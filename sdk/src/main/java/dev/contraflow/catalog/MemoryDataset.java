package dev.contraflow.catalog;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A value in this JVM; it does not outlive the process, and a worker elsewhere cannot see it. It hands out the very value it was given:
 * making that safe to share is the run's part, as far as it can: a value that {@link dev.contraflow.spi.Freezer} cannot vouch for (an array,
 * a mutable class) is shared by all its readers, as Kedro's {@code copy_mode: assign} does. {@link dev.contraflow.Rows} are in memory too: a run gives them to it as a list of
 * such values. A catalog makes new ones for each run, so that two runs never meet. Thread-safe.
 *
 * @param <T> the type of the value
 */
public final class MemoryDataset<T> implements Dataset<T> {
    private final String name;
    private final AtomicReference<@Nullable T> value = new AtomicReference<>();

    /** @param name the dataset's name, for messages */
    public MemoryDataset(String name) {
        this.name = Objects.requireNonNull(name, "name is null");
    }

    @Override
    public T load() throws ObjectNotFoundException {
        T loaded = value.get();
        if (loaded == null) {
            throw new ObjectNotFoundException(
                    "nothing has been saved yet to the memory dataset '" + name + "'",
                    new Location("memory", "", "/" + name),
                    null);
        }
        return loaded;
    }

    @Override
    public void save(T saved) {
        value.set(Objects.requireNonNull(saved, () -> "the value for dataset '" + name + "' is null"));
    }

    @Override
    public boolean exists() {
        return value.get() != null;
    }

    @Override
    public boolean isPersistent() {
        return false;
    }

    @Override
    public boolean isExact() {
        return true;
    }

    /** Forgets the value. */
    @Override
    public void release() {
        value.set(null);
    }

    @Override
    public String describe() {
        return "memory";
    }
}
