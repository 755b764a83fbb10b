package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.dataset.Dataset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Binds what nodes read and write: to what interceptors have added, and else to the catalog. Used by the thread that prepares the run. */
final class RunDatasets {
    private static final Logger LOG = LoggerFactory.getLogger(RunDatasets.class);

    private final DataCatalog catalog;
    private final UnaryOperator<BindRequest> ofRun;
    private final Map<String, Added> added = new LinkedHashMap<>(); // by full name

    /** A dataset that an interceptor has added. */
    private record Added(DatasetRef<?> ref, Dataset<?> dataset) {}

    /**
     * @param catalog the catalog
     * @param ofRun adds to what the catalog is asked for what is the same for the whole run
     */
    RunDatasets(DataCatalog catalog, UnaryOperator<BindRequest> ofRun) {
        this.catalog = catalog;
        this.ofRun = ofRun;
    }

    /** From now on this dataset stands for the ref, whatever the catalog has. */
    void add(DatasetRef<?> ref, Dataset<?> dataset) {
        added.put(ref.name(), new Added(ref, dataset));
    }

    /**
     * Binds all that a pipeline reads and writes.
     *
     * @param pipeline the pipeline
     * @param savedBefore the names, without view, of what earlier attempts have saved
     * @throws CatalogException if something cannot be bound
     */
    BoundDatasets of(Pipeline pipeline, Set<String> savedBefore) {
        return bound(pipeline.datasets(), names(pipeline.inputs()), names(refs(pipeline, Node::outputs)), savedBefore);
    }

    /** Binds only what a pipeline writes. */
    BoundDatasets outputsOf(Pipeline pipeline) {
        Set<DatasetRef<?>> written = refs(pipeline, Node::outputs);
        return bound(written, Set.of(), names(written), Set.of());
    }

    private BoundDatasets bound(
            Set<DatasetRef<?>> refs, Set<String> freeInputs, Set<String> written, Set<String> savedBefore) {
        Set<DatasetRef<?>> ofCatalog = refs.stream()
                .filter(ref -> !added.containsKey(ref.name()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        BindRequest asked = new BindRequest(ofCatalog, freeInputs, written).withSavedBefore(savedBefore);
        BoundDatasets datasets = catalog.bind(ofRun.apply(asked));
        for (DatasetRef<?> ref : refs) {
            Added own = added.get(ref.name());
            if (own != null && !own.ref().equals(ref)) {
                throw new CatalogException("Dataset '" + ref + "' is used as " + ref.type()
                        + ", but an interceptor added it as " + own.ref().type() + ". Use one type.");
            }
            if (own != null) {
                datasets = datasets.with(ref, own.dataset());
            }
        }
        return datasets;
    }

    /**
     * The datasets that nodes confirm, by full name. They need not be read or written by the run; what nobody knows is found when it is to be
     * confirmed, as in Kedro.
     *
     * @param pipeline the nodes that run
     * @param datasets what these read and write
     * @param savedBefore the names, without view, of what earlier attempts have saved
     */
    Map<String, Dataset<?>> confirmed(Pipeline pipeline, BoundDatasets datasets, Set<String> savedBefore) {
        Map<String, Dataset<?>> found = new LinkedHashMap<>();
        Set<String> own = names(pipeline.datasets());
        for (Node node : pipeline.nodes()) {
            for (DatasetRef<?> ref : node.confirms()) {
                if (own.contains(ref.name())) {
                    found.put(ref.name(), datasets.dataset(ref));
                    continue;
                }
                try {
                    BoundDatasets alone = bound(Set.of(ref), Set.of(ref.name()), Set.of(), savedBefore);
                    found.put(ref.name(), alone.dataset(ref));
                } catch (CatalogException e) {
                    LOG.warn(
                            "Node '{}' is going to confirm what the catalog does not have: {}",
                            node.name(),
                            e.getMessage());
                }
            }
        }
        return found;
    }

    /** All refs on one side of the nodes of a pipeline, each view for itself. */
    static Set<DatasetRef<?>> refs(Pipeline pipeline, Function<Node, List<DatasetRef<?>>> side) {
        Set<DatasetRef<?>> refs = new LinkedHashSet<>();
        pipeline.nodes().forEach(node -> refs.addAll(side.apply(node)));
        return refs;
    }

    /** The name without view. */
    static String baseName(String name) {
        return Objects.requireNonNull(name.split("@", 2)[0]);
    }

    /** Their full names. */
    static Set<String> names(Collection<DatasetRef<?>> refs) {
        return refs.stream().map(DatasetRef::name).collect(Collectors.toSet());
    }
}
