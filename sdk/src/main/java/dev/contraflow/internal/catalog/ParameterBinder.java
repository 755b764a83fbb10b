package dev.contraflow.internal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.config.YamlScalars;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Java value of one parameter, and collects everything in it that does not fit. Strict: a text is no number and a number no text,
 * no key is unknown, no component of a record is missing unless it is an {@link Optional} or {@code @Nullable}. What is no scalar,
 * collection, map or record is left to Jackson, equally strict. Used by one thread.
 */
final class ParameterBinder {
    private static final int LONGEST_SHOWN = 40;

    /** Stands for a value that could not be made; the mistake is among the problems. */
    private static final Object FAILED = new Object();

    private final DatasetRef<?> ref;
    private final JsonMapper mapper;
    private final Problems problems;

    ParameterBinder(DatasetRef<?> ref, JsonMapper mapper, Problems problems) {
        this.ref = ref;
        this.mapper = mapper;
        this.problems = problems;
    }

    /** The value, or null if something does not fit. */
    @Nullable
    Object bind(ConfigValue value) {
        Object bound = bind(ref.type().type(), value, ref.parameterKey());
        return bound == FAILED ? null : bound;
    }

    private Object bind(Type type, ConfigValue value, String path) {
        Class<?> raw = MethodType.methodType(TypeRef.rawClass(type)).wrap().returnType();
        if (raw == Optional.class) {
            return optional(type, value, path);
        }
        if (value.value() == null) {
            return failed(
                    value, "parameter '" + path + "' is nothing, but must be " + shown(type) + ". Give it a value.");
        }
        if (raw == Object.class) {
            return plain(value);
        }
        if (RecordShape.isKnown(raw)) {
            return record(raw, value, path);
        }
        if (raw == Map.class) {
            return map(type, value, path);
        }
        if (raw == List.class || raw == Collection.class || raw == Iterable.class) {
            List<Object> items = items(argument(type, 0), type, value, path);
            return items == null ? FAILED : Collections.unmodifiableList(items);
        }
        if (raw == Set.class) {
            List<Object> items = items(argument(type, 0), type, value, path);
            return items == null ? FAILED : Collections.unmodifiableSet(new LinkedHashSet<>(items));
        }
        if (raw.isArray() && raw != byte[].class) {
            return array(raw.getComponentType(), type, value, path);
        }
        return scalar(raw, type, value, path);
    }

    private static Object plain(ConfigValue value) {
        Object plain = value.plain();
        return plain == null ? FAILED : plain;
    }

    private Object optional(Type type, ConfigValue value, String path) {
        if (value.value() == null) {
            return Optional.empty();
        }
        Object content = bind(argument(type, 0), value, path);
        return content == FAILED ? FAILED : Optional.of(content);
    }

    /** A wildcard stands for its upper bound; what has no arguments is one of anything. */
    private static Type argument(Type type, int index) {
        Type argument = type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : Object.class;
        return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }

