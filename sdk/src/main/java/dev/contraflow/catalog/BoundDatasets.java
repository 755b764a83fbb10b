package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.dataset.Dataset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The datasets of one run, made by {@link DataCatalog#bind}. They are usable until the catalog is closed. Immutable and thread-safe. */
public final class BoundDatasets {
    /** One of them; the position is null if it stands in no file. */
    record Bound<T>(
            DatasetRef<T> ref, Dataset<T> dataset, @Nullable SourcePosition position) {}

    private final Map<String, Bound<?>> byName;

    BoundDatasets(Map<String, Bound<?>> byName) {
        this.byName = Map.copyOf(byName);
    }

    /**
     * The dataset behind a ref.
     *
     * @param ref one of the refs of the request
     * @return always the same dataset for the same ref
     * @throws CatalogException if the request had no such ref
     */
    @SuppressWarnings("unchecked") // a dataset is bound to its own ref, and an equal ref has the same type
    public <T> Dataset<T> dataset(DatasetRef<T> ref) {
        Bound<?> bound = byName.get(ref.name());
        if (bound == null) {
            throw new CatalogException(
                    "Dataset '" + ref + "' is not bound for this run. Add it to the request for binding.");
        }
        if (!bound.ref().equals(ref)) {
            throw new CatalogException("Dataset '" + ref + "' is bound for this run as "
                    + bound.ref().type() + ", not as " + ref.type() + ".");
        }
        return (Dataset<T>) bound.dataset();
    }

    /**
     * These datasets with one of the caller's.
     *
     * @param ref its name and type
     * @param dataset the dataset, which takes the place of one of that name
     * @return new bound datasets
     */
    public BoundDatasets with(DatasetRef<?> ref, Dataset<?> dataset) {
        Map<String, Bound<?>> more = new HashMap<>(byName);
        more.put(ref.name(), new Bound<>(untyped(ref), untyped(dataset), null));
        return new BoundDatasets(more);
    }

    @SuppressWarnings("unchecked") // they are only kept together; dataset(ref) compares the types
    private static DatasetRef<Object> untyped(DatasetRef<?> ref) {
        return (DatasetRef<Object>) ref;
    }

    @SuppressWarnings("unchecked") // as above
    private static Dataset<Object> untyped(Dataset<?> dataset) {
        return (Dataset<Object>) dataset;
    }

    /**
     * Where a dataset is configured.
     *
     * @param name a name of the request
     * @return its position; empty for what stands in no file, and for unknown names
     */
    public Optional<SourcePosition> position(String name) {
        return Optional.ofNullable(byName.get(name)).map(Bound::position);
    }
}
