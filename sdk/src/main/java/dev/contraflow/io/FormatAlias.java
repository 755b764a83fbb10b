package dev.contraflow.io;

import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A name that Kedro has for a format, so that a catalog written for Kedro can be used as it is: {@code pandas.CSVDataset} for {@code csv}.
 * Immutable.
 *
 * @param typeId the name without {@code kedro_datasets.}, in its present spelling: {@code pandas.CSVDataset}
 * @param translation makes the format's own options of those of the other name; it throws a {@link dev.contraflow.CatalogException} that
 *     names the argument if one means something that the format cannot do. {@link ArgumentRules} helps
 */
public record FormatAlias(String typeId, UnaryOperator<FormatOptions> translation) {
    /** Checks that nothing is null. */
    public FormatAlias {
        Objects.requireNonNull(typeId, "typeId is null");
        Objects.requireNonNull(translation, "translation is null");
    }

    /**
     * An alias whose arguments are translated by rules.
     *
     * @param typeId the other name
     * @param load what becomes of {@code load_args}
     * @param save what becomes of {@code save_args}
     * @return the alias
     */
    public static FormatAlias of(String typeId, ArgumentRules load, ArgumentRules save) {
        return new FormatAlias(
                typeId, options -> new FormatOptions(load.translate(options.load()), save.translate(options.save())));
    }
}
