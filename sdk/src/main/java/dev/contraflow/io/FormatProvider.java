package dev.contraflow.io;

import dev.contraflow.TypeRef;
import java.util.List;

/**
 * Makes formats of one kind. Found by {@link java.util.ServiceLoader}, or added to a registry by hand. Stateless and thread-safe.
 */
public interface FormatProvider {
    /** @return the format's name in a catalog: {@code csv} */
    String typeId();

    /**
     * Makes the format for one type.
     *
     * @param type the type of the values
     * @param options the options; the provider asks for those it knows, and the catalog then refuses the others
     * @return the format
     * @throws UnsupportedTypeException if it cannot hold such values
     * @throws dev.contraflow.CatalogException if an option is wrong
     */
    <T> Format<T> create(TypeRef<T> type, FormatOptions options);

    /**
     * The names that Kedro has for this format, where the meaning carries over.
     *
     * @return the aliases, none by default
     */
    default List<FormatAlias> aliases() {
        return List.of();
    }
}
