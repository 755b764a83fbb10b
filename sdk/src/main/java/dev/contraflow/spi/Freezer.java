package dev.contraflow.spi;

import dev.contraflow.Immutable;
import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a value that a node returned into one that nobody can change, by copying references and never bytes.
 *
 * <ul>
 *   <li>As it is: text, boxed numbers, {@link BigDecimal} and {@link BigInteger} of exactly these classes, enums, the value classes of {@code
 *       java.time}, {@link UUID}, {@link URI}, {@link Optional} of such, classes marked {@link Immutable}, and records whose parts are all
 *       such, however far down.
 *   <li>As a private unmodifiable copy, in the same order: the JDK's ordinary lists, sets and maps (exactly those classes) of such parts.
 *       The copies have one class for lists, one for sets and one for maps, which decoders return too.
 *   <li>Not vouched for: everything else, {@link Rows}, arrays, subclasses of the above, sorted collections, sublists, and what has to be
 *       looked into and is nested more than 64 deep. The caller encodes such a value at once.
 * </ul>
 *
 * <p>Not promised: identity ({@code ==}, sharing within a value), and the class of a collection within a record. Thread-safe.
 */
public final class Freezer {
    private static final int DEEPEST = 64;

    private static final Set<Class<?>> FINAL_VALUES = Set.of(
            String.class,
            Integer.class,
            Long.class,
            Double.class,
            Boolean.class,
            Short.class,
            Byte.class,
            Float.class,
            Character.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class);

    /** What is known of a class. Holds no values, so one cache serves all runs. */
    private static final ClassValue<Verdict> VERDICTS = new ClassValue<>() {
        @Override
        protected Verdict computeValue(Class<?> type) {
            return judge(type);
        }
    };

    private Freezer() {}

    /**
     * Freezes a value.
     *
     * @param value the value
     * @param type the declared type of the dataset; a value that would not fit it after freezing is not vouched for
     * @return the value itself or its unmodifiable copy; null if it cannot be vouched for
     */
    public static @Nullable Object freeze(Object value, TypeRef<?> type) {
        Object frozen = freeze(value, DEEPEST);
        return frozen == null || frozen == value || fits(type.type(), frozen) ? frozen : null;
    }

    /** Freezes a part of a value of which the type is not known: any copy fits. */
    static @Nullable Object freeze(Object part) {
        return freeze(part, DEEPEST);
    }

    /** A frozen copy has other classes than the original: that is seen only if the type asks for interfaces, at every depth. */
    private static boolean fits(Type type, @Nullable Object frozen) {
        Class<?> raw = TypeRef.rawClass(type);
        if (frozen != null && !raw.isInstance(frozen)) {
            return false;
        }
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                Class<?> part = TypeRef.rawClass(
                        argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument);
                boolean isJdkCollectionClass = !part.isInterface()
                        && (Collection.class.isAssignableFrom(part) || Map.class.isAssignableFrom(part));
                if (isJdkCollectionClass || !fits(argument, null)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static @Nullable Object freeze(Object value, int depth) {
        if (depth == 0) {
            return null;
        }
        Verdict verdict = VERDICTS.get(value.getClass());
        return switch (verdict.kind()) {
            case IMMUTABLE -> value;
            case LOOK_INTO -> partsAreImmutable(value, verdict.fields(), depth) ? value : null;
            case OPTIONAL -> isImmutable(((Optional<?>) value).orElse(null), depth - 1) ? value : null;
            case LIST -> copyOfList((List<?>) value, depth);
            case SET -> copyOfSet((Set<?>) value, depth);
            case MAP -> copyOfMap((Map<?, ?>) value, depth);
            case UNKNOWN -> null;
        };
    }

    private static @Nullable Object copyOfList(List<?> list, int depth) {
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        return addFrozen(list, copy, depth) ? Collections.unmodifiableList(copy) : null;
    }

    private static @Nullable Object copyOfSet(Set<?> set, int depth) {
        Set<@Nullable Object> copy = new LinkedHashSet<>(Math.max(16, set.size() * 2));
        // a set that lies below a wrapper may tell elements apart that are equal
        return addFrozen(set, copy, depth) && copy.size() == set.size() ? Collections.unmodifiableSet(copy) : null;
    }

    private static boolean addFrozen(Collection<?> from, Collection<@Nullable Object> to, int depth) {
        for (Object part : from) {
            Object frozen = part == null ? null : freeze(part, depth - 1);
            if (part != null && frozen == null) {
                return false;
            }
            to.add(frozen);
        }
        return true;
    }

    private static @Nullable Object copyOfMap(Map<?, ?> map, int depth) {
        Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>(Math.max(16, map.size() * 2));
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object key = entry.getKey() == null ? null : freeze(entry.getKey(), depth - 1);
            Object value = entry.getValue() == null ? null : freeze(entry.getValue(), depth - 1);
            if ((entry.getKey() != null && key == null) || (entry.getValue() != null && value == null)) {
                return null;
            }
            copy.put(key, value);
        }
        return copy.size() == map.size() ? Collections.unmodifiableMap(copy) : null;
    }

    private static boolean partsAreImmutable(Object record, List<Field> fields, int depth) {
        for (Field field : fields) {
            try {
                if (!isImmutable(field.get(record), depth - 1)) {
                    return false;
                }
            } catch (IllegalAccessException e) {
                return false; // the module does not open the record any more: then nobody can vouch for it
            }
        }
        return true;
    }

    /** Whether a part of a record is immutable as it stands: it cannot be replaced by a copy. */
    private static boolean isImmutable(@Nullable Object part, int depth) {
        if (part == null) {
            return true;
        }
        if (depth == 0) {
            return false;
        }
        Verdict verdict = VERDICTS.get(part.getClass());
        return switch (verdict.kind()) {
            case IMMUTABLE -> true;
            case LOOK_INTO -> partsAreImmutable(part, verdict.fields(), depth);
            case OPTIONAL -> isImmutable(((Optional<?>) part).orElse(null), depth - 1);
            case LIST, SET, MAP -> isUnmodifiableJdkClass(part.getClass()) && elementsAreImmutable(part, depth);
            case UNKNOWN -> false;
        };
    }

    /** The classes behind List.of and its kin own their parts; the views of Collections.unmodifiableList do not. */
    private static boolean isUnmodifiableJdkClass(Class<?> type) {
        return type.getName().startsWith("java.util.ImmutableCollections$");
    }

    private static boolean elementsAreImmutable(Object collection, int depth) {
        if (collection instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .allMatch(e -> isImmutable(e.getKey(), depth - 1) && isImmutable(e.getValue(), depth - 1));
        }
        return ((Collection<?>) collection).stream().allMatch(e -> isImmutable(e, depth - 1));
    }

    private static Verdict judge(Class<?> type) {
        if (Rows.class.isAssignableFrom(type)) {
            return new Verdict(
                    Kind.UNKNOWN, List.of()); // they are read when they are opened, whatever they are made of
        }
        if (isValueClass(type)) {
            return new Verdict(Kind.IMMUTABLE, List.of());
        }
        if (type == Optional.class) {
            return new Verdict(Kind.OPTIONAL, List.of());
        }
        if (type.isRecord()) {
            return judgeRecord(type);
        }
        return new Verdict(collectionKind(type), List.of());
    }

    private static boolean isValueClass(Class<?> type) {
        return FINAL_VALUES.contains(type)
                || type.isPrimitive()
                || type.isEnum()
                || (type.getSuperclass() != null && type.getSuperclass().isEnum())
                || type.isAnnotationPresent(Immutable.class)
                || (type.getName().startsWith("java.time.")
                        && Modifier.isFinal(type.getModifiers())
                        && !type.isEnum()
                        && java.io.Serializable.class.isAssignableFrom(type));
    }

    private static Verdict judgeRecord(Class<?> type) {
        List<Field> toLookInto = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Class<?> declared = component.getType();
            if (declared.isArray()) {
                return new Verdict(Kind.UNKNOWN, List.of());
            }
            if (!isImmutableByDeclaration(declared, new HashSet<>())) {
                try {
                    Field field = type.getDeclaredField(component.getName());
                    field.setAccessible(true);
                    toLookInto.add(field);
                } catch (NoSuchFieldException | RuntimeException e) {
                    return new Verdict(Kind.UNKNOWN, List.of()); // not opened to us
                }
            }
        }
        return new Verdict(toLookInto.isEmpty() ? Kind.IMMUTABLE : Kind.LOOK_INTO, List.copyOf(toLookInto));
    }

