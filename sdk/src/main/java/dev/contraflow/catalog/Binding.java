package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets.Bound;
import dev.contraflow.catalog.DataCatalog.Added;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.catalog.EntryReader;
import dev.contraflow.internal.catalog.ParameterValues;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.catalog.ValueDataset;
import dev.contraflow.io.Location;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes and checks the datasets of one request. Used once, by one thread. */
final class Binding {
    private final EntryReader reader;
    private final Map<String, ConfigValue> entries;
    private final Map<String, Added<?>> added;
    private final ParameterValues parameters;
    private final BindRequest request;
    private final Set<String> writtenBases = new HashSet<>();
    private final Problems problems = new Problems();
    private final Map<String, Bound<?>> bound = new TreeMap<>();

    Binding(
            EntryReader reader,
            Map<String, ConfigValue> entries,
            Map<String, Added<?>> added,
            ParameterValues parameters,
            BindRequest request) {
        this.reader = reader;
        this.entries = entries;
        this.added = added;
        this.parameters = parameters;
        this.request = request;
        request.written().forEach(name -> writtenBases.add(baseName(name)));
    }

    BoundDatasets bind() {
        Map<String, DatasetRef<?>> byName = new HashMap<>();
        List<DatasetRef<?>> refs = request.refs().stream()
                .sorted(Comparator.comparing((DatasetRef<?> ref) -> ref.name())
                        .thenComparing(ref -> ref.type().toString()))
                .toList();
        for (DatasetRef<?> ref : refs) {
            DatasetRef<?> other = byName.putIfAbsent(ref.name(), ref);
            if (other != null) {
                problems.add(() -> twoTypes(other, ref));
                continue;
            }
            Bound<?> made = problems.get(() -> bind(ref));
            if (made != null) {
                bound.put(ref.name(), made);
            }
        }
        checkTargets();
        problems.throwIfAny();
        return new BoundDatasets(bound);
    }

    private static CatalogException twoTypes(DatasetRef<?> one, DatasetRef<?> other) {
        return new CatalogException("Dataset '" + one + "' is used with two types: " + one.type() + " and "
                + other.type() + ". Use one type, or two views of it ('" + one.baseName() + "@a').");
    }

    private <T> Bound<T> bind(DatasetRef<T> ref) {
        Added<?> byHand = added.get(ref.name());
        if (byHand != null) {
            return new Bound<>(ref, added(ref, byHand), null);
        }
        if (ref.isParameter()) {
            ConfigValue value = parameters.find(ref);
            return new Bound<>(ref, new ValueDataset<>(ref.name(), parameters.convert(ref, value)), value.position());
        }
        ConfigValue entry = entries.get(ref.name());
        if (entry != null) {
            return new Bound<>(ref, configured(ref, entry), entry.position());
        }
        if (request.freeInputs().contains(ref.name()) || !writtenBases.contains(ref.baseName())) {
            throw missing(ref);
        }
        if (isView(ref)) {
            throw new CatalogException(
                    "Dataset '" + ref + "' is a view, so it needs an entry in the catalog that says how to"
                            + " read the bytes of '" + ref.baseName() + "'. Add it to conf/base/catalog.yml.");
        }
        return new Bound<>(ref, new MemoryDataset<>(ref.name()), null);
    }

    @SuppressWarnings("unchecked") // it was added with an equal ref, so with the same type
    private <T> Dataset<T> added(DatasetRef<T> ref, Added<?> byHand) {
        if (!byHand.ref().equals(ref)) {
            throw new CatalogException("Dataset '" + ref + "' is used as " + ref.type()
                    + ", but was added to the catalog as " + byHand.ref().type() + ". Use one type.");
        }
        if (byHand.dataset() instanceof ValueDataset && request.written().contains(ref.name())) {
            throw new CatalogException(
                    "Dataset '" + ref + "' is written by the run, but was added to the catalog as a value."
                            + " Add a dataset instead, or leave out the node that writes it.");
        }
        return (Dataset<T>) byHand.dataset();
    }

    private <T> Dataset<T> configured(DatasetRef<T> ref, ConfigValue entry) {
        Dataset<T> dataset = reader.create(ref, EntryReader.section(ref.name(), entry));
        if (dataset instanceof MemoryDataset && request.freeInputs().contains(ref.name())) {
            throw new CatalogException(
                    entry.position() + ": dataset '" + ref + "' is read, but no node of the run writes it,"
                            + " and a memory dataset begins empty. Store it in a file, or run the node that writes it.");
        }
        return dataset;
    }

    private CatalogException missing(DatasetRef<?> ref) {
        Set<String> known = new HashSet<>(entries.keySet());
        known.addAll(added.keySet());
        return new CatalogException(
                "Dataset '" + ref + "' is read, but no node of the run writes it and the catalog has no"
                        + " entry for it." + Suggestion.didYouMean(ref.name(), known)
                        + " Add it to conf/base/catalog.yml, or to the catalog's builder.");
    }

    /** One place has one name, unless nobody writes it; all views of a name lead to one place. */
    private void checkTargets() {
        Map<Location, Bound<?>> byTarget = new HashMap<>();
        Map<String, Bound<?>> viewed = new HashMap<>();
        for (Bound<?> one : bound.values()) {
            Optional<Location> target = one.dataset().target();
            if (isView(one.ref())) {
                Bound<?> view = viewed.putIfAbsent(one.ref().baseName(), one);
                if (view != null
                        && (target.isEmpty() || !target.equals(view.dataset().target()))) {
                    problems.add(() -> twoPlaces(view, one));
                }
            }
            target.map(at -> byTarget.putIfAbsent(at, one))
                    .filter(other -> !other.ref().baseName().equals(one.ref().baseName()))
                    .filter(other -> isWritten(other) || isWritten(one))
                    .ifPresent(other -> problems.add(() -> onePlace(other, one)));
        }
    }

    private boolean isWritten(Bound<?> one) {
        return writtenBases.contains(one.ref().baseName());
    }

    private static CatalogException twoPlaces(Bound<?> first, Bound<?> second) {
        return new CatalogException("Datasets " + shown(first) + " and " + shown(second)
                + " are views of one dataset, but lead to " + first.dataset().describe() + " and "
                + second.dataset().describe() + ". Give them the same file.");
    }

    private static CatalogException onePlace(Bound<?> first, Bound<?> second) {
        return new CatalogException("Datasets " + shown(first) + " and " + shown(second) + " have the same file, "
                + first.dataset().target().map(Location::toString).orElse("")
                + ", and the run writes it. Give them different files, or make them views of one dataset.");
    }

    private static String shown(Bound<?> one) {
        SourcePosition position = one.position();
        return "'" + one.ref() + "'" + (position == null ? "" : " (" + position + ")");
    }

    private static boolean isView(DatasetRef<?> ref) {
        return ref.name().contains("@");
    }

    private static String baseName(String name) {
        int at = name.indexOf('@');
        return at < 0 ? name : name.substring(0, at);
    }
}
