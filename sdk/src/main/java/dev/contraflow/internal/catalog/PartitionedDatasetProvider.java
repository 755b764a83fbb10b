package dev.contraflow.internal.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.PartitionedDatasets;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.dataset.FileFolder;
import dev.contraflow.io.UnsupportedTypeException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;

/**
 * The kind {@code partitioned}, which is always there, see {@link PartitionedDatasets}. {@code save_lazily} has no meaning here, since a node
 * returns values and not functions; it is let through, so that entries of Kedro can stay as they are.
 */
public final class PartitionedDatasetProvider implements DatasetProvider {
    @Override
    public String typeId() {
        return "partitioned";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("partitions.PartitionedDataset", "PartitionedDataset");
    }

    @Override
    @SuppressWarnings("unchecked") // T is Map<String, V>: checked by elementOf
    public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
        DatasetRef<?> each = DatasetRef.of(ref.name(), elementOf(ref.type()));
        return (Dataset<T>) dataset(each, config);
    }

    private static <V> Dataset<Map<String, V>> dataset(DatasetRef<V> each, DatasetConfig config) {
        Saving saving = config.options().readWhole(PartitionedDatasetProvider::saving);
        FileFolder<V> files = config.files(each, "dataset", "path");
        return saving.replaces
                ? PartitionedDatasets.replacing(files.storage(), files.folder(), saving.suffix, files.format())
                : PartitionedDatasets.adding(files.storage(), files.folder(), saving.suffix, files.format());
    }

    private record Saving(String suffix, boolean replaces) {}

    private static Saving saving(ConfigSection options) {
        options.allow("type", "metadata", "path", "dataset", "credentials", "fs_args", "filepath", "versioned");
        if (options.entries().containsKey("filepath")) {
            options.refuse("filepath", "is the path of a single file. The folder of partitions is named 'path'.");
        }
        if (options.entries().containsKey("versioned")) {
            options.refuse("versioned", "cannot be had: several files have no common versions. Remove it.");
        }
        options.flag("save_lazily");
        String argument = options.text("filepath_arg").orElse("filepath");
        if (!argument.equals("filepath")) {
            options.refuse("filepath_arg", "is '" + argument + "', but here each partition has a 'filepath'.");
        }
        return new Saving(
                options.text("filename_suffix").orElse(""),
                options.flag("overwrite").orElse(false));
    }

    private static TypeRef<?> elementOf(TypeRef<?> type) {
        if (type.rawType() == Map.class
                && type.type() instanceof ParameterizedType map
                && map.getActualTypeArguments()[0] == String.class) {
            Type element = map.getActualTypeArguments()[1];
            return TypeRef.of(element);
        }
        throw new UnsupportedTypeException(
                "partitioned holds a map from texts to what each of its files holds, a Map<String, List<Order>> for instance");
    }
}
