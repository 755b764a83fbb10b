package dev.contraflow;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;

/**
 * The name of a dataset and the Java type of its value. It does no I/O and knows no location: the catalog says where the dataset lives.
 * Immutable and thread-safe; equal when name and type are equal.
 *
 * <p>A name may end in {@code @view}: {@code trips@csv} and {@code trips@text} are two views of the one dataset {@code trips}, written
 * through one and read through the other (Kedro's transcoding).
 *
 * @param <T> the type of the dataset's value
 */
public final class DatasetRef<T> {
    private static final Pattern NAME = Pattern.compile("[^@\\p{Cntrl}]+(@[^@\\p{Cntrl}]*)?");
    private static final String PARAMETER = "params:";
    private static final String PARAMETERS = "parameters";

    private final String name;
    private final TypeRef<T> type;

    private DatasetRef(String name, TypeRef<T> type) {
        this.name = Objects.requireNonNull(name, "name is null");
        this.type = Objects.requireNonNull(type, "type is null");
        if (!NAME.matcher(name).matches()) {
            throw new PipelineException("Invalid dataset name '" + name
                    + (name.indexOf('@') == name.lastIndexOf('@')
                            ? "': it needs at least one character before an '@', and no control characters."
                            : "': it has at most one '@', before the name of a view."));
        }
        refuseReadableOnce();
        refuseHiddenRows();
    }

    /**
     * A dataset whose value is of a class without type arguments.
     *
     * @param name the dataset's name
     * @param type the class of its value
     * @throws PipelineException if the name is invalid, or values of the type can be read only once (an iterator, a stream)
     */
    public static <T> DatasetRef<T> of(String name, Class<T> type) {
        return new DatasetRef<>(name, TypeRef.of(type));
    }

    /**
     * A dataset whose value has type arguments.
     *
     * @param name the dataset's name
     * @param type the type of its value
     * @throws PipelineException if the name is invalid, or values of the type can be read only once
     */
    public static <T> DatasetRef<T> of(String name, TypeRef<T> type) {
        return new DatasetRef<>(name, type);
    }

    /**
     * A dataset whose value is a list.
     *
     * @param name the dataset's name
     * @param element the class of the list's elements
     * @throws PipelineException if the name is invalid
     */
    @SuppressWarnings("unchecked") // the type is composed of List and the very class that E is taken from
    public static <E> DatasetRef<List<E>> listOf(String name, Class<E> element) {
        return new DatasetRef<>(name, (TypeRef<List<E>>) TypeRef.of(new Generic(List.class, element)));
    }

    /**
     * A dataset whose value is rows that may be larger than memory. (Rows with type arguments of their own: {@code DatasetRef.of(name, new
     * TypeRef<Rows<Map<String, String>>>() {})}.)
     *
     * @param name the dataset's name
     * @param row the class of a row
     * @throws PipelineException if the name is invalid
     * @see Rows
     */
    @SuppressWarnings("unchecked") // as in listOf
    public static <E> DatasetRef<Rows<E>> rowsOf(String name, Class<E> row) {
        return new DatasetRef<>(name, (TypeRef<Rows<E>>) TypeRef.of(new Generic(Rows.class, row)));
    }

    /**
     * A dataset whose value is a map with text keys.
     *
     * @param name the dataset's name
     * @param value the class of the map's values
     * @throws PipelineException if the name is invalid
     */
    @SuppressWarnings("unchecked") // as in listOf
    public static <V> DatasetRef<Map<String, V>> mapOf(String name, Class<V> value) {
        return new DatasetRef<>(
                name, (TypeRef<Map<String, V>>) TypeRef.of(new Generic(Map.class, String.class, value)));
    }

    /**
     * One parameter of the configuration, Kedro's {@code params:a.b}.
     *
     * @param key the parameter's key, dots leading into nested maps
     * @param type the class of its value
     */
    public static <T> DatasetRef<T> parameter(String key, Class<T> type) {
        return new DatasetRef<>(PARAMETER + key, TypeRef.of(type));
    }

    /** @return all parameters of the configuration as one map, Kedro's {@code parameters} */
    public static DatasetRef<Map<String, Object>> parameters() {
        return mapOf(PARAMETERS, Object.class);
    }

