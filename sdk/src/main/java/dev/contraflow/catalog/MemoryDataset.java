package dev.contraflow.catalog;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A value in this JVM; it does not outlive the process, and a worker elsewhere cannot see it. Loading it before a save is an error, and
 * releasing it empties it.
 *
 * <p>Nothing is copied, neither when it is saved nor when it is loaded (Kedro's {@code copy_mode: assign}): all who load it share the very
 * value that was saved. Runs and catalogs {@linkplain dev.contraflow.spi.Freezer freeze} a value before they save it, so that sharing it is
 * safe; a value that cannot be vouched for (an array, a mutable class) is shared as it is, so nodes should return immutable values. {@link dev.contraflow.Rows} are
 * in memory too: a run gives them to it as a list. A catalog makes new memory datasets for each run, so that two runs never meet. Thread-safe.
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
