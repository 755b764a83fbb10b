package dev.contraflow.it.golden;

import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The datasets of runs.json: they note what is done with them. What is persistent stands in one map by location. */
final class RecordedDatasets {
    private final Recorder recorder;
    private final ConcurrentMap<String, Object> stored = new ConcurrentHashMap<>();

    RecordedDatasets(Recorder recorder) {
        this.recorder = recorder;
    }

    ConcurrentMap<String, Object> stored() {
        return stored;
    }

    /** {@code type: recorded}: a dataset that is persistent or lives in memory, with the misbehaviour of the case. */
    DatasetProvider leaf() {
        return new DatasetProvider() {
            @Override
            public String typeId() {
                return "recorded";
            }

            @Override
            public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
                return new Recorded<>(ref.name(), config.options());
            }
        };
    }

    /** {@code type: recorded-around}: notes what is done with a dataset that wraps others. */
    DatasetProvider around() {
        return new DatasetProvider() {
            @Override
            public String typeId() {
                return "recorded-around";
            }

            @Override
            public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
                return new Around<>(ref.name(), config.nested(ref, "dataset"));
            }
        };
    }

    /** A dataset in memory that holds a value from the beginning, perhaps null. */
    Dataset<Object> holding(String name, @Nullable Object value) {
        return new Recorded<>(name, "", value, true);
    }

    private final class Recorded<T> implements Dataset<T> {
        private final String name;
        private final String prefix;
        private final String location;
        private final boolean isPersistent;
        private final boolean isConfirmable;
        private final @Nullable String loadError;
        private final @Nullable String saveError;
        private @Nullable Object value; // of a dataset in memory
        private boolean hasValue;

        Recorded(String name, ConfigSection options) {
            this.name = name;
            this.prefix = options.text("prefix").orElse("");
            this.location = options.text("location").orElse(name);
            this.isPersistent = options.requiredText("kind").equals("persistent");
            this.isConfirmable = options.flag("confirm").orElse(false);
            this.loadError = options.text("load_error").orElse(null);
            this.saveError = options.text("save_error").orElse(null);
            this.hasValue = options.entries().containsKey("data");
            this.value = options.text("data").orElse(null);
        }

        Recorded(String name, String prefix, @Nullable Object value, boolean hasValue) {
            this.name = name;
            this.prefix = prefix;
            this.location = name;
            this.isPersistent = false;
            this.isConfirmable = false;
            this.loadError = null;
            this.saveError = null;
            this.value = value;
            this.hasValue = hasValue;
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // the corpus asks for parameters that are null
        public T load() throws IOException {
            recorder.noteLoad(name, prefix + "load " + name);
            if (loadError != null) {
                throw new IOException(loadError);
            }
            if (!isPersistent && hasValue) {
                return (T) value;
            }
            Object there = isPersistent ? stored.get(location) : null;
            if (there == null) {
                String why = isPersistent ? "nothing at " + location : "nothing has been saved yet";
                throw new ObjectNotFoundException(why, new Location("recorded", "", "/" + location), null);
            }
            return (T) there;
        }

        @Override
        public void save(T saved) throws IOException {
            recorder.note(prefix + "save " + name);
            if (saveError != null) {
                throw new IOException(saveError);
            }
            if (isPersistent) {
                stored.put(location, saved);
            } else {
                value = saved;
                hasValue = true;
            }
        }

        @Override
        public boolean exists() {
            return isPersistent ? stored.containsKey(location) : hasValue;
        }

        @Override
        public boolean isPersistent() {
            return isPersistent;
        }

        @Override
        public boolean isExact() {
            return true; // texts stand as they are
        }

        @Override
        public Optional<Location> target() {
            return isPersistent ? Optional.of(new Location("recorded", "", "/" + location)) : Optional.empty();
        }

        @Override
        public void release() {
            recorder.note(prefix + "release " + name);
        }

        @Override
        public boolean isConfirmable() {
            return isConfirmable;
        }

        @Override
        public void confirm() {
            recorder.note("confirm " + name);
        }

        @Override
        public String describe() {
            return "recorded at " + location;
        }
    }

    private final class Around<T> extends ForwardingDataset<T> {
        private final String name;

        Around(String name, Dataset<T> inner) {
            super(inner);
            this.name = name;
        }

        @Override
        public T load() throws IOException {
            recorder.noteLoad(name, "load " + name);
            return super.load();
        }

        @Override
        public void save(T value) throws IOException {
            recorder.note("save " + name);
            super.save(value);
        }

        @Override
        public void release() {
            recorder.note("release " + name);
            super.release();
        }
    }

    /** The options of an entry of the corpus, as an entry of a catalog. */
    static Map<String, Object> entry(Map<String, Object> options) {
        Map<String, Object> entry = new java.util.LinkedHashMap<>(options);
        if ("cached".equals(options.get("kind"))) {
            entry.put("kind", "persistent");
            entry.put("type", "recorded");
            entry.put("prefix", "physical ");
            return Map.of("type", "recorded-around", "dataset", Map.of("type", "cached", "dataset", entry));
        }
        entry.put("type", "recorded");
        return entry;
    }
}
