package dev.contraflow.internal.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.CatalogException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a record is made of a map: by the names of its components, or of Jackson's {@code @JsonProperty} where it is present, as formats do
 * it. Immutable.
 */
final class RecordShape {
    private final Class<?> type;
    private final List<RecordComponent> components;
    private final Constructor<?> constructor;

    /**
     * @param type a record without type parameters
     * @throws CatalogException if reflection is not allowed on it
     */
    RecordShape(Class<?> type) {
        this.type = type;
        this.components = List.of(type.getRecordComponents());
        try {
            this.constructor = type.getDeclaredConstructor(
                    components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new AssertionError("every record has its canonical constructor", e);
        } catch (InaccessibleObjectException e) {
            throw new CatalogException(
                    "Record " + type.getSimpleName() + " is not accessible. Write 'opens " + type.getPackageName()
                            + ";' in the module-info of " + type.getModule().getName() + ".",
                    e);
        }
    }

    /** Whether a class is a record whose components say what they are; those of a generic one need a type that it does not know. */
    static boolean isKnown(Class<?> type) {
        return type.isRecord() && type.getTypeParameters().length == 0;
    }

    Class<?> type() {
        return type;
    }

    /** The keys of the map, in the order of the components. */
    List<String> names() {
        return components.stream().map(RecordShape::name).toList();
    }

    private static String name(RecordComponent component) {
        JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
        return property == null || property.value().isEmpty() ? component.getName() : property.value();
    }

    List<Type> types() {
        return components.stream().map(RecordComponent::getGenericType).toList();
    }

    /** Whether a component may be null: it has an annotation that is called {@code Nullable}, of whatever library. */
    boolean isNullable(int index) {
        RecordComponent component = components.get(index);
        return Stream.concat(
                        Arrays.stream(component.getAnnotatedType().getAnnotations()),
                        Arrays.stream(component.getAnnotations()))
                .map(Annotation::annotationType)
                .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
    }

    Object newInstance(@Nullable Object[] values) throws InvocationTargetException {
        try {
            return constructor.newInstance(values);
        } catch (InstantiationException | IllegalAccessException e) {
            throw new LinkageError("the constructor was opened", e);
        }
    }
}
