package dev.contraflow.formats.core;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.io.UnsupportedTypeException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a record is taken apart and made: by its accessors and its canonical constructor, relying on the contract of {@link Record} that the two
 * give an equal record. The names are those of the components, or of Jackson's {@code @JsonProperty} where it is present.
 */
final class RecordShape {
    private final Class<?> type;
    private final List<String> names;
    private final List<Method> accessors;
    private final Constructor<?> constructor;

    /** @throws UnsupportedTypeException if reflection is not allowed on the record */
    RecordShape(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        this.type = type;
        this.names = Arrays.stream(components).map(RecordShape::nameOf).toList();
        this.accessors =
                Arrays.stream(components).map(RecordComponent::getAccessor).toList();
        try {
            this.constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new AssertionError("every record has its canonical constructor", e);
        }
        accessors.forEach(this::open);
        open(constructor);
        for (int i = 0; i < names.size(); i++) {
            if (names.indexOf(names.get(i)) < i) {
                throw new UnsupportedTypeException(
                        "record " + type.getSimpleName() + " has two components named '" + names.get(i) + "'");
            }
        }
    }

    private static String nameOf(RecordComponent component) {
        JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
        return property == null || property.value().isEmpty() ? component.getName() : property.value();
    }

    private void open(AccessibleObject member) {
        try {
            member.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            UnsupportedTypeException unsupported =
                    new UnsupportedTypeException("record " + type.getSimpleName() + " is not accessible. Write 'opens "
                            + type.getPackageName() + ";' in the module-info of "
                            + type.getModule().getName());
            unsupported.initCause(e);
            throw unsupported;
        }
    }

    Class<?> type() {
        return type;
    }

    List<String> names() {
        return names;
    }

    void requireInstance(Object value) throws Refusal {
        if (value.getClass() != type) {
            throw Codec.wrongClass(value, type.getSimpleName());
        }
    }

    @Nullable
    Object component(Object instance, int index) throws Refusal {
        try {
            return accessors.get(index).invoke(instance);
        } catch (InvocationTargetException e) {
            throw failed("its accessor failed", e);
        } catch (IllegalAccessException e) {
            throw new LinkageError("the accessor was opened", e);
        }
    }

    Object newInstance(@Nullable Object[] values) throws Refusal {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw failed("the constructor of record " + type.getSimpleName() + " refused the values", e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the constructor was opened", e);
        }
    }

    private static Refusal failed(String what, InvocationTargetException failure) {
        Throwable cause = failure.getTargetException();
        if (cause instanceof Error error) {
            throw error;
        }
        return new Refusal(what + ": " + cause, cause);
    }
}
