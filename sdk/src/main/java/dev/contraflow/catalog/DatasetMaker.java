package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets.Bound;
import dev.contraflow.catalog.DataCatalog.Added;
import dev.contraflow.catalog.Resolution.Origin;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.catalog.CatalogEntries;
import dev.contraflow.internal.catalog.EntryReader;
import dev.contraflow.internal.catalog.ParameterValues;
import dev.contraflow.internal.catalog.RunVersions;
import dev.contraflow.internal.catalog.ValueDataset;
import dev.contraflow.internal.config.Trees;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the dataset behind one name: what a program added, else a parameter, else that of an entry, else that of a pattern. Thread-safe.
 *
 * @param entries the entries and patterns
 * @param reader reads them
 * @param added what a program added
 * @param parameters the parameters
 * @param configured the same as they are written
 */
record DatasetMaker(
        CatalogEntries entries,
        EntryReader reader,
        Map<String, Added<?>> added,
        ParameterValues parameters,
        Map<String, ConfigValue> configured) {

    /** How a name is found, or null if it is not; parameters are not looked at. */
    @Nullable
    Resolution resolve(String name) {
        if (added.containsKey(name)) {
            return new Resolution(name, Origin.ADDED, null, null);
        }
        CatalogEntries.Found found = entries.find(name);
        return found == null ? null : resolution(found);
    }

    private static Resolution resolution(CatalogEntries.Found found) {
        return new Resolution(
                found.name(), found.origin(), found.pattern(), found.entry().position());
    }

    /** A new dataset, or the one that was added; null if the name is not found. */
    <T> @Nullable Bound<T> make(DatasetRef<T> ref, RunVersions versions) {
        Added<?> byHand = added.get(ref.name());
        if (byHand != null) {
            return new Bound<>(ref, added(ref, byHand), new Resolution(ref.name(), Origin.ADDED, null, null));
        }
        CatalogEntries.Found found = entries.find(ref.name());
        if (ref.isParameter() && (found == null || found.origin() == Origin.CATCH_ALL || isConfigured(ref))) {
            ConfigValue value = parameters.find(ref);
            return new Bound<>(
                    ref,
                    new ValueDataset<>(ref.name(), parameters.convert(ref, value)),
                    new Resolution(ref.name(), Origin.PARAMETER, null, value.position()));
        }
        return found == null
                ? null
                : new Bound<>(
                        ref,
                        reader.create(ref, EntryReader.section(ref.name(), found.entry()), versions),
                        resolution(found));
    }

    /** Only a parameter that the configuration lacks can be provided by a pattern such as {@code params:{name}}. */
    private boolean isConfigured(DatasetRef<?> ref) {
        return ref.parameterKey().isEmpty() || Trees.find(configured, ref.parameterKey()) != null;
    }

    @SuppressWarnings("unchecked") // it was added with an equal ref, so with the same type
    private static <T> Dataset<T> added(DatasetRef<T> ref, Added<?> byHand) {
        if (!byHand.ref().equals(ref)) {
            throw new CatalogException("Dataset '" + ref + "' is used as " + ref.type()
                    + ", but was added to the catalog as " + byHand.ref().type() + ". Use one type.");
        }
        return (Dataset<T>) byHand.dataset();
    }

    /** All names that an entry or a program gives, for suggestions. */
    Set<String> names() {
        Set<String> names = new HashSet<>(entries.explicit().keySet());
        names.addAll(added.keySet());
        return names;
    }
}
