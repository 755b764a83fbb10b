package dev.contraflow.config;

import dev.contraflow.CatalogException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the entries of an environment are laid over those of base. The strategies and their names are Kedro's. */
public enum MergeStrategy {
    /** Each top-level key of the environment replaces that of base as a whole; what stood below it in base is gone. */
    DESTRUCTIVE,
    /** Maps on both sides are merged, at any depth; any other value of the environment, null too, replaces that of base. */
    SOFT;

    /**
     * The strategy of a name.
     *
     * @param name {@code destructive} or {@code soft}
     * @return the strategy
     * @throws CatalogException if there is none of this name
     */
    public static MergeStrategy named(String name) {
        List<String> names = Arrays.stream(values())
                .map(strategy -> strategy.name().toLowerCase(Locale.ROOT))
                .toList();
        int index = names.indexOf(name);
        if (index < 0) {
            throw new CatalogException("There is no merge strategy '" + name + "'." + Suggestion.didYouMean(name, names)
                    + " Merge strategies: " + String.join(", ", names) + ".");
        }
        return values()[index];
    }
}
