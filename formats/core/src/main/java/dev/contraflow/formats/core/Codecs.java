package dev.contraflow.formats.core;

import dev.contraflow.TypeRef;
import dev.contraflow.io.UnsupportedTypeException;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the codec of a type, and refuses types without an exact form. Used by one thread, for one type. */
final class Codecs {
    private static final int DEEPEST_TYPE = 100;

    private final String format;
    private final Dialect dialect;
    private final Map<Type, RecordCodec> records = new HashMap<>();

    private Codecs(String format, Dialect dialect) {
        this.format = format;
        this.dialect = dialect;
    }

    /**
     * The codec of a type.
     *
     * @param format the name of the format, for messages
     * @throws UnsupportedTypeException if the type, or one inside it, has no exact form
     */
    static Codec of(Type type, String format, Dialect dialect) {
        return new Codecs(format, dialect).make(type, Map.of(), 0);
    }

    private Codec make(Type declared, Map<TypeVariable<?>, Type> variables, int depth) {
        Type type = resolve(declared, variables);
        Class<?> raw = TypeRef.rawClass(type);
        if (depth > DEEPEST_TYPE) {
            throw unsupported(type, "it is nested without end");
        }
        if (type == Object.class) {
            return new AnyCodec(dialect);
        }
        Optional<Scalar> scalar = Scalars.of(raw, dialect);
        if (scalar.isPresent()) {
            return raw.isPrimitive() ? new PrimitiveCodec(scalar.get()) : scalar.get();
        }
        if (raw.isRecord()) {
            return makeRecord(type, raw, depth);
        }
        if (raw.isArray()) {
            return makeArray(type, raw, depth);
        }
        if (type instanceof ParameterizedType generic) {
            return makeGeneric(generic, raw, depth);
        }
        throw unsupported(type, "it has no exact form");
    }

    private Codec makeGeneric(ParameterizedType type, Class<?> raw, int depth) {
        Type[] arguments = type.getActualTypeArguments();
        Codec last = make(arguments[arguments.length - 1], Map.of(), depth + 1);
        if (raw == List.class) {
            return new CollectionCodec(List.class, last);
        }
        if (raw == Set.class && !TypeRef.rawClass(arguments[0]).isArray()) {
            return new CollectionCodec(Set.class, last);
        }
        if (raw == Map.class && arguments[0] == String.class) {
            return new MapCodec(last);
        }
        if (raw == Optional.class && !(last instanceof OptionalCodec)) {
            return new OptionalCodec(last);
        }
        throw unsupported(
                type,
                raw == Map.class
                        ? "its keys are not texts"
                        : raw == Set.class
                                ? "arrays are never equal, so they are no elements of a set"
                                : raw == Optional.class
                                        ? "an empty Optional in another cannot be told from an empty one"
                                        : "it has no exact form");
    }

    private Codec makeArray(Type type, Class<?> raw, int depth) {
        Type component =
                type instanceof GenericArrayType array ? array.getGenericComponentType() : raw.getComponentType();
        return new ArrayCodec(raw.getComponentType(), make(component, Map.of(), depth + 1));
    }

    private Codec makeRecord(Type type, Class<?> raw, int depth) {
        RecordCodec known = records.get(type);
        if (known != null) {
            return known;
        }
        RecordCodec codec = new RecordCodec(new RecordShape(raw));
        records.put(type, codec);
        Map<TypeVariable<?>, Type> variables = variablesOf(type, raw);
        List<Codec> components = new ArrayList<>();
        for (RecordComponent component : raw.getRecordComponents()) {
            components.add(make(component.getGenericType(), variables, depth + 1));
        }
        codec.setComponents(components);
        return codec;
    }

    private static Map<TypeVariable<?>, Type> variablesOf(Type type, Class<?> raw) {
        Map<TypeVariable<?>, Type> variables = new HashMap<>();
        if (type instanceof ParameterizedType generic) {
            for (int i = 0; i < raw.getTypeParameters().length; i++) {
                variables.put(raw.getTypeParameters()[i], generic.getActualTypeArguments()[i]);
            }
        }
        return variables;
    }

    /** The type with every type variable replaced. */
    private Type resolve(Type type, Map<TypeVariable<?>, Type> variables) {
        if (type instanceof ParameterizedType generic) {
            return new Resolved(
                    TypeRef.rawClass(generic),
                    Arrays.stream(generic.getActualTypeArguments())
                            .map(argument -> resolve(argument, variables))
                            .toList());
        }
        if (type instanceof GenericArrayType array) {
            return new ResolvedArray(resolve(array.getGenericComponentType(), variables));
        }
        if (type instanceof WildcardType) {
            throw unsupported(type, "a wildcard does not say what comes back");
        }
        if (type instanceof TypeVariable<?> variable) {
            Type known = variables.get(variable);
            if (known == null) {
                throw unsupported(type, "it is not known");
            }
            return known;
        }
        return type;
    }

    private UnsupportedTypeException unsupported(Type type, String why) {
        return new UnsupportedTypeException(
                format + " holds records, lists, sets, maps with text keys, arrays, Optional, " + Scalars.WORDS
                        + " and trees of Object, not " + TypeRef.of(type) + ": " + why);
    }

    /** A parameterized type without variables; equal by its parts. */
    private record Resolved(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }

        @Override
        public String getTypeName() {
            return raw.getName()
                    + arguments.stream().map(Type::getTypeName).collect(Collectors.joining(", ", "<", ">"));
        }
    }

    private record ResolvedArray(Type component) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String getTypeName() {
            return component.getTypeName() + "[]";
        }
    }
}