    /** @return the full name, with its view: {@code trips@csv} */
    public String name() {
        return name;
    }

    /** @return the name without its view: {@code trips}; what dependencies between nodes go by */
    public String baseName() {
        return baseOf(name);
    }

    /** The part of a dataset's name before its view. */
    static String baseOf(String name) {
        int at = name.indexOf('@');
        return at < 0 ? name : name.substring(0, at);
    }

    /**
     * The same type under another name.
     *
     * @param other the other name
     * @throws PipelineException if the name is invalid
     */
    public DatasetRef<T> withName(String other) {
        return other.equals(name) ? this : new DatasetRef<>(other, type);
    }

    /** @return the type of the dataset's value */
    public TypeRef<T> type() {
        return type;
    }

    /** @return whether its value is {@link Rows}, which are read and written one by one; nothing but the declared type decides it */
    public boolean isRows() {
        return type.rawType() == Rows.class;
    }

    /** @return whether this is a parameter, which the configuration provides and no node may write */
    public boolean isParameter() {
        return name.startsWith(PARAMETER) || name.equals(PARAMETERS);
    }

    /** @return the parameter's key ({@code a.b} for {@code params:a.b}), empty for the map of all parameters */
    public String parameterKey() {
        return name.startsWith(PARAMETER) ? name.substring(PARAMETER.length()) : "";
    }

    /**
     * This dataset as one part of a record that a node returns.
     *
     * @param pick takes the dataset's value out of the record, usually the component's accessor
     * @return the part, for {@code writesParts}
     */
    public <R> Part<R> from(Function<? super R, ? extends T> pick) {
        return new Part<>(this, pick);
    }

    private void refuseReadableOnce() {
        Class<?> raw = type.rawType();
        for (Class<?> once : List.of(Iterator.class, BaseStream.class, InputStream.class, Reader.class)) {
            if (once.isAssignableFrom(raw)) {
                throw new PipelineException(
                        "Dataset '" + name + "' cannot have the type " + type
                                + ": such a value can be read only once, and a dataset is read by any number of nodes. Return a List instead, or Rows if memory does not hold it.");
            }
        }
    }

    /** Rows are read while the node's inputs are open: within another value nobody would know that. */
    private void refuseHiddenRows() {
        boolean isWhole = type.rawType() == Rows.class && type.type() instanceof ParameterizedType;
        boolean isKind = Rows.class.isAssignableFrom(type.rawType());
        if (isKind && !isWhole) {
            throw new PipelineException("Dataset '" + name + "' cannot have the type " + type
                    + ": rows are declared as Rows with the type of a row. Use DatasetRef.rowsOf.");
        }
        if (argumentsHoldRows(type.type())) {
            throw new PipelineException("Dataset '" + name + "' cannot have the type " + type
                    + ": rows are the whole value of a dataset, not a part of one. Make each a dataset of its own.");
        }
    }

    private static boolean argumentsHoldRows(Type type) {
        return type instanceof ParameterizedType generic
                && Arrays.stream(generic.getActualTypeArguments())
                        .anyMatch(
                                part -> Rows.class.isAssignableFrom(TypeRef.rawClass(part)) || argumentsHoldRows(part));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DatasetRef<?> that && name.equals(that.name) && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** @return the name */
    @Override
    public String toString() {
        return name;
    }

    /** A parameterized type made at run time; equal to the one that javac records. */
    private record Generic(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        Generic(Class<?> raw, Class<?>... arguments) {
            this(raw, List.of((Type[]) arguments));
        }

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @org.jspecify.annotations.Nullable Type getOwnerType() {
            return null;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ParameterizedType that
                    && raw.equals(that.getRawType())
                    && arguments.equals(List.of(that.getActualTypeArguments()));
        }

        @Override
        public int hashCode() { // as the JDK's own implementation, so that both kinds meet in one hash map
            return Arrays.hashCode(getActualTypeArguments()) ^ raw.hashCode();
        }

        @Override
        public String toString() {
            return raw.getName() + "<"
                    + arguments.stream().map(Type::getTypeName).collect(java.util.stream.Collectors.joining(", "))
                    + ">";
        }
    }
}
