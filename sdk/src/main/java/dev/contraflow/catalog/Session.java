package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets.Bound;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.dataset.Versions;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.catalog.RunVersions;
import dev.contraflow.io.StorageException;
import dev.contraflow.spi.Freezer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The datasets that a program uses without a run. Each is made at its first use and kept, so that it remembers what it is to remember. */
final class Session {
    private final DatasetMaker maker;
    private final RunVersions versions;
    private final Map<String, Bound<?>> bound = new ConcurrentHashMap<>();

    Session(DatasetMaker maker, RunVersions versions) {
        this.maker = maker;
        this.versions = versions;
    }

    RunVersions versions() {
        return versions;
    }

    <T> T load(DatasetRef<T> ref) {
        return load(required(ref));
    }

    <T> T load(DatasetRef<T> ref, String version) {
        Bound<T> other = maker.make(ref, new RunVersions(versions.toSave(), Map.of(ref.name(), version)));
        if (other == null) {
            throw unknown(ref.name());
        }
        if (other.dataset().versions().isEmpty()) {
            throw new CatalogException(
                    "Dataset '" + ref + "' (" + other.dataset().describe()
                            + ") keeps no versions, so version '" + version
                            + "' of it cannot be loaded. Set 'versioned: true' in its entry, or load it without a version.");
        }
        return load(other);
    }

    private static <T> T load(Bound<T> one) {
        return attempt(Operation.LOAD, one, one.dataset()::load);
    }

    <T> void save(DatasetRef<T> ref, T value) {
        Bound<T> one = required(ref);
        attempt(Operation.SAVE, one, () -> {
            if (value == null) { // whoever calls may not know of nullness
                throw new IOException("the value is null, and a dataset always has a value");
            }
            one.dataset().save(one.dataset().isPersistent() ? value : frozen(ref, value));
            return value;
        });
    }

    @SuppressWarnings("unchecked") // a frozen value fits the type of its ref
    static <T> T frozen(DatasetRef<T> ref, T value) {
        Object frozen = Freezer.freeze(value, ref.type());
        return frozen == null ? value : (T) frozen;
    }

    boolean exists(DatasetRef<?> ref) {
        Bound<?> one = find(ref);
        return one != null && attempt(Operation.EXISTS, one, one.dataset()::exists);
    }

    void release(String name) {
        Bound<?> one = bound.get(name);
        if (one != null) {
            one.dataset().release();
        } else if (maker.resolve(name) == null) {
            throw unknown(name);
        }
    }

    void confirm(DatasetRef<?> ref) {
        Bound<?> one = required(ref);
        attempt(Operation.CONFIRM, one, () -> {
            if (!one.dataset().isConfirmable()) {
                throw new IOException("datasets of this kind cannot be confirmed");
            }
            one.dataset().confirm();
            return true;
        });
    }

    List<String> stored(DatasetRef<?> ref) {
        Bound<?> one = required(ref);
        Optional<Versions> versions = one.dataset().versions();
        return versions.isEmpty() ? List.of() : attempt(Operation.EXISTS, one, versions.get()::stored);
    }

    Optional<String> toLoad(DatasetRef<?> ref) {
        Bound<?> one = required(ref);
        return one.dataset().versions().map(versions -> attempt(Operation.LOAD, one, versions::toLoad));
    }

    /** Forgets a dataset, so that the next use makes it anew. */
    void forget(String name) {
        bound.remove(name);
    }

    private <T> Bound<T> required(DatasetRef<T> ref) {
        Bound<T> one = find(ref);
        if (one == null) {
            throw unknown(ref.name());
        }
        return one;
    }

    @SuppressWarnings("unchecked") // the refs are equal, so the types are
    private <T> @Nullable Bound<T> find(DatasetRef<T> ref) {
        return (Bound<T>) bound.compute(ref.name(), (name, known) -> {
            if (known != null && known.ref().equals(ref)) {
                return known;
            }
            if (known != null && known.dataset() instanceof MemoryDataset) {
                throw new CatalogException("Dataset '" + ref + "' lives in memory as "
                        + known.ref().type() + ", so it cannot be used as " + ref.type() + ". Use one type.");
            }
            return maker.make(ref, versions);
        });
    }

    private CatalogException unknown(String name) {
        return new CatalogException("There is no dataset '" + name + "' in the catalog."
                + Suggestion.didYouMean(name, maker.names()) + " Add it to conf/base/catalog.yml, or put it there by"
                + " the program.");
    }

    /** One step of I/O. */
    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T attempt(Operation operation, Bound<?> one, Step<T> step) {
        try {
            return step.run();
        } catch (IOException | RuntimeException e) {
            throw failure(operation, one, e);
        }
    }

    private static DatasetException failure(Operation operation, Bound<?> one, Exception cause) {
        String place = one.dataset().describe();
        String reason = Reason.of(cause);
        StringBuilder message = new StringBuilder("Cannot ")
                .append(
                        switch (operation) {
                            case LOAD -> "load";
                            case SAVE -> "save";
                            case EXISTS -> "look for";
                            case CONFIRM -> "confirm";
                        })
                .append(" dataset '")
                .append(one.ref())
                .append("' (")
                .append(place)
                .append("): ")
                .append(reason);
        if (message.charAt(message.length() - 1) != '.') {
            message.append('.');
        }
        SourcePosition position = one.resolution().position();
        if (position != null) {
            message.append("\nIt is described at ").append(position).append('.');
        }
        int attempts = cause instanceof StorageException storage ? storage.attempts() : 1;
        return new DatasetException(message.toString(), operation, one.ref().name(), "", place, attempts, cause);
    }
}