    /**
     * Whether all that a part of this type can hold is immutable, as far down as its types go. A type that is met again is not asked again:
     * one that is not immutable ends the whole search, so no answer given on the way may be kept for a part of it.
     */
    private static boolean isImmutableByDeclaration(Class<?> declared, Set<Class<?>> met) {
        if (Rows.class.isAssignableFrom(declared)
                || declared == BigDecimal.class
                || declared == BigInteger.class) { // not final: a subclass may be anything
            return false;
        }
        if (isValueClass(declared) && (Modifier.isFinal(declared.getModifiers()) || declared.isEnum())) {
            return true;
        }
        if (!met.add(declared)) {
            return true;
        }
        if (declared.isRecord()) {
            return Stream.of(declared.getRecordComponents())
                    .allMatch(component -> isImmutableByDeclaration(component.getType(), met));
        }
        return declared.isSealed()
                && declared.isInterface()
                && Stream.of(declared.getPermittedSubclasses())
                        .allMatch(permitted -> isImmutableByDeclaration(permitted, met));
    }

    /** The wrappers of {@link Collections} whose copy is the same collection; others compare their elements in ways of their own. */
    private static final Set<String> ORDINARY_WRAPPERS = Set.of(
            "EmptyList",
            "EmptySet",
            "EmptyMap",
            "SingletonList",
            "SingletonSet",
            "SingletonMap",
            "CopiesList",
            "UnmodifiableList",
            "UnmodifiableRandomAccessList",
            "UnmodifiableSet",
            "UnmodifiableMap");

    private static Kind collectionKind(Class<?> type) {
        String name = type.getName();
        boolean isOrdinary = type == ArrayList.class
                || type == java.util.LinkedList.class
                || name.equals("java.util.Arrays$ArrayList")
                || type == HashMap.class
                || type == LinkedHashMap.class
                || type == HashSet.class
                || type == LinkedHashSet.class
                || (name.startsWith("java.util.ImmutableCollections$") && !name.endsWith("SubList"))
                || (name.startsWith("java.util.Collections$")
                        && ORDINARY_WRAPPERS.contains(name.substring("java.util.Collections$".length())));
        return isOrdinary ? kindOf(type) : Kind.UNKNOWN;
    }

    private static Kind kindOf(Class<?> type) {
        if (List.class.isAssignableFrom(type)) {
            return Kind.LIST;
        }
        if (Set.class.isAssignableFrom(type)) {
            return Kind.SET;
        }
        return Map.class.isAssignableFrom(type) ? Kind.MAP : Kind.UNKNOWN;
    }

    private enum Kind {
        IMMUTABLE,
        LOOK_INTO,
        OPTIONAL,
        LIST,
        SET,
        MAP,
        UNKNOWN
    }

    private record Verdict(Kind kind, List<Field> fields) {}
}
