package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.dataset.Dataset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The datasets of one run, made by {@link DataCatalog#bind}. They are usable until the catalog is closed. Immutable and thread-safe. */
public final class BoundDatasets {
    /** One of them, and how its name was found. */
    record Bound<T>(DatasetRef<T> ref, Dataset<T> dataset, Resolution resolution) {}

    private final Map<String, Bound<?>> byName;
    private final String saveVersion;

    BoundDatasets(Map<String, Bound<?>> byName, String saveVersion) {
        this.byName = Map.copyOf(byName);
        this.saveVersion = saveVersion;
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
        more.put(
                ref.name(),
                new Bound<>(
                        untyped(ref),
                        untyped(dataset),
                        new Resolution(ref.name(), Resolution.Origin.ADDED, null, null)));
        return new BoundDatasets(more, saveVersion);
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
     * How a name was found. A free input that only a catch-all provides was found without the catalog saying anything about it, so a run asks
     * whether it exists before the first node.
     *
     * @param name a name of the request
     * @return how it was found; empty for unknown names
     */
    public Optional<Resolution> resolution(String name) {
        return Optional.ofNullable(byName.get(name)).map(Bound::resolution);
    }

    /**
     * Where a dataset is configured.
     *
     * @param name a name of the request
     * @return its position, or that of its pattern; empty for what stands in no file, and for unknown names
     */
    public Optional<SourcePosition> position(String name) {
        return resolution(name).map(Resolution::position);
    }

    /** @return the version that every versioned dataset among them saves */
    public String saveVersion() {
        return saveVersion;
    }
}
