package dev.contraflow;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Objects;

/**
 * A Java type with its type arguments, which a {@code Class} cannot carry. Made by {@link #of(Class)} or as an anonymous subclass:
 * {@code new TypeRef<List<Order>>() {}}. Immutable and thread-safe; equal when the types are equal.
 *
 * @param <T> the type it stands for
 */
public abstract class TypeRef<T> {
    private final Type type;

    /** Captures the type argument of the anonymous subclass. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType superclass)) {
            throw new IllegalStateException("A TypeRef needs its type argument: new TypeRef<List<Order>>() {}");
        }
        this.type = superclass.getActualTypeArguments()[0];
    }

    private TypeRef(Type type) {
        this.type = Objects.requireNonNull(type, "type is null");
    }

    /**
     * The type of a class without type arguments.
     *
     * @param type the class; a primitive class stands for its box
     * @return its type reference
     */
    public static <T> TypeRef<T> of(Class<T> type) {
        return new Known<>(box(type));
    }

    /**
     * Any reflective type, for code that composes types at run time.
     *
     * @param type the type
     * @return its type reference; the caller answers for {@code T}
     */
    public static TypeRef<?> of(Type type) {
        return new Known<>(type);
    }

    /** @return the type, with its arguments */
    public final Type type() {
        return type;
    }

    /** @return the class behind the type, without its arguments; {@code Object} for a type variable or wildcard */
    @SuppressWarnings("unchecked")
    public final Class<? super T> rawType() {
        return (Class<? super T>) rawClass(type);
    }

    /**
     * The class behind a reflective type.
     *
     * @param type any type
     * @return its class; the first upper bound of a wildcard, {@code Object} for a type variable
     */
    public static Class<?> rawClass(Type type) {
        if (type instanceof Class<?> c) {
            return c;
        }
        if (type instanceof ParameterizedType p) {
            return (Class<?>) p.getRawType();
        }
        if (type instanceof GenericArrayType a) {
            return Array.newInstance(rawClass(a.getGenericComponentType()), 0).getClass();
        }
        return type instanceof WildcardType w ? rawClass(w.getUpperBounds()[0]) : Object.class;
    }

    private static Class<?> box(Class<?> c) {
        return java.lang.invoke.MethodType.methodType(c).wrap().returnType();
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof TypeRef<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    /** @return the type as written in source, packages left out: {@code List<Order>} */
    @Override
    public final String toString() {
        return type.getTypeName().replaceAll("[\\w]+\\.(?=\\w)", "").replaceAll("\\w+\\$", "");
    }

    private static final class Known<T> extends TypeRef<T> {
        Known(Type type) {
            super(type);
        }
    }
}