    private @Nullable List<Object> items(Type itemType, Type type, ConfigValue value, String path) {
        List<ConfigValue> items = value.items();
        if (items == null) {
            mismatch(type, value, path, "");
            return null;
        }
        List<Object> bound = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            bound.add(bind(itemType, items.get(i), below(path, String.valueOf(i))));
        }
        return bound.contains(FAILED) ? null : bound;
    }

    private Object array(Class<?> component, Type type, ConfigValue value, String path) {
        List<Object> items = items(component, type, value, path);
        if (items == null) {
            return FAILED;
        }
        Object array = Array.newInstance(component, items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(array, i, items.get(i));
        }
        return array;
    }

    private Object map(Type type, ConfigValue value, String path) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries == null) {
            return mismatch(type, value, path, "");
        }
        Map<Object, Object> bound = new LinkedHashMap<>();
        boolean isBound = true;
        for (Map.Entry<String, ConfigValue> entry : entries.entrySet()) {
            String at = below(path, entry.getKey());
            Object key = key(argument(type, 0), entry.getKey(), entry.getValue(), at);
            Object one = bind(argument(type, 1), entry.getValue(), at);
            isBound &= key != FAILED && one != FAILED;
            bound.put(key, one);
        }
        return isBound ? Collections.unmodifiableMap(bound) : FAILED;
    }

    /** Keys of configurations are texts; a map with other keys reads them as a value would be read. */
    private Object key(Type type, String key, ConfigValue value, String path) {
        if (type == String.class || type == Object.class) {
            return key;
        }
        Object typed = TypeRef.rawClass(type).isEnum() ? key : YamlScalars.typed(key);
        return bind(type, new ConfigValue(typed, value.position()), path);
    }

    private Object record(Class<?> type, ConfigValue value, String path) {
        Map<String, ConfigValue> entries = value.entries();
        if (entries == null) {
            return mismatch(type, value, path, "");
        }
        RecordShape shape = new RecordShape(type);
        List<String> names = shape.names();
        List<String> unknown =
                entries.keySet().stream().filter(key -> !names.contains(key)).toList();
        for (String key : unknown) {
            ConfigValue extra = entries.get(key);
            failed(extra == null ? value : extra, unknown(key, names, path));
        }
        @Nullable Object[] components = new @Nullable Object[names.size()];
        for (int i = 0; i < components.length; i++) {
            ConfigValue component = entries.get(names.get(i));
            boolean isAbsent = component == null || component.value() == null;
            components[i] = isAbsent && shape.isNullable(i)
                    ? null
                    : component == null
                            ? absent(shape, i, unknown, value, path)
                            : bind(shape.types().get(i), component, below(path, names.get(i)));
        }
        boolean isBound = unknown.isEmpty() && !Arrays.asList(components).contains(FAILED);
        return isBound ? made(shape, components, value, path) : FAILED;
    }

    private String unknown(String key, List<String> names, String path) {
        return "unknown parameter '" + below(path, key) + "'" + asked() + "." + Suggestion.didYouMean(key, names)
                + " Known there: " + String.join(", ", names.stream().sorted().toList()) + ".";
    }

    /** A component that is misspelt was called unknown already. */
    private Object absent(RecordShape shape, int index, List<String> unknown, ConfigValue value, String path) {
        if (TypeRef.rawClass(shape.types().get(index)) == Optional.class) {
            return Optional.empty();
        }
        String name = shape.names().get(index);
        boolean isMisspelt = unknown.stream()
                .anyMatch(key -> Suggestion.nearest(key, shape.names())
                        .filter(name::equals)
                        .isPresent());
        return isMisspelt ? FAILED : failed(value, "parameter '" + below(path, name) + "' is missing" + asked() + ".");
    }

    private Object made(RecordShape shape, @Nullable Object[] components, ConfigValue value, String path) {
        try {
            return shape.newInstance(components);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getTargetException();
            if (cause instanceof Error error) {
                throw error;
            }
            String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            problems.add(() -> new CatalogException(
                    value.position(),
                    "parameter '" + path + "' is no " + shown(shape.type()) + ": " + firstLine(why),
                    cause));
            return FAILED;
        }
    }

    private Object scalar(Class<?> raw, Type type, ConfigValue value, String path) {
        Object plain = value.value();
        if (raw.isInstance(plain)) {
            return plain;
        }
        if (plain instanceof Number number && Number.class.isAssignableFrom(raw)) {
            return number(raw, number, type, value, path);
        }
        if (raw.isEnum()) {
            return constant(raw, type, value, path);
        }
        if (raw == Duration.class) {
            return duration(value, path);
        }
        if (plain instanceof String text && raw.getPackageName().equals("java.time")) {
            return parsed(raw, text, type, value, path);
        }
        boolean isBasic = raw == String.class || raw == Boolean.class || Number.class.isAssignableFrom(raw);
        return isBasic ? mismatch(type, value, path, "") : byJackson(type, value, path);
    }

    private Object number(Class<?> raw, Number number, Type type, ConfigValue value, String path) {
        Object converted = Numbers.converted(number, raw);
        boolean isWhole = !(number instanceof Double);
        return converted != null
                ? converted
                : mismatch(type, value, path, isWhole ? ", which is out of its range" : "");
    }

    private Object constant(Class<?> raw, Type type, ConfigValue value, String path) {
        List<String> names = new ArrayList<>();
        for (Object constant : raw.getEnumConstants()) {
            String name = ((Enum<?>) constant).name();
            if (name.equals(value.value())) {
                return constant;
            }
            names.add(name);
        }
        String hint = value.value() instanceof String text ? Suggestion.didYouMean(text, names) : "";
        return failed(value, mustBe(type, value, path, "") + hint + " Known: " + String.join(", ", names) + ".");
    }

    /** As in the options of a configuration. */
    private Object duration(ConfigValue value, String path) {
        ConfigSection section = new ConfigSection("parameters", value.position(), Map.of(path, value));
        Optional<Duration> duration = problems.get(() -> section.duration(path));
        return duration == null || duration.isEmpty() ? FAILED : duration.get();
    }

    /** Dates and times have their ISO forms. */
    private Object parsed(Class<?> raw, String text, Type type, ConfigValue value, String path) {
        try {
            return raw.getMethod("parse", CharSequence.class).invoke(null, text);
        } catch (InvocationTargetException e) {
            return mismatch(type, value, path, "");
        } catch (ReflectiveOperationException e) {
            return byJackson(type, value, path);
        }
    }

    private Object byJackson(Type type, ConfigValue value, String path) {
        try {
            Object made = mapper.treeToValue(mapper.valueToTree(value.plain()), mapper.constructType(type));
            return made == null ? mismatch(type, value, path, "") : made;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            StringBuilder at = new StringBuilder(path);
            String why = String.valueOf(e.getMessage());
            if (e instanceof JsonProcessingException json) {
                why = json.getOriginalMessage();
            }
            if (e instanceof JsonMappingException mapping) {
                mapping.getPath()
                        .forEach(step -> at.append(at.isEmpty() ? "" : ".")
                                .append(step.getFieldName() == null ? step.getIndex() : step.getFieldName()));
            }
            String problem =
                    "parameter '" + at + "' cannot be read as " + shown(type) + asked() + ": " + firstLine(why);
            problems.add(() -> new CatalogException(value.position(), problem, e));
            return FAILED;
        }
    }

    private Object mismatch(Type type, ConfigValue value, String path, String detail) {
        return failed(value, mustBe(type, value, path, detail));
    }

    private String mustBe(Type type, ConfigValue value, String path, String detail) {
        return "parameter '" + path + "' must be " + shown(type) + ", but is " + shown(value) + detail + asked() + ".";
    }

    private Object failed(ConfigValue value, String problem) {
        problems.add(() -> new CatalogException(value.position(), problem));
        return FAILED;
    }

    private String asked() {
        return " (" + ref + " is read as " + ref.type() + ")";
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String shown(Type type) {
        return TypeRef.of(type).toString();
    }

    private static String shown(ConfigValue value) {
        boolean isScalar = value.entries() == null && value.items() == null && !(value.value() instanceof byte[]);
        String text = firstLine(String.valueOf(value.value()));
        String end = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + ".." : text;
        return value.kind() + (isScalar ? " (" + end + ")" : "");
    }

    private static String firstLine(@Nullable String message) {
        return String.valueOf(message).lines().findFirst().orElse("");
    }
}
