package dev.contraflow.internal.catalog;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.config.Trees;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Parameters as Java values. Strict: a text is no number and a number no text, no key is unknown, no component of a record is missing.
 * Thread-safe.
 */
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
            throw new CatalogException("No parameter '" + key + "' of type " + ref.type() + "."
                    + Suggestion.didYouMean(key, known) + " Set it in " + parameters.position()
                    + " or give it to the run.");
        }
        return found;
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
     * @return the value, made anew
     * @throws CatalogException if it is null or cannot be read as that type
     */
    @SuppressWarnings("unchecked") // Jackson was asked for the type T, and a plain value is compared with it
    public <T> T convert(DatasetRef<T> ref, ConfigValue found) {
        Object plain = found.plain();
        if (plain == null) {
            throw new CatalogException(found.position() + ": parameter '" + ref.parameterKey()
                    + "' is nothing, but must be " + ref.type() + ". Give it a value.");
        }
        if (isPlain(ref.type()) && ref.type().rawType().isInstance(plain)) {
            return (T) plain;
        }
        try {
            JsonNode tree = mapper.valueToTree(plain);
            return (T) mapper.readerFor(mapper.constructType(ref.type().type())).<Object>readValue(tree);
        } catch (JsonMappingException e) {
            throw mismatch(ref, found, e);
        } catch (IOException | IllegalArgumentException e) {
            throw new CatalogException(
                    found.position() + ": parameter '" + ref.parameterKey() + "' cannot be read as " + ref.type() + ": "
                            + firstLine(e.getMessage()),
                    e);
        }
    }

    /** Whether configuration values are of the type as they are: unmodifiable, and in the order of the file. */
    private static boolean isPlain(TypeRef<?> type) {
        List<Type> arguments =
                type.type() instanceof ParameterizedType p ? Arrays.asList(p.getActualTypeArguments()) : List.of();
        return type.type() == Object.class
                || (type.rawType() == Map.class && arguments.equals(List.of(String.class, Object.class)))
                || (type.rawType() == List.class && arguments.equals(List.of(Object.class)));
    }

    private CatalogException mismatch(DatasetRef<?> ref, ConfigValue found, JsonMappingException e) {
        ConfigValue at = found;
        List<String> path = new ArrayList<>();
        if (!ref.parameterKey().isEmpty()) {
            path.add(ref.parameterKey());
        }
        String missing = null;
        for (JsonMappingException.Reference step : e.getPath()) {
            ConfigValue next = below(at, step);
            String name = step.getFieldName() == null ? String.valueOf(step.getIndex()) : step.getFieldName();
            path.add(name);
            if (next == null) {
                missing = name;
                break;
            }
            at = next;
        }
        String asked = " (" + ref + " is read as " + ref.type() + ")";
        String dotted = String.join(".", path);
        String problem = missing == null
                ? wrong(dotted, at, e, asked)
                : "parameter '" + dotted + "' is missing" + asked + "." + misspelling(missing, at);
        return new CatalogException(at.position() + ": " + problem, e);
    }

    private static String misspelling(String missing, ConfigValue parent) {
        Map<String, ConfigValue> there = parent.entries();
        return Suggestion.nearest(missing, there == null ? List.of() : there.keySet())
                .map(near -> " Is '" + near + "' a misspelling of it?")
                .orElse("");
    }

    private static @Nullable ConfigValue below(ConfigValue value, JsonMappingException.Reference step) {
        Map<String, ConfigValue> entries = value.entries();
        List<ConfigValue> items = value.items();
        if (entries != null && step.getFieldName() != null) {
            return entries.get(step.getFieldName());
        }
        return items != null && step.getIndex() >= 0 && step.getIndex() < items.size()
                ? items.get(step.getIndex())
                : null;
    }

    private static String wrong(String path, ConfigValue value, JsonMappingException e, String asked) {
        if (e instanceof PropertyBindingException unknown) {
            Collection<Object> ids = unknown.getKnownPropertyIds();
            List<String> known = ids == null
                    ? List.of()
                    : ids.stream().map(String::valueOf).sorted().toList();
            return "unknown parameter '" + path + "'" + asked + "."
                    + Suggestion.didYouMean(unknown.getPropertyName(), known) + " Known there: "
                    + String.join(", ", known) + ".";
        }
        Class<?> target = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (target != null && (value.entries() == null || !isObject(target))) {
            return "parameter '" + path + "' must be " + TypeRef.of((Type) target) + ", but is " + shown(value) + asked
                    + ".";
        }
        return "parameter '" + path + "' cannot be read" + asked + ": " + firstLine(e.getOriginalMessage());
    }

    private static boolean isObject(Class<?> target) {
        return !(target.isPrimitive() || target.isEnum() || target.getName().startsWith("java."));
    }

    private static String shown(ConfigValue value) {
        boolean scalar = value.entries() == null && value.items() == null && value.value() != null;
        return value.kind() + (scalar ? " (" + value.value() + ")" : "");
    }

    private static String firstLine(@Nullable String message) {
        return String.valueOf(message).lines().findFirst().orElse("");
    }
}
