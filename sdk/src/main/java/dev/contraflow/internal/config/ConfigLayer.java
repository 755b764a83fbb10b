package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.config.Interpolation.Local;
import dev.contraflow.internal.config.Interpolation.Surroundings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The entries of one kind in one environment, and what resolves them. Files are added, then it is closed. Used by one thread. */
final class ConfigLayer {
    private final ConfigKind kind;
    private final Surroundings around;
    private final Problems problems;
    private final Map<String, ConfigValue> entries = new LinkedHashMap<>();
    private final Map<String, Interpolation> references = new LinkedHashMap<>();
    private Map<String, ConfigValue> visible = Map.of();
    private boolean isReadable = true;

    ConfigLayer(ConfigKind kind, Surroundings around, Problems problems) {
        this.kind = kind;
        this.around = around;
        this.problems = problems;
    }

    /** Adds what a file holds; null if it could not be read. */
    void add(@Nullable ConfigValue file) {
        Map<String, ConfigValue> added = file == null ? null : file.value() == null ? Map.of() : file.entries();
        if (file != null && added == null) {
            problems.add(() -> new CatalogException(
                    file.position(), "the file must hold a map of names, but holds " + file.kind() + "."));
        }
        if (added == null) {
            isReadable = false;
            return;
        }
        added.forEach(
                (key, value) -> entries.merge(key, value, (a, b) -> Trees.united(key, a, b, kind.sharing(), problems)));
        if (kind.isCredentials()) {
            resolveBy(new Local(added, entries, Set.of()), added);
        }
    }

    /** No more files follow. References see the given values in place of those written; they are not resolved themselves. */
    void close(Map<String, ConfigValue> given) {
        if (kind.isParameters()) {
            around.given().declare(entries);
        }
        visible = given.isEmpty() ? entries : Trees.overlaid(entries, given, problems);
        if (!kind.isCredentials()) {
            resolveBy(new Local(visible, visible, Trees.identities(given)), entries);
        }
    }

    private void resolveBy(Local local, Map<String, ConfigValue> resolved) {
        Interpolation one = new Interpolation(kind, local, around, problems);
        resolved.keySet().forEach(key -> references.put(key, one));
    }

    /** Whether all files could be read. */
    boolean isReadable() {
        return isReadable;
    }

    /** The keys that stand in the files. */
    Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** The value of one of the keys. */
    ConfigValue resolved(String key) {
        ConfigValue value = Objects.requireNonNull(visible.get(key), key);
        return Objects.requireNonNull(references.get(key), key).resolve(value);
    }

    /** All values whose keys are kept. */
    Map<String, ConfigValue> resolved() {
        Map<String, ConfigValue> resolved = new LinkedHashMap<>();
        entries.keySet().stream().filter(kind::keepsKey).forEach(key -> resolved.put(key, resolved(key)));
        return resolved;
    }
}
