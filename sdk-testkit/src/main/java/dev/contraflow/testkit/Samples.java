package dev.contraflow.testkit;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Values of one type, for a {@link FormatContract}: some that the format holds, and some that it must refuse to write. Immutable; the values
 * must not be changed.
 *
 * @param type the type that the format is made for
 * @param held values that come back
 * @param refused values for which {@code encode} throws an {@link dev.contraflow.io.UnencodableValueException}
 * @param <T> the type of the values
 */
public record Samples<T>(TypeRef<T> type, List<T> held, List<T> refused) {
    /** Checks that nothing is null. */
    public Samples {
        Objects.requireNonNull(type, "type is null");
        held = List.copyOf(held);
        refused = List.copyOf(refused);
    }

    /**
     * Values that the format holds.
     *
     * @param type their type; random values of it are tried too
     * @param held the values, at least one, and one for every rule of the format
     */
    @SafeVarargs
    public static <T> Samples<T> of(TypeRef<T> type, T... held) {
        List<T> list = new ArrayList<>();
        for (T value : held) { // passing the array on would be a warning: T may be generic
            list.add(value);
        }
        return new Samples<>(type, list, List.of());
    }

    /**
     * @param values values that the format must refuse
     * @return these samples, with the values
     */
    @SafeVarargs
    public final Samples<T> refusing(T... values) {
        List<T> list = new ArrayList<>(refused);
        for (T value : values) {
            list.add(value);
        }
        return new Samples<>(type, held, list);
    }

    /**
     * The same values as {@link Rows}, for a format that holds both.
     *
     * @param lists samples of lists
     * @return samples of rows, held and refused as the lists are
     */
    @SuppressWarnings("unchecked") // the type is composed of Rows and the element of the lists
    public static <E> Samples<Rows<E>> ofRows(Samples<List<E>> lists) {
        Type element = ((ParameterizedType) lists.type().type()).getActualTypeArguments()[0];
        return new Samples<>(
                (TypeRef<Rows<E>>) TypeRef.of(new OneArgument(Rows.class, element)),
                lists.held().stream().map(Rows::<E>of).toList(),
                lists.refused().stream().map(Rows::<E>of).toList());
    }
}
