package dev.contraflow.internal.catalog;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.config.Trees;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** Parameters by the names that nodes ask for, and as Java values. Thread-safe. */
public final class ParameterValues {
    private final ConfigSection parameters;
    private final JsonMapper mapper = strictMapper();

    /** @param parameters all parameters of the configuration */
    public ParameterValues(ConfigSection parameters) {
        this.parameters = parameters;
    }

    private static JsonMapper strictMapper() {
        return JsonMapper.builder()
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .withCoercionConfigDefaults(
                        defaults -> defaults.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert))
                .build();
    }

    /**
     * The parameter that a ref names, not yet converted.
     *
     * @param ref a ref for which {@link DatasetRef#isParameter} holds
     * @return the parameter
     * @throws CatalogException if there is none
     */
    public ConfigValue find(DatasetRef<?> ref) {
        String key = ref.parameterKey();
        if (key.isEmpty()) {
            return new ConfigValue(parameters.entries(), parameters.position());
        }
        ConfigValue found = Trees.find(parameters.entries(), key);
        ConfigValue whole = parameters.entries().get(key);
        if (found != null && whole != null && !found.equals(whole)) {
            throw Trees.ambiguous(ref.name(), found, whole);
        }
        if (found == null) {
            TreeSet<String> known = new TreeSet<>();
            addPaths("", parameters.entries(), known);
            String near = Suggestion.nearest(key, known)
                    .map(name -> " Did you mean '" + name + "' (" + position(name) + ")?")
                    .orElse("");
            throw new CatalogException("There is no parameter '" + ref + "' of type " + ref.type() + "." + near
                    + " Set it in " + parameters.position()
                    + " or give it to the run.");
        }
        return found;
    }

    private SourcePosition position(String path) {
        ConfigValue found = Trees.find(parameters.entries(), path);
        ConfigValue near = found == null ? parameters.entries().get(path) : found;
        return near == null ? parameters.position() : near.position();
    }

    private static void addPaths(String prefix, Map<String, ConfigValue> entries, Collection<String> into) {
        entries.forEach((key, value) -> {
            into.add(prefix + key);
            Map<String, ConfigValue> below = value.entries();
            if (below != null) {
                addPaths(prefix + key + ".", below, into);
            }
        });
    }

    /**
     * The value of a parameter.
     *
     * @param ref the parameter and its type
     * @param found what {@link #find} found for it
     * @return the value, made anew; collections in it are unmodifiable
     * @throws CatalogException if it cannot be read as that type; lists everything that does not fit
     */
    @SuppressWarnings("unchecked") // the binder makes what it is asked for, and a plain value is compared with the type
    public <T> T convert(DatasetRef<T> ref, ConfigValue found) {
        Object plain = found.plain();
        if (plain != null && isPlain(ref.type()) && ref.type().rawType().isInstance(plain)) {
            return (T) plain;
        }
        Problems problems = new Problems();
        Object value = new ParameterBinder(ref, mapper, problems).bind(found);
        problems.throwIfAny();
        return (T) Objects.requireNonNull(value, "neither a value nor a problem");
    }

    /** Whether configuration values are of the type as they are: unmodifiable, and in the order of the file. */
    private static boolean isPlain(TypeRef<?> type) {
        List<Type> arguments =
                type.type() instanceof ParameterizedType p ? Arrays.asList(p.getActualTypeArguments()) : List.of();
        return type.type() == Object.class
                || (type.rawType() == Map.class && arguments.equals(List.of(String.class, Object.class)))
                || (type.rawType() == List.class && arguments.equals(List.of(Object.class)));
    }
}
